"""The rates language: what schedules print as a rate, read into components and printed back."""

from tidegate.tariff.rates.model import Component, Kind, Rate, Role, UnreadRate, exact_percent

__all__ = ["Component", "Kind", "Rate", "Role", "UnreadRate", "exact_percent"]
