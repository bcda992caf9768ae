"""Handing in documents that customs asked for, whichever endpoint they came to: once, and durably."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
import rules

from tidegate.acts import DocumentsRequested
from tidegate.clearance import OvertakenError, RefusedActError, acts_about, consignment_now, deliver_documents
from tidegate.journal import JournalBusyError, JournalError, JournalFullError, Key
from tidegate_web.access.guard import may_change
from tidegate_web.door.papers import MOST
from tidegate_web.node import node, now
from tidegate_web.taking import STATUSES, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tidegate_web.access.client import Client
    from tidegate_web.door.papers import Paper

_TRIES = 5  # where acts about the same consignment come in between
_LONGEST_WORDS = 2_000


class HandedIn(msgspec.Struct, frozen=True):
    """Documents that are in the journal: where, and whether they were there before."""

    position: int
    repeated: bool


def check_own(client: Client, mrn: str) -> None:
    """See that documents of a consignment are a client's to hand in.

    Raises:
        Refused: it is another operator's, or there is none: which of the two is not told.
    """
    if not rules.test_rule("enter", client) or not may_change(client, mrn):
        text = "No declaration of yours, or of those you act for, has this MRN."
        raise Refused(404, "unknown_consignment", text)


def check_wanted(client: Client, mrn: str) -> None:
    """See that documents of a consignment are a client's to hand in, and are waited for.

    Raises:
        Refused: as above, or no documents are waited for.
    """
    check_own(client, mrn)
    if not consignment_now(node().journal, mrn)[0].documents:
        raise Refused(409, "not_allowed", f"{mrn}: no documents are waited for.")


def hand_in(
    client: Client, mrn: str, papers: Sequence[Paper], *, words: str = "", once: str = ""
) -> HandedIn:
    """Hand documents in for a client; durable when this returns. What is sent again enters once.

    ``once`` names a delivery; without a name it is the same where the same octets answer the same request.

    Raises:
        Refused: they may not be handed in, or not now; nothing was.
    """
    check_own(client, mrn)
    if not 0 < len(papers) <= MOST:
        raise Refused(422, "documents", f"Hand in 1 to {MOST} documents at once, not {len(papers)}.")
    if len(words) > _LONGEST_WORDS:
        raise Refused(422, "words", f"Say what they are in at most {_LONGEST_WORDS} characters.")
    name = f"delivery:{once or _name(mrn, papers)}"
    for _ in range(_TRIES):
        before = node().journal.last(Key(name))
        if before is not None:
            return HandedIn(before, repeated=True)
        try:
            return HandedIn(_deliver(client, mrn, papers, words, name), repeated=False)
        except OvertakenError:
            continue
        except RefusedActError as error:
            status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 422)
            raise Refused(status, error.code, str(error)) from None
        except (JournalBusyError, JournalFullError) as error:
            raise Refused(503, error.code, "The journal cannot take it in now.", retry_after=10) from None
        except JournalError as error:
            raise Refused(500, error.code, "The journal could not take it in; repeat it.") from None
    raise Refused(503, "busy", f"Much is happening to {mrn}. Come again.", retry_after=1)


def _deliver(client: Client, mrn: str, papers: Sequence[Paper], words: str, name: str) -> int:
    return deliver_documents(
        node().journal,
        mrn,
        now(),
        client.operator,
        files=[one.content for one in papers],
        words=words,
        described=[one.described for one in papers],
        once=name,
    )


def _name(mrn: str, papers: Sequence[Paper]) -> str:
    """Return a name for documents that answer what was last asked for."""
    asked = [e.position for e, act in acts_about(node().journal, mrn) if isinstance(act, DocumentsRequested)]
    said = [[one.described.name, sha256(one.content).hexdigest()] for one in papers]
    return sha256(msgspec.json.encode([mrn, asked[-1:], said])).hexdigest()
