"""Words that templates use: addresses of files, money, moments and states as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tidegate_web.desks import saying
from tidegate_web.desks.saying import KINDS, STATES, colour_of
from tidegate_web.desks.trader.hearing import notice_words as words_of_notice

register = template.Library()
_HOUR = 3600
_DAY = 24 * _HOUR


@cache
def _mark(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise template.TemplateSyntaxError(f"no file {name!r} among the static files")
    return sha256(Path(path).read_bytes()).hexdigest()[:10]


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a static file, marked by its content: a browser may keep it."""
    return f"{static(name)}?{_mark(name)}"


@register.filter
def money(amount: Decimal | str | None, currency: str = "") -> str:
    """Return an amount with its thousands parted and two digits, and its currency."""
    if amount is None or amount == "":
        return ""
    said = formats.number_format(Decimal(amount), decimal_pos=2, use_l10n=True, force_grouping=True)
    return f"{said} {currency}".strip()


@register.filter
def moment(when: datetime | str | None) -> str:
    """Return a moment to the minute, in UTC."""
    if not when:
        return ""
    read = datetime.fromisoformat(when) if isinstance(when, str) else when
    return f"{read.astimezone(UTC):%Y-%m-%d %H:%M}"


@register.filter
def ago(when: datetime | None, now: datetime) -> str:
    """Return how long ago a moment was, roughly."""
    if when is None:
        return ""
    seconds = max(0, int((now - when).total_seconds()))
    if seconds < _HOUR:
        minutes = seconds // 60
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if seconds < _DAY:
        hours = seconds // _HOUR
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = seconds // _DAY
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@register.filter
def words(name: Any) -> str:
    """Return a name of the core in words: `under_control` is under control."""
    return _(str(name).replace("_", " ").replace(".", " ")) if name else ""


@register.filter
def state_words(state: str) -> str:
    """Return the state of a consignment in words."""
    return str(STATES.get(state, state))


@register.filter
def state_colour(state: str) -> str:
    """Return the colour of a state's tag."""
    return colour_of(state)


@register.filter
def channel_words(channel: str | None) -> str:
    """Return a channel in words; nothing where there is none."""
    return str(saying.CHANNELS.get(channel or "", ""))


@register.filter
def conveyance_words(conveyance: str) -> str:
    """Return a conveyance as people read it."""
    return saying.conveyance_words(conveyance)


@register.filter
def kind_words(kind: str) -> str:
    """Return what kind of act it is, in words."""
    return str(KINDS.get(kind) or words(kind).capitalize())


@register.filter
def notice_words(kind: str) -> str:
    """Return what a notice of a kind says, in words."""
    return words_of_notice(kind)


@register.filter
def waits_words(names: str) -> str:
    """Return what is waited for, of names parted by spaces."""
    return saying.waits_words(tuple(names.split()))
