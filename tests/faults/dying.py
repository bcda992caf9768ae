"""A process that kills itself at one exact moment: ``python -m tests.faults.dying NODE MOMENT``.

It first lodges three declarations in order and prints their positions; then it works on until MOMENT comes,
and is gone as by ``kill -9``.
"""

import os
import signal
import sys
from pathlib import Path

from tests.faults.lodging import lodge_on, now
from tidegate.journal import attachments, committing, readers, writing
from tidegate.journal.sqlite import SqliteJournal
from tidegate.node import Node, open_node


def die(*_arguments: object, **_named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after(real):
    """Return what does the real thing and then dies."""

    def done(*arguments, **named):
        real(*arguments, **named)
        die()

    return done


def half(real):
    """Return a folding of the first half of the entries, that then dies."""

    def fold(entries, tables):
        real(entries[: len(entries) // 2], tables)
        die()

    return fold


def lodge_more(node: Node) -> None:
    list(lodge_on(node, "one", 3, 3))


def attachment_half_written(node: Node) -> None:
    attachments.os.fdatasync = die
    lodge_more(node)


def attachments_stored(node: Node) -> None:
    writing.Writer.register = die
    lodge_more(node)


def attachments_entered(node: Node) -> None:
    SqliteJournal.append = die
    lodge_more(node)


def in_the_commit(node: Node) -> None:
    committing.grow = die
    lodge_more(node)


def before_acknowledging(node: Node) -> None:
    SqliteJournal.append = after(SqliteJournal.append)
    lodge_more(node)


def while_answering(node: Node) -> None:
    SqliteJournal.append = die
    node.catch_up()


def after_answering(node: Node) -> None:
    SqliteJournal.append = after(SqliteJournal.append)
    node.catch_up()


def while_folding(node: Node) -> None:
    reader = node.reader("clearance")
    reader.fold = half(reader.fold)
    node.catch_up()


def after_folding(node: Node) -> None:
    readers.move = die
    node.catch_up()


MOMENTS = {
    one.__name__: one
    for one in (
        attachment_half_written,
        attachments_stored,
        attachments_entered,
        in_the_commit,
        before_acknowledging,
        while_answering,
        after_answering,
        while_folding,
        after_folding,
    )
}


def main() -> None:
    folder, moment = sys.argv[1:]
    with open_node(Path(folder), now) as node:
        for _, position in lodge_on(node, "one", 0, 3):
            print(position, flush=True)
        MOMENTS[moment](node)


if __name__ == "__main__":
    main()
