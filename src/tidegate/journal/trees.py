"""The tree of a journal as it is stored: its roots and its proofs, some twenty rows each."""

import apsw

from tidegate.journal.engine import JournalCorruptError
from tidegate.journal.proofs import Nodes
from tidegate.journal.tree import node_number


def stored_nodes(connection: apsw.Connection) -> Nodes:
    """Return the function that finds the hash of a complete node of the journal's tree."""

    def found(level: int, index: int) -> bytes:
        if level:
            sql, at = "SELECT hash FROM nodes WHERE number = ?", node_number(level, index)
        else:
            sql, at = "SELECT leaf FROM entries WHERE position = ?", index
        node: bytes | None = connection.execute(sql, (at,)).get
        if node is None:
            raise JournalCorruptError(
                f"Node {index} of level {level} of the tree is lost. Verify the journal.",
                position=((index + 1) << level) - 1,
            )
        return node

    return found
