"""Fills a node with entry summary declarations of the last two months, as carriers and customs told.

Nine of ten are over; of those on their way, and of those that came, some want something of an officer.
"""

import random
from datetime import UTC, datetime, timedelta

from tests.bench.pages_fill import OFFICES
from tidegate.acts import (
    AdvanceDecided,
    ConveyanceArrived,
    EntryAccepted,
    EntryArrived,
    EntryLodged,
    EntryMatched,
    EntryMissed,
    EntryReleased,
    GoodsReference,
    GoodsUnannounced,
)
from tidegate.declarations.ens import sample_entry, write_entry
from tidegate.declarations.ens.reading import EntryMessage
from tidegate.entry.wording import conveyance_key, entry_key
from tidegate.journal import Append, Draft, Key

_ABOARD = 200
_DAYS = 60
_CARRIER = Key("operator:XA000000900", personal=True)
_NODE = Key("responder:entry")


def entry_of(number: int) -> str:
    """Return the number that an entry of the fill has."""
    return f"26XE{number:014}"


def fill_entries(node, entries: int, until: datetime) -> None:
    """Append the acts of so many entries, ship by ship; the last tenth is still at sea."""
    draws = random.Random(3)
    (attached,) = node.journal.attach([write_entry(EntryMessage(sample_entry("CC315A")))])
    ships = max(1, entries // _ABOARD)
    for ship in range(ships):
        lodged = until - timedelta(days=_DAYS) * (1 - ship / ships)
        _ship(node, draws, ship, (lodged, until, attached), at_sea=ship >= 0.9 * ships)


def _ship(node, draws, ship, when, *, at_sea: bool) -> None:
    lodged, until, attached = when
    conveyance, office = f"1:{9_000_000 + ship}:V{ship}", OFFICES[ship % len(OFFICES)]
    arrival = min(lodged + timedelta(days=2), until)
    found: list[Draft] = []
    numbers = range(ship * _ABOARD, (ship + 1) * _ABOARD)
    for number in numbers:
        found += _announced(draws, number, (conveyance, office), lodged, attached)
    if not at_sea:
        act = ConveyanceArrived(conveyance=conveyance, office=office, discharged=())
        found.append(_draft(act, arrival, _CARRIER, conveyance_key(conveyance)))
        for number in numbers:
            found += _came(draws, number, (conveyance, office), arrival)
        stray = GoodsUnannounced(conveyance=conveyance, office=office, reference=f"STRAY{ship}")
        found.append(_draft(stray, arrival, _NODE, conveyance_key(conveyance)))
    node.journal.append([Append(tuple(found))])


def _announced(draws, number, where, lodged, attached) -> list[Draft]:
    mrn, (conveyance, office) = entry_of(number), where
    lodging = EntryLodged(
        mrn=mrn, lrn=f"E{number}", person="XA000000900", mode="1", conveyance=conveyance, office=office,
        expected=lodged + timedelta(days=2), items=1,
    )  # fmt: skip
    accepted = EntryAccepted(mrn=mrn, references=(GoodsReference("document", f"BL{number}"),))
    chance = draws.random()
    decision = "do not load" if chance < 0.01 else "control at arrival" if chance < 0.04 else "proceed"
    decided = AdvanceDecided(mrn=mrn, decision=decision, score=chance)
    first = _draft(lodging, lodged, _CARRIER, entry_key(mrn), (attached,))
    return [first, *(_draft(one, lodged, _NODE, entry_key(mrn)) for one in (accepted, decided))]


def _came(draws, number, where, arrival) -> list[Draft]:
    mrn, (conveyance, office) = entry_of(number), where
    chance, by = draws.random(), f"BL{number}"
    if chance < 0.02:
        said = [EntryMissed(mrn=mrn, conveyance=conveyance, office=office)]
    else:
        said = [EntryArrived(mrn=mrn, conveyance=conveyance, office=office, by=by)]
    if chance > 0.05:
        said.append(EntryReleased(mrn=mrn, grounds="Nothing was found against it."))
    if chance > 0.08:
        reference = GoodsReference("document", by)
        said.append(EntryMatched(mrn=mrn, declaration=f"26XA{number:014}", by=reference))
    return [_draft(one, arrival, _NODE, entry_key(mrn)) for one in said]


def _draft(act, occurred, author, key, attached=()) -> Draft:
    return Draft(
        kind=act.KIND,
        version=act.VERSION,
        occurred=occurred.astimezone(UTC),
        author=author,
        keys=(key,),
        body=act.encode(),
        attachments=attached,
    )
