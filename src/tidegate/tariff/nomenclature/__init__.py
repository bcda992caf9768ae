"""Nomenclature: a dated tree of codes, loaded from schedules, searched, and carried across editions."""

from tidegate.tariff.nomenclature.correlation import Carried, Correlation, read_correlation
from tidegate.tariff.nomenclature.explaining import Explanation, explain, explain_by_labels
from tidegate.tariff.nomenclature.harmonized import read_harmonized
from tidegate.tariff.nomenclature.judging import ColumnCounts, Judged, UnreadCell, judge_rates
from tidegate.tariff.nomenclature.labels import chapter_label, section_label
from tidegate.tariff.nomenclature.model import BadScheduleError, Note, Provision, Schedule, digits, dotted
from tidegate.tariff.nomenclature.plain import read_plain
from tidegate.tariff.nomenclature.searching import Found
from tidegate.tariff.nomenclature.tree import Nomenclature, StatedRate
from tidegate.tariff.nomenclature.us_hts import read_us_hts

__all__ = [
    "BadScheduleError",
    "Carried",
    "ColumnCounts",
    "Correlation",
    "Explanation",
    "Found",
    "Judged",
    "Nomenclature",
    "Note",
    "Provision",
    "Schedule",
    "StatedRate",
    "UnreadCell",
    "chapter_label",
    "digits",
    "dotted",
    "explain",
    "explain_by_labels",
    "judge_rates",
    "read_correlation",
    "read_harmonized",
    "read_plain",
    "read_us_hts",
    "section_label",
]
