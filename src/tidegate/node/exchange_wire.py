"""Reads what crossed the wire between nodes, raw, and counts what no agreement allows.

It knows the agreements as documents and the capture as octets, and nothing else: no code that decides or
checks what is shared is used here, so that a fault in that code is seen.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PARCEL = {"profile", "from", "to", "messages", "checkpoint", "since", "path", "known", "asks"}
_ANSWER = {
    "profile",
    "from",
    "to",
    "checkpoint",
    "since",
    "path",
    "receipts",
    "refusals",
    "known",
    "cosignature",
}
_MESSAGE = {"id", "type", "agreement", "version", "clause", "purpose", "subject", "after", "content"}
_RECEIPT = {"id", "position", "envelope", "path"}
_REFUSAL = {"id", "reason", "text", "clause", "again"}
_PROBLEM = {"reason", "text", "retry_after"}
_AUDIT = {"since", "start"}
_AUDITED = {"checkpoint", "path", "entries", "next", "faults"}
_ROTATIONS = {"partner", "notes"}
_EVIDENCE = {"enquiry", "digest", "offset"}
_PIECE = {"digest", "octets", "offset", "data"}
_ANSWERS = (("profile", _ANSWER), ("entries", _AUDITED), ("data", _PIECE))
_CONTENTS = {
    "proposal": {"document", "signature"},
    "signature": {"digest", "signature"},
    "suspension": {"reason"},
    "resumption": {"reason"},
    "end": {"reason"},
    "enquiry": {"mrn", "ucr", "operator", "text"},
}
_KEYS = ("message:", "sent:", "settled:", "partner:", "agreement:", "enquiry:", "sha256:", "nonce:", "~")
_OTHER_KEYS = {"exchange-standing"}
_MRN = re.compile(r"\b[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9]\b")
_TOKEN = re.compile(r"[0-9a-f]{32}")
_STATUS = {"operator", "status"}
_DATES = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


class Counted(msgspec.Struct):
    """What was read: messages, fields of rows, and those that no agreement allows, with the first of them."""

    requests: int = 0
    answers: int = 0
    octets: int = 0
    disclosures: int = 0
    fields: int = 0
    outside: int = 0
    examples: list[str] = []


def count_outside(captures: Path, agreements: list[dict[str, Any]]) -> Counted:
    """Read every capture in a folder, files of one direction of one connection each."""
    reader = _Reader({(one["uid"], one["version"]): one for one in agreements})
    for path in sorted(captures.glob("*.bin")):
        data = path.read_bytes()
        reader.counted.octets += len(data)
        for head, body in bodies(data):
            reader.read(head, body)
    return reader.counted


def bodies(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the head and the body of each HTTP message in one direction of a connection."""
    at = 0
    while at < len(data):
        end = data.find(b"\r\n\r\n", at)
        if end < 0:
            return
        head = data[at:end].decode("latin-1")
        found = re.search(r"^content-length:\s*([0-9]+)", head, re.IGNORECASE | re.MULTILINE)
        size = int(found[1]) if found else 0
        yield head, data[end + 4 : end + 4 + size]
        at = end + 4 + size


