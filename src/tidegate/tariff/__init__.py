"""Tariff: what goods are worth and what they owe."""

from tidegate.tariff.assessment import Assessment, assess
from tidegate.tariff.tables import BadTableError, TariffTables, Tax, exchange_table, rate_table

__all__ = ["Assessment", "BadTableError", "TariffTables", "Tax", "assess", "exchange_table", "rate_table"]
