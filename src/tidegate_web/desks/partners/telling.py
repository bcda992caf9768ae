"""An agreement clause by clause, and an act between nodes as facts: what was said, and what settled it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.translation import gettext as _

from tidegate.acts import (
    CheckpointCosigned,
    CheckpointWitnessed,
    DisclosureReceived,
    DisclosureSent,
    EnquiryAnswered,
    EnquiryMade,
    ReceiptRecorded,
    decode,
)
from tidegate.exchange.drafting import settled_key
from tidegate.exchange.messages import Answered, Disclosed, Message, Question
from tidegate_web.desks.partners.saying import (
    clause_words,
    conditions,
    duty_words,
    field_words,
    prohibition_words,
    reason_words,
)

if TYPE_CHECKING:
    from tidegate.acts import Act
    from tidegate.exchange import Agreement
    from tidegate.journal import Entry
    from tidegate.node import Node

_SAID = DisclosureSent | DisclosureReceived | EnquiryMade | EnquiryAnswered
_MOST_ROWS = 100


def clauses_of(agreement: Agreement, me: str) -> list[dict[str, Any]]:
    """Return the clauses, those that allow before those that forbid, each with who gives it."""
    allowed = [
        {
            "uid": one.uid,
            "ours": one.assigner == me,
            "giver": one.assigner,
            "words": clause_words(one),
            "purposes": ", ".join(one.purpose).replace("-", " "),
            "fields": [field_words(name, how) for name, how in one.fields.items()],
            "conditions": conditions(one.constraint),
            "duties": [duty_words(duty) for duty in one.duty],
        }
        for one in agreement.permission
    ]
    forbidden = [
        {
            "uid": one.uid,
            "ours": one.assigner == me,
            "giver": one.assigner,
            "words": prohibition_words(one),
            "conditions": conditions(one.constraint),
            "forbids": True,
        }
        for one in agreement.prohibition
    ]
    return [*allowed, *forbidden]


def said_in(node: Node, entry: Entry, partner: str) -> dict[str, Any]:
    """Return what an act says: its facts, the rows or words of its message, and what settled it."""
    if entry.body is None:
        return {
            "facts": [],
            "rows": [],
            "columns": [],
            "words": _("What it said was erased."),
            "settled": None,
        }
    act = decode(entry.kind, entry.version, entry.body)
    said: dict[str, Any] = {"facts": _facts(act), "rows": [], "columns": [], "words": "", "settled": None}
    if isinstance(act, _SAID):
        message = msgspec.json.decode(act.message, type=Message)
        said["facts"].append((_("Purpose"), message.purpose.replace("-", " ")))
        said |= _content(act, message)
        said["settled"] = _settled(node, partner, act.id)
    return said


def _facts(act: Act) -> list[tuple[str, str]]:
    words = {
        "agreement": _("Agreement"),
        "clause": _("Clause"),
        "by": _("By"),
        "service": _("Service"),
        "reason": _("Reason"),
        "text": _("In words"),
        "due": _("Answer due"),
        "until": _("Kept until"),
        "size": _("Size of the partner's journal"),
    }
    found = []
    for name, label in words.items():
        value = getattr(act, name, None)
        if value not in (None, ""):
            found.append((label, reason_words(value) if name == "reason" else str(value)[:500]))
    if isinstance(act, ReceiptRecorded):
        found.append((_("Its place in the partner's journal"), str(act.position)))
    if isinstance(act, CheckpointWitnessed | CheckpointCosigned):
        found.append((_("Signature"), act.cosignature[:120]))
    return found


def _content(act: _SAID, message: Message) -> dict[str, Any]:
    if isinstance(act, EnquiryMade):
        question = msgspec.json.decode(message.content, type=Question)
        asked = {name: said for name, said in msgspec.structs.asdict(question).items() if said}
        words = asked.pop("text", "")
        return _table((asked,) if asked else ()) | {"words": words}
    if isinstance(act, EnquiryAnswered):
        answered = msgspec.json.decode(message.content, type=Answered)
        words = answered.text or ("" if answered.found else _("Nothing was found."))
        return _table(answered.rows) | {"words": words}
    return _table(msgspec.json.decode(message.content, type=Disclosed).rows)


def _table(rows: tuple[dict[str, str], ...]) -> dict[str, Any]:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return {
        "columns": [name.replace("_", " ") for name in columns],
        "rows": [
            [(name.replace("_", " "), row.get(name, "")) for name in columns] for row in rows[:_MOST_ROWS]
        ],
    }


def _settled(node: Node, partner: str, id_: str) -> dict[str, Any] | None:
    """Return the act that settled a message of ours: the partner's receipt, or its refusal."""
    position = node.journal.last(settled_key(partner, id_))
    if position is None:
        return None
    (entry,) = node.journal.read(position, 1)
    return {"position": position, "receipt": entry.kind == ReceiptRecorded.KIND, "when": entry.recorded}
