"""A reader and a responder small enough to see through."""

from tests.contract.making import BEGIN, draft
from tidegate.journal import Append, Cause


class Counting:
    """Counts the entries about each key, and remembers the last."""

    name = "counting"
    schema = """
    CREATE TABLE counts (key TEXT PRIMARY KEY, entries INTEGER NOT NULL, last INTEGER NOT NULL);
    CREATE VIEW total AS SELECT sum(entries) FROM counts;
    """

    def __init__(self, version=1, kinds=None):
        self.version = version
        self.kinds = kinds
        self.batches = []
        self.fail_at = None

    def fold(self, entries, tables):
        self.batches.append(len(entries))
        for entry in entries:
            if entry.position == self.fail_at:
                raise RuntimeError("died half-way")
            for key in entry.keys:
                tables.execute(
                    "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT (key) "
                    "DO UPDATE SET entries = entries + 1, last = excluded.last",
                    (key, self.version, entry.position),
                )


class Accepting:
    """Accepts each declaration that was lodged, giving it the next number."""

    name = "accepting"
    kinds = frozenset({"declaration.lodged"})
    schema = "CREATE TABLE accepted (number INTEGER PRIMARY KEY, key TEXT NOT NULL)"

    def __init__(self, version=1):
        self.version = version
        self.prefix = ""
        self.conditions = lambda _entry: ()
        self.heard = []
        self.absorbed = []

    def absorb(self, entries, tables):
        self.absorbed += [entry.position for entry in entries]
        for entry in entries:
            if entry.kind == "declaration.accepted":
                tables.execute("INSERT INTO accepted (key) VALUES (?)", (entry.keys[0],))

    def respond(self, entries, tables):
        groups = []
        for entry in entries:
            self.heard.append(entry.position)
            tables.execute("INSERT INTO accepted (key) VALUES (?)", (entry.keys[0],))
            said = draft(
                entry.keys[0],
                kind="declaration.accepted",
                occurred=BEGIN,
                body=b'"%s%d"' % (self.prefix.encode(), tables.last_insert_rowid()),
                cause=Cause(self.name, entry.position, entry.keys[0], 0),
            )
            groups.append(Append((said,), self.conditions(entry)))
        return groups
