"""One installation: a folder with configuration, key, journal and read tables, wired together."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tidegate.clearance import ClearanceReader, ClearanceResponder, DeskReader, due, strike
from tidegate.clearance.bulk import BulkReader, BulkResponder
from tidegate.declarations.wire.xml import XmlLimits
from tidegate.entry import EntryReader, EntryResponder
from tidegate.exchange import STANDING, ExchangeReader, ExchangeResponder
from tidegate.insight import InsightReader
from tidegate.insight.looks import LooksReader
from tidegate.journal import (
    Reader,
    Responder,
    SqliteJournal,
    answer,
    create_journal,
    follow,
    open_journal,
    tables,
)
from tidegate.journal.checkpoints import make_checkpoint
from tidegate.journal.keys import chain_of, chosen
from tidegate.journal.tables import path_of
from tidegate.node.administration import Administration, is_shipped, load_administration
from tidegate.node.bulk_terms import load_bulk_terms
from tidegate.node.configuration import (
    BadConfigurationError,
    Configuration,
    make_key,
    read_configuration,
    read_key,
    write_configuration,
)
from tidegate.node.ens_terms import load_entry_terms
from tidegate.node.practice import load_practice, without_random_control
from tidegate.node.signing import derived_origin, make_signing_key, rotate_signing_key, signing_keys
from tidegate.node.sources import gather
from tidegate.notices import NoticesReader, NoticesResponder, QuestionsReader
from tidegate.operators import OperatorsReader
from tidegate.revenue import RevenueReader, RevenueResponder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from tidegate.journal.checkpoints import Checkpoint
    from tidegate.journal.notes import SigningKey, VerifierKey

TABLES = "tables"  # what an administration's sources gave, in the node's own folder

READERS: tuple[Reader, ...] = (
    ClearanceReader(),
    DeskReader(),
    NoticesReader(),
    RevenueReader(),
    OperatorsReader(),
    BulkReader(),
    EntryReader(),
    QuestionsReader(),
    InsightReader(),
    LooksReader(),
)


class Node:
    """A node that is open: its journal, its administration, its readers and responders."""

    def __init__(
        self,
        folder: Path,
        journal: SqliteJournal,
        configuration: Configuration,
        *,
        administration: Administration | None = None,
        trade_test: bool = False,
    ) -> None:
        """Wire a node, a test environment with ``trade_test``; an administration read before may be given."""
        self.folder = folder
        self.journal = journal
        self.configuration = configuration
        self.administration: Administration = administration or load_administration(
            configuration.administration, folder / TABLES
        )
        self.key = read_key(folder)
        self.limits = XmlLimits(configuration.max_message_octets, configuration.max_message_depth)
        self.readers = READERS
        self.practice = load_practice(configuration.administration, trade_test=trade_test)
        terms = self.administration.terms
        clearing = ClearanceResponder(
            without_random_control(terms) if trade_test else terms, self.key, journal, self.practice
        )
        # Where nobody is notified and no account is held, there is nothing more to answer.
        telling: tuple[Responder, ...] = (RevenueResponder(), NoticesResponder(self.practice.codes))
        self._exchanges = False
        self.bulk_terms = load_bulk_terms(configuration.administration, terms)
        bulk = (BulkResponder(self.bulk_terms, self.key, journal),) if self.bulk_terms else ()
        self.responders: tuple[Responder, ...] = (
            clearing,
            *bulk,
            EntryResponder(load_entry_terms(configuration.administration), journal),
            *(telling if self.practice.notifies else ()),
        )
        self.join_exchange()

    def join_exchange(self) -> None:
        """Hear for partners too, from the first act about one on; a node without partners pays nothing."""
        if not self._exchanges and self.journal.last(STANDING) is not None:
            self._exchanges = True
            self.responders = (*self.responders, ExchangeResponder(self.journal, self.origin, self.key))
            self.readers = (*self.readers, ExchangeReader())

    @property
    def read_tables(self) -> Path:
        """The folder of the readers' tables."""
        return self.folder / "read"

    @property
    def working_tables(self) -> Path:
        """The folder of the responders' tables."""
        return self.folder / "responders"

    @property
    def origin(self) -> str:
        """The name under which the node signs."""
        return self.configuration.origin or derived_origin(self.key)

    def signing_keys(self) -> list[SigningKey]:
        """Return the node's signing keys; one is made where an older node has none."""
        make_signing_key(self.folder)
        return signing_keys(self.folder, self.origin)

    def verifier_key(self) -> VerifierKey:
        """Return the public half of the key in force."""
        with self.journal.reading() as connection:
            return chosen(chain_of(connection), self.signing_keys()).verifier

    def checkpoint(self) -> Checkpoint:
        """Sign the journal as it is now, and keep the note with it."""
        return make_checkpoint(self.journal, self.signing_keys())

    def rotate_key(self, occurred: datetime) -> VerifierKey:
        """Put a new signing key in the place of the old, as the journal then tells."""
        make_signing_key(self.folder)
        return rotate_signing_key(self.folder, self.origin, self.journal, occurred).verifier

    def catch_up(self, batch: int | None = None) -> int:
        """Run responders and readers until nothing is new; returns how many acts were heard."""
        size = batch or self.configuration.batch
        heard = self.answer(size)
        for reader in self.readers:
            follow(self.journal, reader, self.read_tables, batch=size)
        return heard

    def answer(self, batch: int | None = None) -> int:
        """Run the responders alone until nothing is new; returns how many acts were heard."""
        self.join_exchange()
        size = batch or self.configuration.batch
        heard = 0
        before = -1
        while before != self.journal.size:
            before = self.journal.size
            heard += sum(
                answer(self.journal, one, self.working_tables, batch=size) for one in self.responders
            )
        return heard

    def go_round(self, batch: int | None = None) -> int:
        """Run every responder and reader once, up to the head it finds; returns how many acts were heard.

        While others go on appending, this ends, and readers are not kept waiting by responders.
        """
        self.join_exchange()
        size = batch or self.configuration.batch
        heard = sum(answer(self.journal, one, self.working_tables, batch=size) for one in self.responders)
        for reader in self.readers:
            follow(self.journal, reader, self.read_tables, batch=size)
        return heard

    def strike_clock(self, now: datetime) -> int:
        """Let the clock act on what is due by now, as far as readers have come; returns how many acts."""
        days = self.practice.expires_after_days
        expiry = timedelta(days=days) if days is not None else None
        path = path_of("clearance", self.read_tables)
        if not path.is_file():
            return 0
        with closing(tables(self.reader("clearance"), self.read_tables)) as connection:
            waiting = due(connection, now, expiry)
        return sum(strike(self.journal, mrn, now) is not None for mrn in waiting)

    def let_time_pass(self, now: datetime) -> int:
        """Let the clock act on all that is due by now, and answer it; returns how many acts there were."""
        days = self.practice.expires_after_days
        expiry = timedelta(days=days) if days is not None else None
        struck = 0
        while True:
            self.catch_up()
            with closing(tables(self.reader("clearance"), self.read_tables)) as connection:
                waiting = due(connection, now, expiry)
            acted = sum(strike(self.journal, mrn, now) is not None for mrn in waiting)
            if not acted:
                return struck
            struck += acted

    def reader(self, name: str) -> Reader:
        """Return a reader by its name.

        Raises:
            BadConfigurationError: there is none of that name.
        """
        for reader in self.readers:
            if reader.name == name:
                return reader
        known = ", ".join(reader.name for reader in self.readers)
        raise BadConfigurationError(f"there is no reader {name!r}; the readers are: {known}")


