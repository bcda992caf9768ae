"""What the `erased` acts of a journal say is gone, taken together."""

from collections.abc import Iterable

import apsw
import msgspec

from tidegate.acts.journal import Erased

ACTS = """
SELECT k.position, b.body FROM kinds k JOIN bodies b USING (position) WHERE k.kind = ? ORDER BY k.position
"""
decode_erased = msgspec.json.Decoder(Erased).decode


class Erasures:
    """The sum of `erased` acts, noted in the order of the journal."""

    def __init__(self) -> None:
        self.positions: set[int] = set()
        self.pseudonyms: set[str] = set()
        # The position of the last act that erased it: bytes lodged again after that are there again.
        self.attachments: dict[str, int] = {}
        self.rows: dict[int, set[int]] = {}
        # The attachment that has the rows of the batch at a position, once some of them are erased.
        self.files: dict[int, str] = {}

    def note(self, position: int, act: Erased) -> None:
        """Add what one act says."""
        self.positions.update(act.positions)
        self.pseudonyms.update(act.pseudonyms)
        self.attachments.update(dict.fromkeys(act.attachments, position))
        for erased in act.rows:
            self.rows.setdefault(erased.position, set()).update(erased.rows)
            self.files[erased.position] = erased.attachment


def erasures_of(connection: apsw.Connection) -> Erasures:
    """Read the `erased` acts of a journal; one that cannot be read is left to verification."""
    found = Erasures()
    for position, act in _readable(connection.execute(ACTS, (Erased.KIND,))):
        found.note(position, act)
    return found


def _readable(rows: Iterable[tuple[int, bytes]]) -> Iterable[tuple[int, Erased]]:
    for position, body in rows:
        try:
            yield position, decode_erased(body)
        except msgspec.DecodeError:
            continue
