"""Plays the scenarios of a trade-test pack: each scenario's messages in order, on a fresh node of its own.

It reads no expectation: what an authority published beside the messages is left alone. A number that a
message quotes is that authority's; within a scenario it stands for the one given here. So does the reference
of a consignment in a movement, where it is nobody's and one export of the scenario is moved by nothing else.
"""

from __future__ import annotations

import os
import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tidegate.clearance import (
    Lodging,
    RefusedActError,
    allocate_quota,
    consignment_now,
    direction_of,
    lodge,
    record_control,
    record_documents,
    references_of,
    strike,
    tax_lines_at,
    ucrs_of,
)
from tidegate.declarations.messages import Kind, Message, read_file
from tidegate.journal import tables
from tidegate.node.installation import create_node, open_node
from tidegate.node.keeping import keep
from tidegate.notices import all_notices, xml_of
from tidegate.revenue import open_account

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tidegate.acts import NoticeIssued, TaxLine
    from tidegate.node.administration import Administration
    from tidegate.node.installation import Node

_WORTH_A_PROCESS, _TOGETHER = 8, 4  # scenarios: to start a process for, and to hand over at once
_OFFICER = "officer:trade-test"
_BETWEEN = timedelta(seconds=1)  # messages of a scenario follow each other within its dwell times
_STEP = re.compile(r"step[ _]?(\d+)", re.IGNORECASE)
_HEAD = re.compile(r"(\d+)")
_NUMBERED_LAST = 10_000
_NOTIFICATION = re.compile(r"DMS[A-Z]{3}")
# Where no number tells the order: what is declared, what is put together, what moves, what is changed, ended.
_RANKS: dict[str, int] = {"EAC": 1, "CST": 2, "IVL": 2, "EAA": 3, "EAL": 4, "GAN": 4, "EDL": 6}
_KIND_RANKS: dict[Kind, int] = {"declaration": 0, "arrival": 4, "amendment": 5, "cancellation": 7}
_TEST_ENVIRONMENT = "uk"


class TaxTold(msgspec.Struct, frozen=True):
    """One line of tax that was told, as a notification says it."""

    item: int
    regime: str
    type: str
    base: Decimal
    rate: Decimal | None
    amount: Decimal


class Replayed(msgspec.Struct, frozen=True):
    """What a scenario came to: the kinds of notification in order, the taxes told, the files written."""

    scenario: str
    types_got: tuple[str, ...]
    taxes_got: tuple[TaxTold, ...]
    notifications: tuple[str, ...]
    findings: tuple[str, ...] = ()


class Played(msgspec.Struct, frozen=True):
    """A message of a scenario, where it was read, and the place it has in the order."""

    path: Path
    original: bytes
    message: Message
    order: tuple[int, int, str]


