"""A rehearsal of exchange: nodes in processes on loopback, agreements, trade, and what came of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

import msgspec

from tidegate.exchange import (
    Question,
    canonical,
    enquire,
    fingerprint,
    introduce,
    propose,
    read_identity,
    sign,
    standing_of,
    trust,
)
from tidegate.exchange.refusals import OvertakenError
from tidegate.exchange.templates import template
from tidegate.journal import JournalBusyError
from tidegate.node.configuration import Configuration, write_configuration
from tidegate.node.exchange import actor, make_identity
from tidegate.node.exchange_disturbing import Disturbing
from tidegate.node.exchange_proxy import Happened, Proxy
from tidegate.node.exchange_tallying import Tally, settled, tally
from tidegate.node.exchange_trading import country
from tidegate.node.installation import create_node, open_node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tidegate.exchange.acting import Actor
    from tidegate.node.installation import Node

SHIPPED = Path(__file__).parents[1] / "administrations" / "demo"
FIRST_DAY = "2026-03-02"
_TEMPLATES = ("neighbour", "risk", "tax", "transport")
_KINDS = {"tax": "tax", "transport": "transport"}
_START_SECONDS, _SIGN_SECONDS, _SETTLE_SECONDS = 20.0, 30.0, 45.0
_ANSWER_SECONDS = 4.0
_LOOK_SECONDS = 0.1


class NotSettledError(RuntimeError):
    """What a rehearsal waited for did not come about."""

    code = "not_settled"


class Rehearsed(msgspec.Struct, frozen=True, kw_only=True):
    """What a rehearsal came to; the last object that ``tidegate exchange rehearse --json`` prints."""

    nodes: int
    days: int
    agreements: int
    seconds: float
    declarations: int
    enquiries: int
    answers: int
    withdrawn: int
    fields: int
    faults: dict[str, int]
    killed: int
    restarted_ahead: int
    sent: int
    received: int
    refused: int
    receipts_verified: int
    lost: int
    twice: int
    out_of_scope: int
    audit_differences: int


class Member(msgspec.Struct):
    """A node of a rehearsal: its folder, the name it signs under, its ports, its processes."""

    folder: Path
    name: str
    port: int
    proxy: Proxy
    log: Path
    processes: list[subprocess.Popen[bytes]] = []

    def start(self, ahead: int = 0) -> None:
        """Start the server and the follower, with clocks that go ahead by so many seconds."""
        environment = {
            **os.environ,
            "TIDEGATE_NODE": str(self.folder),
            "TIDEGATE_CLOCK_AHEAD": str(ahead),
            "POLARS_MAX_THREADS": "1",
        }
        follower = ["tidegate.node.exchange_following", str(self.folder), str(ahead), str(_ANSWER_SECONDS)]
        server = ["tidegate_web.exchange.serving", "127.0.0.1", str(self.port)]
        with self.log.open("ab") as log:
            self.processes = [
                subprocess.Popen(  # noqa: S603 - our own programs
                    [sys.executable, "-m", *arguments],
                    env=environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                for arguments in (server, follower)
            ]

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Stop both with a signal, and all that they started."""
        for process in self.processes:
            try:
                os.killpg(process.pid, number)
            except ProcessLookupError:
                continue
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.processes = []

    def answers(self) -> bool:
        """Tell whether the server takes connections."""
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.2).close()
        except OSError:
            return False
        return True


