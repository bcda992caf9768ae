"""Reads an administration's dated tables from its folder, and makes the terms that decisions go by."""

from __future__ import annotations

import csv
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec
import polars as pl

import tidegate
from tidegate.clearance import Terms
from tidegate.node.sources import EXCHANGE_FIELDS, Source
from tidegate.risk import BadProfileError, Policy, Profile, check_profile
from tidegate.tariff import (
    CHARGE_FIELDS,
    GROUP_COLUMNS,
    GROUP_FIELDS,
    MEASURE_FIELDS,
    PROOF_FIELDS,
    QUOTA_FIELDS,
    RELIEF_FIELDS,
    SCOPE_FIELDS,
    BadTableError,
    Content,
    Roundings,
    TariffTables,
    Tax,
    as_of,
    charge_rules,
    exchange_table,
    group_rows,
    measure_table,
    proof_rules,
    quota_rules,
    relief_rules,
    scope_rules,
)

_MOST_MINOR_DIGITS = 4  # ISO 4217 has no currency with more


class BadAdministrationError(Exception):
    """An administration's folder cannot be used; says which file and what would be right."""

    code = "bad_administration"

    def __init__(self, place: Path, text: str) -> None:
        super().__init__(f"{place.name}: {text}")
        self.place = place


class _Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """administration.toml, as it is written."""

    name: str
    country: str
    currency: str
    minor_digits: int
    default_office: str
    immediate_payment: frozenset[str]
    due_procedures: frozenset[str]
    taxes: tuple[Tax, ...]
    policy: Policy
    offices: dict[str, str]
    further_countries: frozenset[str] = frozenset()
    rounding: Roundings = Roundings()
    default_preference: str = "100"
    preference_statements: dict[str, str] = {}
    late_types: frozenset[str] = frozenset()
    secured_methods: frozenset[str] = frozenset()
    override_statements: frozenset[str] = frozenset()
    value_basis: Literal["CIF", "FOB"] = "CIF"
    sources: tuple[Source, ...] = ()
    contents: tuple[Content, ...] = ()
    stands_on: date | None = None

    def __post_init__(self) -> None:
        """Check what numbers and references are made from."""
        if not re.fullmatch(r"[A-Z]{2}", self.country):
            raise ValueError(f"the country is two capital letters, not {self.country!r}")
        if not 0 <= self.minor_digits <= _MOST_MINOR_DIGITS:
            raise ValueError(f"minor_digits is from 0 to {_MOST_MINOR_DIGITS}, not {self.minor_digits}")
        if self.default_office not in self.offices:
            raise ValueError(f"the default office {self.default_office!r} is not among the offices")


class _Profiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """profiles.toml, as it is written."""

    profiles: tuple[Profile, ...]


class Administration(msgspec.Struct, frozen=True):
    """An administration as a node knows it: what it is called, its offices, and its terms."""

    name: str
    country: str
    offices: dict[str, str]
    terms: Terms
    sources: tuple[Source, ...] = ()


def administrations() -> list[str]:
    """Return the names of the administrations that come with Tidegate."""
    return sorted(path.name for path in _shipped().iterdir() if (path / "administration.toml").exists())


def load_administration(name: str, tables: Path | None = None) -> Administration:
    """Return an administration by the name it ships under, or by the path of a folder of the same shape.

    ``tables`` is a folder with further ``measures.csv`` and ``exchange_rates.csv``, which stand behind the
    administration's own.

    Raises:
        BadAdministrationError: there is none, or one of its files is not as it should be.
    """
    folder = _shipped() / name if is_shipped(name) else Path(name)
    if not (folder / "administration.toml").is_file():
        known = ", ".join(administrations())
        raise BadAdministrationError(folder, f"no administration is there; known by name are {known}")
    sheet = _toml(folder / "administration.toml", _Sheet)
    profiles = _toml(folder / "profiles.toml", _Profiles).profiles
    try:
        _check_profiles(profiles)
        tariff = _tariff(sheet, folder, tables)
    except (BadTableError, BadProfileError) as error:
        raise BadAdministrationError(folder, str(error)) from None
    terms = Terms(
        country=sheet.country,
        default_office=sheet.default_office,
        immediate_payment=sheet.immediate_payment,
        tariff=tariff,
        profiles=profiles,
        policy=sheet.policy,
        further_countries=sheet.further_countries,
        offices=frozenset(sheet.offices),
    )
    return Administration(sheet.name, sheet.country, sheet.offices, terms, sheet.sources)