class _Reader:
    """Goes through messages and counts."""

    def __init__(self, agreements: dict[tuple[str, int], dict[str, Any]]) -> None:
        self.agreements = agreements
        self.counted = Counted()

    def read(self, head: str, body: bytes) -> None:
        """Read one HTTP message."""
        answer = head.startswith("HTTP/")
        self.counted.answers += answer
        self.counted.requests += not answer
        if _MRN.search(head):
            self._outside("a movement reference number in the head of a message")
        try:
            told = json.loads(body) if body[:1] in {b"{", b"["} else None
        except ValueError:
            return  # cut off on its way, with the connection
        if not isinstance(told, dict):
            return
        if "messages" in told:
            self._members(told, _PARCEL, "parcel")
            for message in told["messages"]:
                self._message(message, told)
        elif answer:
            self._answer(told)
        else:
            self._members(told, _AUDIT | _ROTATIONS | _EVIDENCE, "question")

    def _answer(self, told: dict[str, Any]) -> None:
        allowed = next(
            (members for name, members in _ANSWERS if name in told),
            _PROBLEM | {"followed"},
        )
        self._members(told, allowed, "answer")
        for receipt in (*told.get("receipts", ()), *told.get("entries", ())):
            self._members(receipt, _RECEIPT, "receipt")
            envelope = json.loads(base64.b64decode(receipt["envelope"]))
            for key in envelope.get("keys", ()):
                if key not in _OTHER_KEYS and not key.startswith(_KEYS):
                    self._outside(f"the key {key!r} in an envelope")
        for refusal in told.get("refusals", ()):
            self._members(refusal, _REFUSAL, "refusal")

    def _message(self, message: dict[str, Any], parcel: dict[str, Any]) -> None:
        self._members(message, _MESSAGE, "message")
        if message.get("subject") and not _TOKEN.fullmatch(message["subject"]):
            self._outside("a subject that is no token")
        kind, content = message["type"], message.get("content", {})
        if kind in _CONTENTS:
            self._members(content, _CONTENTS[kind], kind)
            if kind == "enquiry":
                self._clause(message, parcel["to"], parcel["from"], "")
            return
        clause = self._clause(
            message, parcel["from"], parcel["to"], "disclose" if kind == "disclosure" else ""
        )
        if clause is None:
            self.counted.fields += sum(len(row) for row in content.get("rows", ()))
            return
        if kind == "disclosure":
            self.counted.disclosures += 1
            self._members(content, {"kind", "rows", "period"}, kind)
            if content["kind"] != clause["target"]:
                self._outside(f"{clause['uid']} shares {clause['target']}, not {content['kind']}")
        else:
            self._members(content, {"enquiry", "found", "rows", "text", "evidence"}, kind)
        for row in content.get("rows", ()):
            self._row(row, clause, self.agreements[message["agreement"], message["version"]])

    def _clause(self, message: dict[str, Any], giver: str, taker: str, action: str) -> dict[str, Any] | None:
        agreement = self.agreements.get((message.get("agreement", ""), message.get("version", 0)))
        clauses = agreement["permission"] if agreement else ()
        clause = next((one for one in clauses if one["uid"] == message.get("clause")), None)
        if clause is None:
            self._outside(f"there is no clause {message.get('clause')!r} of {message.get('agreement')!r}")
            return None
        if (clause["assigner"], clause["assignee"]) != (giver, taker):
            self._outside(f"{clause['uid']} is not from {giver} to {taker}")
        if action and clause["action"] != action:
            self._outside(f"{clause['uid']} is no clause to {action}")
        if message.get("purpose") not in clause["purpose"] and action:
            self._outside(f"{clause['uid']} is not for {message.get('purpose')!r}")
        return dict(clause)

    def _row(self, row: dict[str, Any], clause: dict[str, Any], agreement: dict[str, Any]) -> None:
        self.counted.fields += len(row)
        if "aggregate" in clause:
            rule = clause["aggregate"]
            named = {*rule["by"], *("total_" + name for name in rule["total"]), "declarations"}
            self._members(row, named, "total")
            if int(row.get("declarations", 0)) < rule["minimumCell"]:
                self._outside("a cell that is too small")
            return
        fields = clause.get("fields", {})
        for name, value in row.items():
            if clause["action"] == "status" and name in _STATUS:
                continue
            if name not in fields:
                self._outside(f"{clause['uid']} does not share {name!r}")
            elif not _formed(value, fields[name]):
                self._outside(f"{name!r} is not {fields[name]['as']}: {value!r}")
        shown = {name: row[name] for name in fields.keys() & row.keys() if fields[name]["as"] == "plain"}
        if any(_says(one, shown) is False for one in clause.get("constraint", ())):
            self._outside(f"a row that {clause['uid']} does not cover")
        for rule in agreement.get("prohibition", ()):
            if rule["action"] == "disclose" and rule["assigner"] == clause["assigner"]:
                self._forbidden(row, shown, rule, clause)

    def _forbidden(
        self, row: dict[str, Any], shown: dict[str, Any], rule: dict[str, Any], clause: dict[str, Any]
    ) -> None:
        if rule["target"] not in {"any", clause["target"]}:
            return
        if all(_says(one, shown) is True for one in rule.get("constraint", ())) and (
            not rule.get("fields") or set(rule["fields"]) & row.keys()
        ):
            self._outside(f"a row that {rule['uid']} forbids")

    def _members(self, told: dict[str, Any], allowed: set[str], what: str) -> None:
        for name in told.keys() - allowed:
            self._outside(f"the member {name!r} in a {what}")

    def _outside(self, what: str) -> None:
        self.counted.outside += 1
        if len(self.counted.examples) < 20:  # noqa: PLR2004 - enough to see what is wrong
            self.counted.examples.append(what)


def _formed(value: Any, how: dict[str, Any]) -> bool:
    try:
        return isinstance(value, str) and _in_form(value, how)
    except (InvalidOperation, ValueError):
        return False


def _in_form(value: str, how: dict[str, Any]) -> bool:
    match how["as"]:
        case "pseudonym":
            return _TOKEN.fullmatch(value) is not None
        case "truncate":
            return len(value) <= int(how["length"])
        case "round":
            return Decimal(value) % Decimal(how["step"]) == 0
        case "period":
            return _is_date(value, _DATES[how["span"]])
    return True


def _is_date(value: str, form: str) -> bool:
    return datetime.strptime(value, form).strftime(form) == value  # noqa: DTZ007 - a day, not a moment


def _says(constraint: dict[str, Any], shown: dict[str, Any]) -> bool | None:
    """Tell whether a constraint holds of what is shown; None where that cannot be seen."""
    for word, settles in (("and", False), ("or", True)):
        if word in constraint:
            told = [_says(one, shown) for one in constraint[word]]
            return settles if settles in told else None if None in told else not settles
    left, right = shown.get(constraint["leftOperand"]), constraint["rightOperand"]
    if left is None:
        return None
    if constraint["operator"] in {"isAnyOf", "isNoneOf"}:
        among = any(_order(left, one) == 0 for one in right)
        return among if constraint["operator"] == "isAnyOf" else not among
    if constraint["operator"] == "startsWith":
        return bool(left.startswith(right))
    order = _order(left, right)
    return {
        "eq": order == 0,
        "neq": order != 0,
        "lt": order < 0,
        "lteq": order <= 0,
        "gt": order > 0,
        "gteq": order >= 0,
    }[constraint["operator"]]


def _order(left: str, right: str) -> int:
    try:
        one, other = Decimal(left), Decimal(right)
    except InvalidOperation:
        return (left > right) - (left < right)
    return (one > other) - (one < other)