def scenarios_below(folder: Path) -> list[Path]:
    """Return the folders of scenarios: the folder itself where messages lie in it, else each one below it.

    Raises:
        FileNotFoundError: the folder does not exist.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not a folder of scenarios")
    if any(_may_be_message(path) for path in folder.iterdir()):
        return [folder]
    below = sorted(path for path in folder.iterdir() if path.is_dir())
    return [path for path in below if any(_may_be_message(file) for file in path.rglob("*"))]


def messages_of(scenario: Path) -> list[Played]:
    """Return the messages of a scenario in the order they are played, without what only tells of them."""
    found = []
    for path in sorted(scenario.rglob("*")):
        if not _may_be_message(path):
            continue
        original, message = read_file(path)
        if message.kind in _KIND_RANKS or message.kind == "movement":
            found.append(Played(path, original, message, _order(path, message)))
    return sorted(found, key=lambda one: one.order)


def with_consignments_matched(played: list[Played]) -> list[Played]:
    """Return messages with consignments that are nobody's replaced by the one that nothing moves.

    One that is nobody's can be told among several exports; of several each stands for the only export. The
    place a message states is of the run that it was taken from, and goes with the reference.
    """
    declared = [
        ucrs_of(one.message.declaration)
        for one in played
        if one.message.kind == "declaration"
        and one.message.declaration is not None
        and direction_of(one.message.declaration) == "export"
    ]
    known = {ucr for ucrs in declared for ucr in ucrs}
    told = {ucr for one in played for ucr in _told_of(one.message)}
    unmoved = [ucrs for ucrs in declared if ucrs and not told & set(ucrs)]
    strangers = told - known
    if len(unmoved) != 1 or (len(strangers) != 1 and len(declared) != 1):
        return played
    moved = {one.message.movement.ucr for one in played if one.message.movement is not None}
    alias = dict.fromkeys(strangers & moved, unmoved[0][0])
    return [_renamed(one, alias) for one in played]


def _told_of(message: Message) -> set[str]:
    """Return the consignments that a movement names."""
    movement = message.movement
    return {ucr for ucr in (movement.ucr, movement.master_ucr) if ucr} if movement is not None else set()


def _renamed(one: Played, alias: dict[str, str]) -> Played:
    movement = one.message.movement
    if movement is None or movement.ucr not in alias:
        return one
    moved = msgspec.structs.replace(movement, ucr=alias[movement.ucr], goods_location=None)
    return msgspec.structs.replace(one, message=msgspec.structs.replace(one.message, movement=moved))


class Stage:
    """Where scenarios are played: a node made once, of which each scenario gets a fresh copy."""

    def __init__(self, work: Path, data: Path | None, moment: datetime) -> None:
        """Make the node in ``work``; ``data`` is where the administration's sources lie."""
        self.work = work
        self.moment = moment
        self._template = work / "node"
        create_node(self._template, _TEST_ENVIRONMENT, lambda: moment, data=data)
        with open_node(self._template, lambda: moment) as node:
            self._administration: Administration = node.administration

    def play(self, scenario: Path, out: Path) -> Replayed:
        """Play one scenario on a copy of the node, and write what was told into a folder below ``out``."""
        folder = self.work / "nodes" / scenario.name
        shutil.copytree(self._template, folder)
        clock = _Clock(self.moment)
        with open_node(folder, clock, administration=self._administration, trade_test=True) as node:
            _open_accounts(node, clock.now)
            findings: list[str] = []
            numbers: dict[str, str] = {}
            for one in with_consignments_matched(messages_of(scenario)):
                clock.now += _BETWEEN
                findings += _play(node, one, clock.now, numbers)
            _come_to_rest(node, clock, sorted(set(numbers.values())))
            return _told(node, scenario.name, out / scenario.name, tuple(findings))


def play_all(
    scenarios: Sequence[Path], work: Path, out: Path, moment: datetime, *, data: Path | None, workers: int
) -> Iterator[Replayed]:
    """Play scenarios in several processes, each with a node of its own to copy; yields them in order."""
    if workers < 2 or len(scenarios) < workers * _WORTH_A_PROCESS:  # noqa: PLR2004 - one is no pool
        stage = Stage(work / "stage", data, moment)
        yield from (stage.play(one, out) for one in scenarios)
        return
    # Started anew, not forked: frames are computed by threads, which do not survive a fork.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (work, data, moment))
    with pool:
        yield from pool.map(_play_one, ((one, out) for one in scenarios), chunksize=_TOGETHER)


_STAGES: list[Stage] = []  # of a worker process: made when it starts, one


def _begin(work: Path, data: Path | None, moment: datetime) -> None:
    _STAGES.append(Stage(work / f"stage-{os.getpid()}", data, moment))


def _play_one(scenario_and_out: tuple[Path, Path]) -> Replayed:
    return _STAGES[0].play(*scenario_and_out)


