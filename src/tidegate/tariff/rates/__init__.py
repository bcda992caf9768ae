"""The rates language: what schedules print as a rate, read into components and printed back."""

from tidegate.tariff.rates.model import Component, Kind, Rate, Role, UnreadRate, exact_percent
from tidegate.tariff.rates.printing import print_rate
from tidegate.tariff.rates.reading import read_rate
from tidegate.tariff.rates.wording import say_rate

__all__ = [
    "Component",
    "Kind",
    "Rate",
    "Role",
    "UnreadRate",
    "exact_percent",
    "print_rate",
    "read_rate",
    "say_rate",
]
