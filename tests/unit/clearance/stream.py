"""One seeded stream of lodgings, arrivals, payments and controls, played to a post in rounds.

What happens in a round depends on the seed, the round and the state of each consignment: not on how the
responder's batches are cut.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random

import apsw
import msgspec

from tests.unit.clearance.making import (
    FLAWED,
    MOMENT,
    PAYS_AT_ONCE,
    POLICY,
    PRE_LODGED,
    RED,
    YELLOW,
    Post,
    lodging,
)
from tidegate.clearance import (
    ClearanceReader,
    Consignment,
    acts_about,
    arrive,
    consignment_now,
    record_control,
    record_payment,
)
from tidegate.journal import digest, follow, tables

ROUNDS, LODGED_A_ROUND = 6, 8
TIGHT = msgspec.structs.replace(POLICY, random_share=0.1, red_capacity=2, yellow_capacity=3)


def play(post: Post, catch_up: Callable[[int], None], seed: str = "stream") -> list[str]:
    """Play all rounds; ``catch_up`` lets the post answer after each. Returns the numbers given."""
    numbers: list[str] = []
    for turn in range(ROUNDS):
        random = Random(f"{seed}:{turn}")
        deeds = [
            lambda n=n, turn=turn: _lodge(post, f"L{turn}-{n}", turn, numbers) for n in range(LODGED_A_ROUND)
        ]
        deeds += [lambda mrn=mrn, turn=turn: _act(post, mrn, turn, seed) for mrn in numbers]
        for deed in random.sample(deeds, len(deeds)):
            deed()
        if numbers:
            post.lodge(lodging("L0-0", occurred=MOMENT))  # lodged before: refused, and nothing comes of it
        catch_up(turn)
    return sorted(numbers)


def _lodge(post: Post, lrn: str, turn: int, numbers: list[str]) -> None:
    random = Random(f"lodge:{lrn}")
    edits: dict[str, object] = {}
    for chance, more in ((0.4, PRE_LODGED), (0.5, PAYS_AT_ONCE), (0.35, RED), (0.3, YELLOW), (0.15, FLAWED)):
        if random.random() < chance:
            edits |= more
    moment = MOMENT + timedelta(hours=8 * turn, minutes=random.randrange(400))
    (receipt,) = post.lodge(lodging(lrn, edits, moment))
    assert receipt.mrn is not None
    numbers.append(receipt.mrn)


def _act(post: Post, mrn: str, turn: int, seed: str) -> None:
    random = Random(f"{seed}:{mrn}:{turn}")
    moment = MOMENT + timedelta(hours=8 * turn, minutes=random.randrange(400))
    now, _ = consignment_now(post.journal, mrn)
    if "arrival" in now.outstanding and random.random() < 0.6:
        arrive(post.journal, mrn, moment, "carrier", place="Q3")
    now, _ = consignment_now(post.journal, mrn)
    if {"control", "officer"} & set(now.outstanding) and "arrival" not in now.outstanding:
        outcome = "irregular" if random.random() < 0.3 and "control" in now.outstanding else "conform"
        record_control(post.journal, mrn, moment, "officer:7", outcome=outcome, found="Opened and counted.")
    if "payment" in now.outstanding and random.random() < 0.7:
        left = now.due - now.paid
        amount = left if random.random() < 0.6 else (left / 2).quantize(Decimal("0.01"))
        reference = f"{mrn}-{turn}"
        record_payment(post.journal, mrn, moment, "payer", reference=reference, amount=amount, currency="XTS")


def story(post: Post, mrn: str) -> list[tuple]:
    """Return the acts about one consignment: kind, body, legal time, and which of the answers it is."""
    return [
        (entry.kind, entry.body, entry.occurred, entry.cause and entry.cause.n)
        for entry, _ in acts_about(post.journal, mrn)
    ]


def outcome(post: Post, numbers: list[str]) -> dict:
    """Return all that must be equal however the stream is cut."""
    follow(post.journal, ClearanceReader(), post.folder / "read")
    told = tables(ClearanceReader(), post.folder / "read")
    decoder = msgspec.json.Decoder(Consignment)
    rows = told.execute("SELECT record FROM consignments ORDER BY mrn")
    read = [msgspec.structs.replace(decoder.decode(record), positions=()) for (record,) in rows]
    told.close()
    kept = tables_of_responder(post)
    return {"stories": {mrn: story(post, mrn) for mrn in numbers}, "read": read, "kept": kept}


def tables_of_responder(post: Post) -> str:
    """Return the digest of the responder's own tables."""

    connection = apsw.Connection(str(post.folder / "responders" / "clearance.sqlite"))
    try:
        return digest(connection)
    finally:
        connection.close()