class _Clock:
    """The clock of one scenario: it stands until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def _may_be_message(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() == ".xml" and not _NOTIFICATION.search(path.name)


def _order(path: Path, message: Message) -> tuple[int, int, str]:
    """Return the place of a message: by the number in its name, else by what it does."""
    rank = _KIND_RANKS.get(message.kind, 3)
    if message.movement is not None:
        rank = _RANKS.get(message.movement.code, 3)
    found = _STEP.search(path.name) or _HEAD.match(path.name)
    unnumbered = 0 if message.kind == "declaration" else _NUMBERED_LAST
    return (int(found[1]) if found else unnumbered, rank, path.name)


def _open_accounts(node: Node, moment: datetime) -> None:
    for held in node.practice.trade_test.accounts:
        open_account(
            node.journal,
            moment,
            _OFFICER,
            account=held.account,
            holder=held.holder,
            kind=held.type,
            amount=Decimal(held.amount),
            currency=held.currency,
        )


def _play(node: Node, one: Played, moment: datetime, numbers: dict[str, str]) -> list[str]:
    """Play one message and let the node answer; returns what was found wrong with it, in words."""
    found = [finding.text for finding in one.message.findings]
    declaration = one.message.declaration
    if one.message.kind == "declaration" and declaration is not None:
        lodging = Lodging(moment, one.original, declaration)
        (receipt,) = lodge(node.journal, [lodging], country=node.administration.country, key=node.key)
        if receipt.mrn is not None:
            numbers[f"lodged {len(numbers)}"] = receipt.mrn
        elif receipt.finding is not None:
            found.append(receipt.finding.text)
    else:
        _match(one.message, numbers, node)
        kept = keep(node, one.message, one.original, moment, numbers=numbers)
        found += [finding.text for finding in kept.findings]
    node.answer()
    return found


def _match(message: Message, numbers: dict[str, str], node: Node) -> None:
    """Let a number of another authority stand for ours: by the reference quoted, else for the last lodged."""
    references = references_of(message)
    quoted = references.get("mrn")
    if not quoted or quoted in numbers or not numbers:
        return
    ours = list(dict.fromkeys(numbers.values()))
    by_reference = {consignment_now(node.journal, mrn)[0].lrn: mrn for mrn in ours}
    numbers[quoted] = by_reference.get(references.get("lrn", ""), ours[-1])


def _come_to_rest(node: Node, clock: _Clock, numbers: list[str]) -> None:
    """Let the trade test's caseworkers do what waits for them, and the clock run, until nothing moves."""
    while True:
        acted = [_officer_acts(node, clock.now, mrn) for mrn in numbers]
        if not any(acted):
            dwelling = [now.dwell for mrn in numbers if (now := consignment_now(node.journal, mrn)[0]).dwell]
            clock.now = max(clock.now, min(dwelling, default=clock.now))
            acted = [strike(node.journal, mrn, clock.now) is not None for mrn in numbers if dwelling]
        if not any(acted):
            return
        node.answer()


def _officer_acts(node: Node, moment: datetime, mrn: str) -> bool:
    """Do what one consignment waits for; tells whether there was anything that could be done."""
    now, _ = consignment_now(node.journal, mrn)
    waits = now.outstanding
    try:
        if "control" in waits and "arrival" not in waits:
            words = "Cleared by the trade test."
            record_control(node.journal, mrn, moment, _OFFICER, outcome="conform", found=words)
        elif "documents" in waits:
            record_documents(node.journal, mrn, moment, _OFFICER, words="Cleared by the trade test.")
        elif now.state == "released" and now.provisional:
            allocate_quota(node.journal, mrn, moment, _OFFICER)
        else:
            return False
    except RefusedActError:
        return False
    return True


def _told(node: Node, scenario: str, out: Path, findings: tuple[str, ...]) -> Replayed:
    node.catch_up()
    with closing(tables(node.reader("notices"), node.read_tables)) as connection:
        notices = all_notices(connection)
    out.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    taxes: list[TaxLine] = []
    for number, notice in enumerate(notices, start=1):
        lines = _lines(node, notice.act)
        path = out / f"{number:02d}_DMS{notice.act.type}.xml"
        path.write_bytes(xml_of(notice.act, notice.occurred, lines, country=node.administration.country))
        written.append(str(path))
        if notice.act.type == "TAX":
            taxes += lines
    told = dict.fromkeys(
        TaxTold(line.item, line.regime, line.type, line.base, line.rate, line.amount) for line in taxes
    )
    return Replayed(
        scenario, tuple(notice.act.type for notice in notices), tuple(told), tuple(written), findings
    )


def _lines(node: Node, notice: NoticeIssued) -> tuple[TaxLine, ...]:
    """Return the lines of tax of a notice, wherever they lie."""
    return tax_lines_at(node.journal, notice.assessed) if notice.taxes_elsewhere else notice.taxes
