"""What a demonstration is made of: the node with its accounts, and its partner across the border."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import msgspec

import tidegate
from tidegate.commands.demo.opening import Traders, open_for_all, traders_of
from tidegate.commands.face import KnownError, now, told
from tidegate.exchange import canonical, fingerprint, introduce, propose, read_identity, standing_of, trust
from tidegate.node import Node, create_node, open_node, read_configuration
from tidegate.node.configuration import write_configuration
from tidegate.node.exchange import actor, make_identity
from tidegate.node.living_neighbour import OURS, exports_agreement
from tidegate.simulation import World

ADMINISTRATION, COUNTRY, PARTNER = "demo", "XA", "XB"
_SHIPPED = Path(tidegate.__file__).parent / "administrations" / ADMINISTRATION
_ORIGINS = {COUNTRY: "customs.xa.example", PARTNER: "customs.xb.example"}
_MADE = "demonstration.json"
_OFFICER = "officer:demonstration"


class Made(msgspec.Struct, frozen=True):
    """What a demonstration was made with, so that it goes on with the same."""

    seed: int
    traders: Traders


def made_ready(folder: Path, partner: Path, seed: int, ports: tuple[int, int]) -> int:
    """Make both nodes where they are not there, and have them know each other; returns the world's seed."""
    with told():
        accounts = None if folder.exists() else _make(folder, seed)
        if not partner.exists():
            _make_partner(partner)
        _configure_partner(partner)
        _introduce(folder, partner, ports)
        if accounts is not None and accounts.wait() != 0:
            raise KnownError(f"The ready accounts of {folder} could not be made. Remove it, and begin anew.")
    return made_with(folder).seed


def made_with(folder: Path) -> Made:
    """Return what a demonstration was made with; one that was made without such a note has the first seed."""
    path = folder / _MADE
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Made)
    return Made(1, traders_of(World.make(1), now().date()))


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def _make(folder: Path, seed: int) -> subprocess.Popen[bytes]:
    """Make the node; returns the process that makes its accounts."""
    create_node(folder, ADMINISTRATION, now)
    configuration = read_configuration(folder)
    write_configuration(
        folder, msgspec.structs.replace(configuration, demonstration=True, origin=_ORIGINS[COUNTRY])
    )
    traders = traders_of(World.make(seed), now().date())
    with open_node(folder, now) as node:
        open_for_all(node, traders, now())
    (folder / _MADE).write_bytes(msgspec.json.encode(Made(seed, traders)))
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "tidegate_web.manage", "demonstrate", traders.trader, traders.broker],
        env={**os.environ, "TIDEGATE_NODE": str(folder.resolve())},
    )


def _make_partner(partner: Path) -> None:
    """Make the partner's node: the same administration under the other country's code."""
    create_node(partner, ADMINISTRATION, now)
    tables = partner / "administration"
    tables.mkdir()
    for path in _SHIPPED.iterdir():
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".toml":
            text = text.replace(COUNTRY, PARTNER)
            text = text.replace(f'["{PARTNER}", "{PARTNER}"]', f'["{COUNTRY}", "{PARTNER}"]')
        (tables / path.name).write_text(text, encoding="utf-8")


def _configure_partner(partner: Path) -> None:
    """Say where the partner's tables lie: it may have been moved since."""
    tables = str((partner / "administration").resolve())
    configuration = read_configuration(partner)
    if configuration.administration != tables:
        changed = msgspec.structs.replace(configuration, administration=tables, origin=_ORIGINS[PARTNER])
        write_configuration(partner, changed)


def _introduce(folder: Path, partner: Path, ports: tuple[int, int]) -> None:
    """Have both nodes know and trust each other at the addresses of today, and offer the first agreement."""
    with open_node(folder, now) as here, open_node(partner, now) as there:
        documents = [
            make_identity(node, "administration", f"http://127.0.0.1:{port}")
            for node, port in zip((here, there), ports, strict=True)
        ]
        _know(here, documents[1])
        _know(there, documents[0])
        if OURS not in standing_of(here.journal).agreements:
            document = exports_agreement(OURS, here.origin, there.origin)
            propose(actor(here, _OFFICER, now()), canonical(document))


def _know(node: Node, document: str) -> None:
    """Introduce and trust a partner, as far as that is news."""
    identity = read_identity(document)
    known = standing_of(node.journal).partners.get(identity.name)
    if known is None or known.endpoint != identity.endpoint:
        introduce(actor(node, _OFFICER, now()), document)
    if known is None or not known.trusted:
        trust(actor(node, _OFFICER, now()), identity.name, fingerprint(identity.verifier))
