"""Figures told: for each page its headlines and its sheets, with the sentences that say what they show."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tidegate.insight import HOLDERS, STAGES, Span, ages, release_times, trend, volumes
from tidegate.insight.behind import AMONG
from tidegate.insight.controls import controls_and_hits
from tidegate_web.desks.director.sheets import Column, Sheet, duration, said
from tidegate_web.desks.director.words import (
    BY_WORDS,
    HAPPENED_WORDS,
    HOLDER_WORDS,
    STAGE_WORDS,
    STRATUM_WORDS,
    WAIT_WORDS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw

    from tidegate.insight import Case, Times
    from tidegate.insight.controls import OfChannel
    from tidegate.risk.estimates import Estimate
    from tidegate_web.desks.director.choosing import SpanForm

FIGURE_WORDS = {
    "released": gettext_lazy("What was released"),
    "slowest": gettext_lazy("What took longest"),
    "lodged": gettext_lazy("What was lodged"),
    "decided": gettext_lazy("What was decided on"),
    "controls": gettext_lazy("What was controlled, with a result"),
    "hits": gettext_lazy("What was not as declared"),
    "waiting": gettext_lazy("What waits now"),
}


@dataclass
class Told:
    """What a page shows."""

    sheets: list[Sheet]
    headlines: list[dict[str, Any]] = field(default_factory=list)


def times(tables: apsw.Connection, form: SpanForm, now: datetime) -> Told:
    """Tell release times: day by day, by stage, by holder, and by what was chosen."""
    del now
    span, office = form.span, form.office
    found = release_times(tables, span, office=office)
    by_stage = {one.stage: one for one in found}
    whole = by_stage.get("release")
    points = trend(tables, span, office=office)
    return Told(
        [
            _trend_sheet(points, span, office),
            _stage_sheet([by_stage[name] for name in STAGES if name in by_stage]),
            _holder_sheet([by_stage[name] for name in HOLDERS if name in by_stage]),
            _by_sheet(tables, form),
        ],
        _headlines(whole, by_stage, span, office),
    )


def _headlines(
    whole: Times | None, by_stage: dict[str, Times], span: Span, office: str
) -> list[dict[str, Any]]:
    if whole is None:
        return []
    customs = by_stage["customs"].mean / whole.mean if whole.mean else 0.0
    return [
        {
            "value": duration(whole.median),
            "label": _("half took no longer"),
            "link": way_behind("released", span, office=office),
        },
        {
            "value": duration(whole.ninth),
            "label": _("nine in ten took no longer"),
            "link": way_behind("slowest", span, office=office),
        },
        {
            "value": said(whole.consignments, "count"),
            "label": _("consignments released"),
            "link": way_behind("released", span, office=office),
        },
        {
            "value": said(customs, "share"),
            "label": _("of the time was customs' own"),
            "link": "#holders",
        },
    ]


_TIME_COLUMNS = (
    Column("consignments", gettext_lazy("Consignments"), "count"),
    Column("median", gettext_lazy("Half within"), "hours"),
    Column("ninth", gettext_lazy("Nine in ten within"), "hours"),
)
_MEAN = Column("mean", gettext_lazy("Mean"), "hours")


def _trend_sheet(points: list[Any], span: Span, office: str) -> Sheet:
    rows = [(one.at, one.consignments, one.median, one.ninth) for one in points]
    if points:
        last, worst = points[-1], max(points, key=lambda one: one.ninth)
        sentence = _(
            "Release on %(day)s: %(median)s for half, %(ninth)s for nine in ten. The slowest day was "
            "%(worst)s: %(most)s for nine in ten."
        ) % {
            "day": last.at,
            "median": duration(last.median),
            "ninth": duration(last.ninth),
            "worst": worst.at,
            "most": duration(worst.ninth),
        }
    else:
        sentence = _("Nothing was released on these days.")
    return Sheet(
        "trend",
        _("From presentation to release, in hours"),
        sentence,
        (Column("at", _("Day or month")), *_TIME_COLUMNS),
        rows,
        [way_behind_at("slowest", one.at, span, office) for one in points],
        plot="lines",
        drawn=("median", "ninth"),
    )


def _stage_sheet(found: list[Times]) -> Sheet:
    parts = [
        one for one in found if one.stage in ("acceptance", "decision", "control", "payment", "letting go")
    ]
    longest = max(parts, key=lambda one: one.ninth, default=None)
    sentence = _("No stage has figures on these days.")
    if longest is not None:
        sentence = _("The longest step is “%(stage)s”: one in ten takes more than %(time)s.") % {
            "stage": STAGE_WORDS[longest.stage],
            "time": duration(longest.ninth),
        }
    rows = [(str(STAGE_WORDS[one.stage]), one.consignments, one.median, one.ninth, one.mean) for one in found]
    columns = (Column("stage", _("Stage")), *_TIME_COLUMNS, _MEAN)
    return Sheet("stages", _("Stage by stage"), sentence, columns, rows, bar="ninth")


def _holder_sheet(found: list[Times]) -> Sheet:
    whole = sum(one.mean for one in found) or 1.0
    rows = [
        (str(HOLDER_WORDS[one.stage]), one.mean / whole, one.median, one.ninth, one.mean) for one in found
    ]
    most = max(found, key=lambda one: one.mean, default=None)
    sentence = _("Nobody had anything on these days.")
    if most is not None and most.mean:
        sentence = _("Most of the time from presentation to release was with: %(who)s (%(share)s).") % {
            "who": HOLDER_WORDS[most.stage],
            "share": said(most.mean / whole, "share"),
        }
    elif most is not None:
        sentence = _("Everything was released as soon as it was presented.")
    columns = (
        Column("holder", _("Who had to act")),
        Column("share", _("Share of the time"), "share"),
        *_TIME_COLUMNS[1:],
        _MEAN,
    )
    return Sheet("holders", _("Who held the goods"), sentence, columns, rows, bar="share")


def _by_sheet(tables: apsw.Connection, form: SpanForm) -> Sheet:
    by = form.by or "channel"
    found = release_times(tables, form.span, by=by, office=form.office, whole_alone=True)
    slowest = max(found, key=lambda one: one.median, default=None)
    sentence = _("Nothing was released on these days.")
    if slowest is not None:
        sentence = _("Half of %(what)s take more than %(time)s: the longest of them all.") % {
            "what": slowest.of or "–",  # noqa: RUF001 - the dash of what has no name
            "time": duration(slowest.median),
        }
    rows = [(one.of, one.consignments, one.median, one.ninth, one.mean) for one in found]
    links = [
        way_behind("slowest", form.span, **{"office": form.office, by: one.of})
        if by in ("office", "channel")
        else ""
        for one in found
    ]
    columns = (Column(by, BY_WORDS[by]), *_TIME_COLUMNS, _MEAN)
    title = _("Release by: %(what)s") % {"what": BY_WORDS[by]}
    return Sheet(f"by-{by}", title, sentence, columns, rows, links, bar="ninth")


def happened(tables: apsw.Connection, form: SpanForm, now: datetime) -> Told:
    """Tell how often what happened."""
    del now
    span, office = form.span, form.office
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    totals: dict[str, int] = defaultdict(int)
    for one in volumes(tables, span, office=office):
        counts[one.at][one.what] = one.count
        totals[one.what] += one.count
    columns = tuple(Column(name, label, "count") for name, label in HAPPENED_WORDS.items() if totals[name])
    rows = [(at, *(told.get(one.name, 0) for one in columns)) for at, told in sorted(counts.items())]
    sentence = _("%(lodged)s were lodged, %(rejected)s of them rejected, and %(released)s released.") % {
        name: said(totals[name], "count") for name in ("lodged", "rejected", "released")
    }
    sheet = Sheet(
        "volumes",
        _("Lodged and released"),
        sentence,
        (Column("at", _("Day or month")), *columns),
        rows,
        [way_behind_at("lodged", at, span, office) for at in sorted(counts)],
        plot="lines",
        drawn=tuple(one.name for one in columns if one.name in ("lodged", "released")),
    )
    return Told([sheet, _channel_sheet(totals, span, office)])


def _channel_sheet(totals: dict[str, int], span: Span, office: str) -> Sheet:
    channels = ("green", "blue", "yellow", "red")
    assigned = sum(totals[name] for name in channels)
    rows = [
        (str(HAPPENED_WORDS[name]), totals[name], totals[name] / assigned if assigned else 0.0)
        for name in channels
    ]
    sentence = _("%(share)s went without any control: green, or blue, which is looked at afterwards.") % {
        "share": said((totals["green"] + totals["blue"]) / assigned if assigned else 0.0, "share")
    }
    return Sheet(
        "channels",
        _("Channels"),
        sentence,
        (
            Column("channel", _("Channel")),
            Column("assigned", _("Assigned"), "count"),
            Column("share", _("Share"), "share"),
        ),
        rows,
        [way_behind("decided", span, office=office, channel=name) for name in channels],
        bar="share",
    )


def controls(tables: apsw.Connection, form: SpanForm, now: datetime) -> Told:
    """Tell controls and hits, with what the random stratum says of all."""
    del now
    span, office = form.span, form.office
    found = controls_and_hits(tables, span, office=office)
    rate, leak = found.performance.hit_rate, found.performance.leakage
    rows = [
        (
            str(STRATUM_WORDS[one.stratum]),
            one.decided,
            one.controlled,
            one.results,
            one.hits,
            one.hit_rate.value,
            one.hit_rate.low,
            one.hit_rate.high,
        )
        for one in found.strata
    ]
    columns = (
        Column("stratum", _("How it was chosen")),
        Column("decided", _("Decided on"), "count"),
        Column("controlled", _("Controls ordered"), "count"),
        Column("results", _("With a result"), "count"),
        Column("hits", _("Not as declared"), "count"),
        Column("hit_rate", _("Hit rate"), "share"),
        Column("low", _("At least (95 %)"), "share"),
        Column("high", _("At most (95 %)"), "share"),
    )
    sheet = Sheet(
        "controls",
        _("Controls and hits, by how they were chosen"),
        estimate_sentence(rate, leak),
        columns,
        rows,
        [way_behind("controls", span, office=office, stratum=one.stratum) for one in found.strata],
        bar="hit_rate",
    )
    controlled = found.controlled / found.decided if found.decided else 0.0
    return Told(
        [sheet, _channels_sheet(found.channels, span, office)],
        [
            {
                "value": said(controlled, "share"),
                "label": _("of consignments controlled"),
                "link": way_behind("controls", span, office=office),
            },
            {
                "value": said(found.hits, "count"),
                "label": _("not as declared"),
                "link": way_behind("hits", span, office=office),
            },
            {
                "value": said(rate.value, "share"),
                "label": _("irregular of all, estimated"),
                "note": interval(rate),
            },
            {
                "value": said(leak.value, "share"),
                "label": _("of these missed, estimated"),
                "note": interval(leak),
            },
        ],
    )


def _channels_sheet(found: Sequence[OfChannel], span: Span, office: str) -> Sheet:
    """Tell controls and hits by channel, which is how a consignment was looked at."""
    rows: list[tuple[Any, ...]] = [
        (
            str(HAPPENED_WORDS[one.channel]),
            one.decided,
            one.results,
            one.hits,
            one.hit_rate.value,
            one.hit_rate.low,
            one.hit_rate.high,
        )
        for one in found
    ]
    known = [one for one in found if one.hit_rate.value is not None]
    best = max(known, key=lambda one: one.hit_rate.value or 0.0, default=None)
    sentence = _("No control has a result yet.")
    if best is not None:
        sentence = _("Controls of the channel “%(channel)s” find most: %(rate)s of those with a result.") % {
            "channel": HAPPENED_WORDS[best.channel],
            "rate": said(best.hit_rate.value, "share"),
        }
    columns = (
        Column("channel", _("Channel")),
        Column("decided", _("Decided on"), "count"),
        Column("results", _("With a result"), "count"),
        Column("hits", _("Not as declared"), "count"),
        Column("hit_rate", _("Hit rate"), "share"),
        Column("low", _("At least (95 %)"), "share"),
        Column("high", _("At most (95 %)"), "share"),
    )
    links = [way_behind("controls", span, office=office, channel=one.channel) for one in found]
    return Sheet(
        "channels-found", _("Controls and hits, by channel"), sentence, columns, rows, links, bar="hit_rate"
    )


def estimate_sentence(rate: Estimate, leak: Estimate) -> str:
    """Return what the random stratum says of all, or that it says nothing yet."""
    if rate.value is None:
        return _("Nothing drawn at random has a result yet: what holds for all cannot be told.")
    said_ = {
        "rate": said(rate.value, "share"),
        "interval": interval(rate),
        "drawn": said(rate.drawn, "count"),
        "missed": interval(leak),
    }
    return (
        _(
            "Of all consignments about %(rate)s would be found irregular (%(interval)s), as %(drawn)s that "
            "were drawn at random say. Of these the controls missed %(missed)s."
        )
        % said_
    )


def interval(one: Estimate) -> str:
    """Return an interval in words."""
    if one.low is None or one.high is None:
        return _("not known")
    return _("%(low)s to %(high)s") % {"low": said(one.low, "share"), "high": said(one.high, "share")}


def queues(tables: apsw.Connection, form: SpanForm, now: datetime) -> Told:
    """Tell what waits now, for whom and since when."""
    found = ages(tables, now, office=form.office)
    rows = [
        (
            str(WAIT_WORDS[one.waits]),
            str(HOLDER_WORDS[one.holder]),
            one.office,
            one.consignments,
            one.median,
            one.oldest,
        )
        for one in found
    ]
    own = [one for one in found if one.holder == "customs"]
    count, oldest = sum(one.consignments for one in own), max((one.oldest for one in own), default=0)
    sentence = _("%(n)s wait for customs itself, the oldest since %(age)s.") % {
        "n": said(count, "count"),
        "age": duration(oldest),
    }
    if not own:
        sentence = _("Nothing waits for customs itself.")
    columns = (
        Column("waits", _("Waits for")),
        Column("holder", _("Who has to act")),
        Column("office", _("Office")),
        Column("consignments", _("Consignments"), "count"),
        Column("median", _("Half wait more than"), "hours"),
        Column("oldest", _("The oldest waits"), "hours"),
    )
    links = [
        f"{reverse('director:behind')}?"
        + urlencode({"figure": "waiting", "office": one.office, "holder": one.holder, "waits": one.waits})
        for one in found
    ]
    return Told([Sheet("waiting", _("What waits now"), sentence, columns, rows, links, bar="oldest")])


def behind_sentence(figure: str, span: Span, asked: dict[str, str], many: int, limit: int) -> str:
    """Return in a sentence which consignments are listed."""
    among = ", ".join(value for value in asked.values() if value)
    told = {"n": many, "since": span.since, "until": span.until, "among": f" ({among})" if among else ""}
    if figure == "waiting":
        return _("%(n)d that wait now, the longest first%(among)s.") % told
    if asked.get("tax") or asked.get("chapter"):
        told["looked"] = said(AMONG, "count")
        text = _(
            "%(n)d from %(since)s to %(until)s%(among)s, looked for among the %(looked)s decided on last."
        )
    elif many == limit:
        text = _("The first %(n)d from %(since)s to %(until)s%(among)s.")
    else:
        text = _("%(n)d from %(since)s to %(until)s%(among)s.")
    return text % told


def facts(one: Case) -> list[tuple[str, str]]:
    """Return what a director is told of one consignment."""
    moments = (
        (_("Lodged"), one.lodged),
        (_("Presented"), one.presented),
        (_("Channel assigned"), one.decided),
        (_("Control recorded"), one.controlled),
        (_("Paid"), one.paid),
        (_("Released"), one.released),
    )
    named = (
        (_("Office"), one.office),
        (_("Channel"), str(HAPPENED_WORDS.get(one.channel, ""))),
        (_("How it was chosen"), str(STRATUM_WORDS.get(one.stratum, ""))),
    )
    told = [(label, said_) for label, said_ in named if said_]
    told += [
        (label, f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}")
        for label, at in moments
        if at is not None
    ]
    return told


def way_behind(figure: str, span: Span, **named: str) -> str:
    """Return where what lies behind a figure is listed."""
    given = {name: value for name, value in named.items() if value}
    asked = {"figure": figure, "since": span.since, "until": span.until, **given}
    return f"{reverse('director:behind')}?{urlencode(asked)}"


def way_behind_at(figure: str, at: str, span: Span, office: str) -> str:
    """Return where what lies behind a day or a month is listed, within the span."""
    if len(at) == len("2026-01-01"):
        day = date.fromisoformat(at)
        return way_behind(figure, Span(day, day), office=office)
    first = date.fromisoformat(f"{at}-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return way_behind(figure, Span(max(first, span.since), min(last, span.until)), office=office)