def _tariff(sheet: _Sheet, folder: Path, tables: Path | None) -> TariffTables:
    measures = measure_table(_rows(folder / "measures.csv", MEASURE_FIELDS), sheet.currency, "measures.csv")
    if sheet.stands_on is not None:
        measures = as_of(measures, sheet.stands_on)
    exchange = _rows(folder / "exchange_rates.csv", EXCHANGE_FIELDS)
    if tables is not None:
        further = _optional(tables / "measures.csv", MEASURE_FIELDS)
        measures = measures.and_those(measure_table(further, sheet.currency, "tables/measures.csv"))
        exchange += _optional(tables / "exchange_rates.csv", EXCHANGE_FIELDS)
    groups = group_rows(_optional(folder / "origin_groups.csv", GROUP_FIELDS), "origin_groups.csv")
    reliefs = _optional(folder / "reliefs.csv", RELIEF_FIELDS)
    return TariffTables(
        currency=sheet.currency,
        minor_digits=sheet.minor_digits,
        taxes=sheet.taxes,
        due_procedures=sheet.due_procedures,
        measures=measures,
        exchange=exchange_table(exchange, "exchange_rates.csv"),
        groups=pl.DataFrame(groups, schema=GROUP_COLUMNS),
        scopes=scope_rules(_optional(folder / "scopes.csv", SCOPE_FIELDS), "scopes.csv"),
        reliefs=relief_rules(reliefs, sheet.minor_digits, "reliefs.csv"),
        charges=charge_rules(_optional(folder / "charges.csv", CHARGE_FIELDS), "charges.csv"),
        proofs=proof_rules(_optional(folder / "proofs.csv", PROOF_FIELDS), "proofs.csv"),
        quotas=quota_rules(_optional(folder / "quotas.csv", QUOTA_FIELDS), "quotas.csv"),
        contents=sheet.contents,
        rounding=sheet.rounding,
        default_preference=sheet.default_preference,
        preference_statements=sheet.preference_statements,
        late_types=sheet.late_types,
        secured_methods=sheet.secured_methods,
        override_statements=sheet.override_statements,
        value_basis=sheet.value_basis,
    )


def _optional(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the rows of a table that an administration may do without."""
    return _rows(path, columns) if path.exists() else []


def _check_profiles(profiles: tuple[Profile, ...]) -> None:
    seen: set[str] = set()
    for profile in profiles:
        check_profile(profile)
        if profile.code in seen:
            raise BadProfileError(
                profile.code, "the code stands twice; a reason could not say which is meant"
            )
        seen.add(profile.code)


def is_shipped(name: str) -> bool:
    """Tell whether this is the name of an administration that comes with Tidegate, not a path."""
    return name in administrations()


def _shipped() -> Path:
    return Path(tidegate.__file__).parent / "administrations"


def _toml(path: Path, of: type[Any]) -> Any:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), of)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadAdministrationError(path, str(error)) from None


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the rows of a CSV file by column name; the first row must name exactly these columns."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            if tuple(rows.fieldnames or ()) != columns:
                raise BadAdministrationError(path, f"the first row must be {','.join(columns)}")
            read = list(rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadAdministrationError(path, str(error)) from None
    for number, row in enumerate(read, start=1):
        if None in row or None in row.values():
            raise BadAdministrationError(path, f"row {number} does not have {len(columns)} columns")
    return read