def create_node(
    folder: Path, administration: str, clock: Callable[[], datetime], *, data: Path | None = None
) -> list[str]:
    """Make a node in a folder that is empty or does not exist; returns the sources that were not found.

    ``data`` is the folder in which the administration's sources lie.

    Raises:
        BadConfigurationError: the folder has something in it.
        BadAdministrationError: the administration is not known.
        BadSourceError: a source is not in the shape that the administration says.
    """
    sources = load_administration(administration).sources
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadConfigurationError(f"{folder} is not empty. Name a new folder for the node.")
    folder.mkdir(parents=True, exist_ok=True)
    make_key(folder)
    make_signing_key(folder)
    create_journal(folder / "journal", clock=clock).close()
    for name in ("read", "responders"):
        (folder / name).mkdir()
    # A path is written whole: the node must find its tables from wherever it is started.
    named = administration if is_shipped(administration) else str(Path(administration).resolve())
    write_configuration(folder, Configuration(administration=named))
    return gather(sources, data, folder / TABLES)


@contextmanager
def open_node(
    folder: Path,
    clock: Callable[[], datetime],
    *,
    administration: Administration | None = None,
    trade_test: bool = False,
    configuration: Configuration | None = None,
) -> Iterator[Node]:
    """Open a node, and close it again whatever happens; ``trade_test`` opens it as a test environment.

    A configuration that was read before, with what an environment says, may be given.

    Raises:
        BadConfigurationError: the folder is not a node, or not as it should be.
    """
    configuration = configuration or read_configuration(folder)
    journal = open_journal(folder / "journal", clock=clock)
    try:
        yield Node(folder, journal, configuration, administration=administration, trade_test=trade_test)
    finally:
        journal.close()
