"""From the tree of the grammar to components: each method is named for the rule it builds."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, cast

import msgspec
from lark import Token, Transformer

from tidegate.tariff.rates.model import Component, Rate, Role, UnreadRate, mixed_number
from tidegate.tariff.rates.units import unit_code, unit_word

NO_CHANGE = "No change"
NO_CHANGE_REFERS_TO = "the rate without this provision"
CURRENCY_SIGNS = {"£": "GBP", "€": "EUR"}

# Room for every number that the grammar takes, whatever the context of the caller.
EXACT = Context(prec=40)

_GAPS = re.compile(r"\s+")
_LOOSE = " \t\r\n\xa0,"


def words(stated: str) -> str:
    """Return words without loose ends, line breaks and double blanks; nothing else is changed."""
    return _GAPS.sub(" ", stated).strip(_LOOSE)


class Building(Transformer[Token, Rate | UnreadRate]):
    """Builds a rate; ``text`` serves to say where something stands twice, ``currency`` is that of ``$``."""

    def __init__(self, text: str, currency: str) -> None:
        super().__init__()
        self._text = text
        self._currency = currency

    def bracketed(self, parts: list[Rate | UnreadRate | Token]) -> Rate | UnreadRate:
        """Build “[25%]”: a provision that is printed but not in force."""
        rate = next(part for part in parts if not isinstance(part, Token))
        return rate if isinstance(rate, UnreadRate) else msgspec.structs.replace(rate, bracketed=True)

    def for_everybody(self, parts: list[list[Component]]) -> Rate:
        """Build a rate that names no programmes."""
        return Rate(tuple(parts[0]))

    def by_programmes(self, parts: list[tuple[tuple[Token, ...], list[Component]]]) -> Rate | UnreadRate:
        """Refuse a programme that has two rates: which one holds would be a guess."""
        seen: set[str] = set()
        for codes, _ in parts:
            for code in codes:
                if code in seen:
                    return UnreadRate(self._text, (code.start_pos or 0) + 1, "each programme once")
            seen.update(codes)
        return Rate(tuple(component for _, group in parts for component in group))

    def group(self, parts: list[Any]) -> tuple[tuple[Token, ...], list[Component]]:
        """Build “5% (KR)”: components for the programmes named."""
        components: list[Component] = parts[0]
        codes: list[Token] = [token for token in parts[1] if token.type == "CODE"]
        footnotes = tuple(str(token) for token in parts[1] if token.type == "FOOTNOTE")
        programmes = tuple(str(code) for code in codes)
        last = msgspec.structs.replace(components[-1], footnotes=components[-1].footnotes + footnotes)
        named = [msgspec.structs.replace(one, programmes=programmes) for one in (*components[:-1], last)]
        # A code that stands twice within its own parentheses says nothing more the second time.
        return tuple({str(code): code for code in codes}.values()), named

    def programmes(self, parts: list[Token]) -> list[Token]:
        """Build “(A+, AU, BH)”: codes, and footnotes after them."""
        return [token for token in parts if token.type in {"CODE", "FOOTNOTE"}]

    def terms(self, parts: list[Component]) -> list[Component]:
        """Build “1.4¢/kg + 3.2%”."""
        return list(parts)

    def added(self, parts: list[Any]) -> Component:
        """Build “+ 3.2%”."""
        return cast("Component", parts[-1])

    def taken_off(self, parts: list[Any]) -> Component:
        """Build “less 0.5%”."""
        return _in_role(parts[-1], "less")

    def at_least(self, parts: list[Any]) -> Component:
        """Build “but not less than $2/kg”."""
        return _in_role(parts[-1], "minimum")

    def at_most(self, parts: list[Any]) -> Component:
        """Build “but not more than 5%”."""
        return _in_role(parts[-1], "maximum")

    def limited(self, parts: list[Any]) -> Component:
        """Build “but if …, the total duty shall not exceed …”: a maximum under a condition."""
        said = words(str(parts[0])).removeprefix("but ")
        condition = words(re.sub(r"the total duty shall not exceed$", "", said, flags=re.IGNORECASE))
        return msgspec.structs.replace(_in_role(parts[-1], "maximum"), condition=condition)

    def term(self, parts: list[Any]) -> Component:
        """Add what stands after a term: a condition, a note in parentheses, footnotes."""
        component: Component = parts[0]
        said = [words(str(token)) for token in parts[1:] if token.type == "CONDITION"]
        said += [words(str(token)[1:-1]) for token in parts[1:] if token.type == "ASIDE"]
        footnotes = tuple(str(token) for token in parts[1:] if token.type == "FOOTNOTE")
        condition = "; ".join(said) if said else component.condition
        return msgspec.structs.replace(component, condition=condition, footnotes=footnotes)

    def free(self, _: list[Token]) -> Component:
        """Build “Free”."""
        return Component(kind="free")

    def percentage(self, parts: list[Token]) -> Component:
        """Build “4.2% on the case”."""
        percent, fraction = _percent(parts[0])
        basis = next((_basis(token) for token in parts if token.type == "BASIS"), None)
        return Component(kind="ad_valorem", percent=percent, fraction=fraction, basis=basis)

    def specific(self, parts: list[Any]) -> Component:
        """Build an amount; “0.2¢ for each jewel” names its unit, “0.2¢/kg for each degree” a basis."""
        component: Component = parts[0]
        unit = next(
            (part for part in parts[1:] if isinstance(part, str) and not isinstance(part, Token)), None
        )
        said = [part for part in parts[1:] if isinstance(part, Token)]
        basis = _basis(said[0]) if said else None
        if unit is None and basis is not None and basis.startswith("for each "):
            unit, basis = unit_word(basis.removeprefix("for each ")), None
        code = None if unit is None else unit_code(unit)
        return msgspec.structs.replace(component, unit=unit, unit_code=code, basis=basis)

    def whole(self, parts: list[Token]) -> Component:
        """Build “$1.53”."""
        return _money(parts[1], self._currency)

    def hundredths(self, parts: list[Token]) -> Component:
        """Build “1.4¢”: 0.014 of the currency."""
        money = _money(parts[0], self._currency)
        assert money.amount is not None
        return msgspec.structs.replace(money, amount=money.amount.scaleb(-2, EXACT))

    def of_currency(self, parts: list[Token]) -> Component:
        """Build “£1.20”."""
        return _money(parts[1], CURRENCY_SIGNS.get(parts[0], str(parts[0])))

    def in_currency(self, parts: list[Token]) -> Component:
        """Build “2.40 EUR”."""
        return _money(parts[0], CURRENCY_SIGNS.get(parts[1], str(parts[1])))

    def per_unit(self, parts: list[Token]) -> str:
        """Build “/kg”."""
        return unit_word(str(parts[1]))

    def per_article(self, _: list[Token]) -> str:
        """Build “each”."""
        return "each"

    def no_change(self, _: list[Token]) -> Component:
        """Build “No change”."""
        return Component(kind="reference", refers_to=NO_CHANGE_REFERS_TO, wording=NO_CHANGE)

    def elsewhere(self, parts: list[Token]) -> Component:
        """Build “See 9903.88.15” or “The duty provided in the applicable subheading”."""
        return Component(kind="reference", refers_to=words(parts[1]), wording=words(parts[0]))

    def duty_upon(self, parts: list[Token]) -> Component:
        """Build “A duty upon X (see Y)”: the base is X, and what is due of it stands in Y."""
        refers_to = re.sub(r"^\(\s*see\s+|\s*\)$", "", parts[2], flags=re.IGNORECASE)
        return Component(
            kind="reference", basis=words(parts[1]), refers_to=words(refers_to), wording=words(parts[0])
        )

    def duty_equal(self, parts: list[Token]) -> Component:
        """Build “A duty equal to X, but in no case in excess of Y”."""
        limit = next((words(token) for token in parts if token.type == "LIMIT"), None)
        return Component(
            kind="reference", refers_to=words(parts[1]), wording=words(parts[0]), condition=limit
        )


def _in_role(component: Component, role: Role) -> Component:
    return msgspec.structs.replace(component, role=role)


def _basis(token: Token) -> str:
    """Return the words of a basis: “on” and “of” say nothing more, other words are part of what is meant."""
    said = words(str(token))
    return words(re.sub(r"^(on|of|upon)\b", "", said, flags=re.IGNORECASE)) if token.type == "BASIS" else said


def _money(number: Token, currency: str) -> Component:
    return Component(kind="specific", amount=_decimal(number), currency=currency)


def _decimal(number: Token) -> Decimal:
    return Decimal(number.replace(",", ""))


def _percent(number: Token) -> tuple[Decimal, str | None]:
    """Return a per cent, and its words where no decimal equals it: then the decimal is the nearest."""
    if number.type == "NUMBER":
        return _decimal(number), None
    exact = mixed_number(words(number))
    nearest = EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return nearest, None if Fraction(nearest) == exact else words(number)