def rehearse(
    folder: Path,
    *,
    nodes: int = 3,
    days: int = 2,
    declarations: int = 20,
    seed: int = 1,
    faults: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Rehearsed:
    """Play days of trade on nodes that exchange, in an empty folder; nodes and capture stay in it.

    The folder then has ``nodes/``, one folder each, ``wire/``, the octets of each connection and direction,
    ``agreements/``, the documents, and ``logs/``.
    """
    began = time.monotonic()
    for name in ("nodes", "wire", "agreements", "logs", "administrations"):
        (folder / name).mkdir(parents=True)
    members = [_make(folder, place, seed) for place in range(nodes)]
    try:
        with _running(members):
            _introduce(members)
            uids = _agree(folder, members)
            tell(f"{nodes} nodes, {len(uids)} agreements signed after {time.monotonic() - began:.0f} s")
            players = _play(members, seed, days, declarations)
            disturbing = Disturbing(members, seed)
            if faults:
                disturbing.run(lambda: any(player.poll() is None for player in players))
            for player in players:
                if player.wait() != 0:
                    raise NotSettledError(
                        f"A player ended with status {player.returncode}; see {folder}/logs."
                    )
            tell(f"Trade was played after {time.monotonic() - began:.0f} s")
            _enquire(members)
            _settle(members)
            tell(f"All was settled after {time.monotonic() - began:.0f} s")
            told = tally(folder, members)
    finally:
        for member in members:
            member.proxy.stop()
    return _rehearsed(members, told, disturbing, (days, len(uids), time.monotonic() - began))


def _rehearsed(
    members: list[Member], told: Tally, disturbing: Disturbing, figures: tuple[int, int, float]
) -> Rehearsed:
    happened: dict[str, int] = dict.fromkeys(Happened.__struct_fields__, 0)
    for member in members:
        for name, count in msgspec.structs.asdict(member.proxy.happened).items():
            happened[name] += count
    days, agreements, seconds = figures
    return Rehearsed(
        nodes=len(members),
        days=days,
        agreements=agreements,
        seconds=round(seconds, 1),
        faults=happened,
        killed=disturbing.killed,
        restarted_ahead=disturbing.ahead,
        **msgspec.structs.asdict(told),
    )


def _make(folder: Path, place: int, seed: int) -> Member:
    """Make a node, of one country or the other, and the proxy before it."""
    code = country(place)
    administration = folder / "administrations" / code.lower()
    if not administration.exists():
        administration.mkdir()
        for path in SHIPPED.iterdir():
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".toml":
                text = text.replace('["XA", "XB"]', '["@A", "@B"]').replace("XA", code).replace("@", "X")
            (administration / path.name).write_text(text, encoding="utf-8")
    short = f"x{ascii_lowercase[place]}"
    home = folder / "nodes" / short
    create_node(home, str(administration), lambda: datetime.now(UTC))
    name = f"{short}.example/journal"
    write_configuration(home, Configuration(administration=str(administration.resolve()), origin=name))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    proxy = Proxy(short, port, folder / "wire", seed)
    return Member(home, name, port, proxy, folder / "logs" / f"{short}.log")


@contextmanager
def _running(members: list[Member]) -> Iterator[None]:
    """Run the nodes, and stop what was started whatever happens."""
    try:
        for member in members:
            _identify(member)
            member.start()
        _wait(lambda: all(member.answers() for member in members), _START_SECONDS, "the nodes to answer")
        yield
    finally:
        for member in members:
            member.stop()


def _identify(member: Member) -> None:
    endpoint = f"http://127.0.0.1:{member.proxy.port}"
    _as_actor(member, lambda _, node: make_identity(node, "administration", endpoint))


def _introduce(members: list[Member]) -> None:
    """Have every node trust every other, by documents and fingerprints."""
    documents = {member.name: (member.folder / "exchange.identity").read_text("utf-8") for member in members}
    for member in members:
        for name, document in documents.items():
            if name != member.name:
                _trust(member, name, document)


def _trust(member: Member, name: str, document: str) -> None:
    known = fingerprint(read_identity(document).verifier)
    _as_actor(member, lambda who, _: introduce(who, document))
    _as_actor(member, lambda who, _: trust(who, name, known))


def _agree(folder: Path, members: list[Member]) -> list[str]:
    """Propose and sign four agreements, over the wire."""
    signers: dict[str, Member] = {}
    for number, name in enumerate(_TEMPLATES, start=1):
        first, second = members[(number - 1) % len(members)], members[number % len(members)]
        uid = f"urn:tidegate:agreement:{name}:{number}"
        parts = template(name, first.name, second.name, uid=uid)
        path = folder / "agreements" / f"{number}-{name}.json"
        path.write_text(json.dumps(parts, indent=1), encoding="utf-8")
        _propose(first, canonical(parts))
        signers[uid] = second
    for uid, member in signers.items():
        _sign(member, uid)
    _wait(
        lambda: all(set(_standing(member).values()) <= {"signed"} for member in members),
        _SIGN_SECONDS,
        "the agreements to be signed",
    )
    return list(signers)


def _propose(member: Member, document: bytes) -> None:
    _as_actor(member, lambda who, _: propose(who, document))


def _sign(member: Member, uid: str) -> None:
    _wait(lambda: uid in _standing(member), _SIGN_SECONDS, f"{uid} to be proposed")
    _as_actor(member, lambda who, _: sign(who, uid))


def _play(members: list[Member], seed: int, days: int, declarations: int) -> list[subprocess.Popen[bytes]]:
    players = []
    for place, member in enumerate(members):
        arguments = [member.folder, seed + place, FIRST_DAY, days, declarations]
        with member.log.open("ab") as log:
            players.append(
                subprocess.Popen(  # noqa: S603 - our own program
                    [sys.executable, "-m", "tidegate.node.exchange_trading", *map(str, arguments)],
                    env={**os.environ, "POLARS_MAX_THREADS": "1"},
                    stdout=log,
                    stderr=log,
                )
            )
    return players


def _enquire(members: list[Member]) -> None:
    """Ask what the first agreement lets the second node ask; and what it does not, to see it refused."""
    first, second = members[0], members[1 % len(members)]
    uid = f"urn:tidegate:agreement:{_TEMPLATES[0]}:1"
    mrns = _lodged(first)
    for mrn in mrns[:5]:
        _ask(second, uid, "verify", Question(mrn=mrn), "mutual-assistance")
    _ask(second, uid, "status", Question(operator="XA000000001"), "security")
    _ask(second, uid, "mirror", Question(ucr="6XA000000000-000000001"), "revenue-protection")
    _ask(second, uid, "verify", Question(mrn=mrns[0]), "statistics")  # a wrong purpose
    _ask(second, uid, "verify", Question(ucr="6XA000000000-1"), "mutual-assistance")  # not asked by this


def _ask(member: Member, uid: str, clause: str, question: Question, purpose: str) -> None:
    _as_actor(member, lambda who, _: enquire(who, uid, clause, question, purpose))


def _lodged(member: Member) -> list[str]:
    with open_node(member.folder, lambda: datetime.now(UTC)) as node:
        entries = node.journal.read(0, 20, {"declaration.lodged"})
    return [key.removeprefix("mrn:") for one in entries for key in one.keys if key.startswith("mrn:")]


def _standing(member: Member) -> dict[str, str]:
    with open_node(member.folder, lambda: datetime.now(UTC)) as node:
        return {uid: held.state for uid, held in standing_of(node.journal).agreements.items()}


def _settle(members: list[Member]) -> None:
    """Wait until nothing waits anywhere, and nothing new was heard."""
    _wait(lambda: all(settled(member.folder) for member in members), _SETTLE_SECONDS, "all to be settled")


def _as_actor(member: Member, act: Callable[[Actor, Node], Any]) -> Any:
    """Act in the name of a node, again where somebody else was quicker."""
    for attempt in range(10):
        try:
            with open_node(member.folder, lambda: datetime.now(UTC)) as node:
                return act(actor(node, "officer:rehearsal", datetime.now(UTC)), node)
        except (OvertakenError, JournalBusyError):
            time.sleep(_LOOK_SECONDS * attempt)
    raise NotSettledError(f"{member.name} could not act.")


def _wait(so: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not so():
        if time.monotonic() > end:
            raise NotSettledError(f"{what} was waited for {seconds:.0f} s, in vain.")
        time.sleep(_LOOK_SECONDS)


@contextmanager
def rehearsal_folder(keep: Path | None) -> Iterator[Path]:
    """Yield the folder to rehearse in: the one to be kept, or one that goes afterwards."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        if any(keep.iterdir()):
            raise NotSettledError(f"{keep} is not empty: name a new folder to keep the rehearsal in.")
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="tidegate-exchange-") as folder:
        yield Path(folder)
