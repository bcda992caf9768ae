"""The tariff as this process holds it: schedules read once, and anew as soon as another one is loaded."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tidegate.node.enquiring import Desk
from tidegate.node.schedules import ALL_SCHEDULES, NoScheduleError, Schedules
from tidegate.tariff.nomenclature import chapter_label, digits, section_label
from tidegate_web.node import node, now

if TYPE_CHECKING:
    from datetime import date

    from tidegate.tariff.nomenclature import Nomenclature, Provision

_CHAPTERS = tuple(f"{number:02}" for number in range(1, 98))


@lru_cache(maxsize=2)
def _schedules_at(folder: str, last: int | None) -> Schedules:
    del folder, last
    return Schedules(node().journal)


@lru_cache(maxsize=8)
def _desk_at(folder: str, last: int | None, day: date) -> Desk:
    del folder, last, day
    return Desk(node())


def schedules() -> Schedules:
    """Return the schedules of this node."""
    return _schedules_at(str(node().folder), node().journal.last(ALL_SCHEDULES))


def desk() -> Desk:
    """Return where duty is asked about."""
    return _desk_at(str(node().folder), node().journal.last(ALL_SCHEDULES), today())


def today() -> date:
    """Return the day, in UTC."""
    return now().date()


def nomenclature(day: date) -> Nomenclature | None:
    """Return the tree of codes that answers on a day; None where no schedule is loaded that holds on it."""
    try:
        loaded = schedules().in_force(day)
    except NoScheduleError:
        return None
    return schedules().tree(loaded[0])


def found(words: str, day: date, limit: int = 20) -> list[tuple[Provision, str]]:
    """Return the codes that words, or the beginning of a code, lead to, each with what stands above it.

    Without a schedule, only our labels of chapters are searched.
    """
    tree = nomenclature(day)
    bare = digits(words)
    if tree is None:
        return [(one, _section(one)) for one in _labels(words, bare)][:limit]
    if bare:
        near = [one for one in (tree.find(bare, day),) if one is not None]
        below = [*near, *tree.codes_below(bare, day)] if near else _upper(tree, bare, day)
        return [(one, _above(tree, one, day)) for one in below[:limit]]
    return [(one.provision, _above(tree, one.provision, day)) for one in tree.search(words, limit, day)]


def top(day: date) -> list[tuple[Provision | None, list[Provision]]]:
    """Return the chapters, by section."""
    del day
    sections: dict[str, tuple[Provision | None, list[Provision]]] = {}
    for number in _CHAPTERS:
        chapter = chapter_label(number)
        if chapter is None:
            continue
        section = section_label(number)
        sections.setdefault(section.code if section else "", (section, []))[1].append(chapter)
    return list(sections.values())


def _labels(words: str, bare: str) -> list[Provision]:
    chapters = [one for number in _CHAPTERS if (one := chapter_label(number)) is not None]
    if bare:
        return [one for one in chapters if bare.startswith(one.code) or one.code.startswith(bare)]
    wanted = words.lower().split()
    return [one for one in chapters if wanted and all(word in one.description.lower() for word in wanted)]


def _upper(tree: Nomenclature, bare: str, day: date) -> list[Provision]:
    near = tree.nearest(bare, day)
    return [near, *tree.codes_below(near.code, day)] if near is not None else []


def _section(chapter: Provision) -> str:
    section = section_label(chapter.code)
    return section.description if section is not None else ""


def _above(tree: Nomenclature, one: Provision, day: date) -> str:
    steps = [step.description for step in tree.path(one.code, day)[:-1]]
    return " > ".join(steps[1:])
