"""Revenue told: what was assessed as payable, day by day, by tax and by chapter of the goods."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tidegate.insight import revenue, revenue_by_chapter
from tidegate.tariff.nomenclature import chapter_label
from tidegate_web.desks.director.sheets import Column, Sheet, said
from tidegate_web.desks.director.telling import Told, way_behind, way_behind_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import apsw

    from tidegate.insight import ChapterRevenue, Revenue, Span
    from tidegate_web.desks.director.choosing import SpanForm


def money(tables: apsw.Connection, form: SpanForm, now: datetime) -> Told:
    """Tell what was assessed, by day, tax and chapter."""
    del now
    span, office = form.span, form.office
    found = revenue(tables, span, office=office)
    chapters = revenue_by_chapter(tables, span, office=office)
    return Told(
        [
            _days_sheet(found, span, office),
            _taxes_sheet(found, span, office),
            _chapters_sheet(chapters, span, office),
        ]
    )


def _totals(found: Sequence[Revenue | ChapterRevenue]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for one in found:
        totals[one.currency] += one.amount
    return totals


def _days_sheet(found: Sequence[Revenue], span: Span, office: str) -> Sheet:
    by_day: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in found:
        by_day[one.at, one.currency] += one.amount
    told = ", ".join(
        f"{said(str(amount), 'money')} {currency}" for currency, amount in sorted(_totals(found).items())
    )
    return Sheet(
        "revenue",
        _("Assessed as payable, day by day"),
        _("%(sum)s were assessed as payable on these days.") % {"sum": told or "0"},
        (
            Column("at", _("Day or month")),
            Column("currency", _("Currency")),
            Column("amount", _("Amount"), "money"),
        ),
        [(at, currency, str(amount)) for (at, currency), amount in sorted(by_day.items())],
        [way_behind_at("decided", at, span, office) for at, _currency in sorted(by_day)],
        plot="bars",
        drawn=("amount",),
    )


def _taxes_sheet(found: Sequence[Revenue], span: Span, office: str) -> Sheet:
    by_tax: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in found:
        by_tax[one.type, one.currency] += one.amount
    totals, ordered = _totals(found), sorted(by_tax.items(), key=lambda one: -one[1])
    rows = [
        (tax or _("not told apart"), currency, str(amount), _share(amount, totals[currency]))
        for (tax, currency), amount in ordered
    ]
    return Sheet(
        "taxes",
        _("By tax"),
        _("An assessment that took the place of another counts with the difference."),
        (Column("tax", _("Tax")), *_money_columns()),
        rows,
        [way_behind("decided", span, office=office, tax=tax) if tax else "" for (tax, _cur), _am in ordered],
        bar="share",
    )


def _chapters_sheet(found: Sequence[ChapterRevenue], span: Span, office: str) -> Sheet:
    totals = _totals(found)
    sentence = _("Nothing was assessed on these days.")
    if found:
        sentence = _("Chapter %(chapter)s brings in most: %(share)s of what was assessed.") % {
            "chapter": chapter_named(found[0].chapter),
            "share": said(_share(found[0].amount, totals[found[0].currency]), "share"),
        }
    rows: list[tuple[Any, ...]] = [
        (chapter_named(one.chapter), one.currency, str(one.amount), _share(one.amount, totals[one.currency]))
        for one in found
    ]
    links = [
        way_behind("decided", span, office=office, chapter=one.chapter) if one.chapter else ""
        for one in found
    ]
    columns = (Column("chapter", _("Chapter of the goods")), *_money_columns())
    return Sheet("chapters", _("By chapter of the tariff"), sentence, columns, rows, links, bar="share")


def _money_columns() -> tuple[Column, ...]:
    return (
        Column("currency", _("Currency")),
        Column("amount", _("Amount"), "money"),
        Column("share", _("Share"), "share"),
    )


def chapter_named(chapter: str) -> str:
    """Return a chapter with its label, where it has one."""
    label = chapter_label(chapter) if chapter else None
    return f"{chapter} {label.description}" if label is not None else chapter or _("not told apart")


def _share(part: Decimal, whole: Decimal) -> float:
    return float(part / whole) if whole else 0.0
