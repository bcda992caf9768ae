"""Tariff: what goods are worth and what they owe."""

from tidegate.tariff.assessment import Assessment, assess
from tidegate.tariff.editions import as_of
from tidegate.tariff.exchange import exchange_table
from tidegate.tariff.measures import MEASURE_FIELDS, Measures, measure_table
from tidegate.tariff.quantities import Content
from tidegate.tariff.quotas import QUOTA_FIELDS, Quota, drawn, quota_rules
from tidegate.tariff.rows import BadTableError
from tidegate.tariff.rules import (
    CHARGE_FIELDS,
    GROUP_FIELDS,
    PROOF_FIELDS,
    RELIEF_FIELDS,
    SCOPE_FIELDS,
    charge_rules,
    group_rows,
    proof_rules,
    relief_rules,
    scope_rules,
)
from tidegate.tariff.tables import GROUP_COLUMNS, Roundings, TariffTables, Tax
from tidegate.tariff.telling import findings_of, tax_lines_of

__all__ = [
    "CHARGE_FIELDS",
    "GROUP_COLUMNS",
    "GROUP_FIELDS",
    "MEASURE_FIELDS",
    "PROOF_FIELDS",
    "QUOTA_FIELDS",
    "RELIEF_FIELDS",
    "SCOPE_FIELDS",
    "Assessment",
    "BadTableError",
    "Content",
    "Measures",
    "Quota",
    "Roundings",
    "TariffTables",
    "Tax",
    "as_of",
    "assess",
    "charge_rules",
    "drawn",
    "exchange_table",
    "findings_of",
    "group_rows",
    "measure_table",
    "proof_rules",
    "quota_rules",
    "relief_rules",
    "scope_rules",
    "tax_lines_of",
]
