"""Messages with the findings that are published for them, compared with ours.

A case is a message ``NAME.xml`` beside a control file ``NAME.ctl``, an error response with the number and
location of each finding. An error without a number says that the message is not valid by its schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tidegate.declarations.ens.archives import read_archive
from tidegate.declarations.ens.reading import EntryMessage, read_entry
from tidegate.declarations.ens.rules import judge_entry
from tidegate.declarations.findings import Finding
from tidegate.declarations.wire.xml import XmlLimits, parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_ERROR = "{http://www.govtalk.gov.uk/CM/errorresponse}"

Place = tuple[str, str]  # number and location


class EntryCheck(msgspec.Struct, frozen=True):
    """A message judged: whether it is valid by its schema, why not, and what the rules find where it is."""

    message: EntryMessage
    findings: tuple[Finding, ...]

    @property
    def valid(self) -> bool:
        """Whether the message keeps to its schema."""
        return self.message.valid


class CaseOutcome(msgspec.Struct, frozen=True):
    """A case compared: what should have been found, and was not; what was found, and should not have been."""

    file: str
    valid: bool
    should_be_valid: bool
    missing: tuple[Place, ...]
    unexpected: tuple[Place, ...]

    @property
    def agrees(self) -> bool:
        """Whether ours is what was published."""
        return self.valid == self.should_be_valid and not self.missing and not self.unexpected


def check_entry(data: bytes, limits: XmlLimits | None = None) -> EntryCheck:
    """Read a message and judge it: by its schema, and by the rules where it keeps to its schema."""
    message = read_entry(data, limits)
    findings = judge_entry(message.declaration) if message.declaration is not None and message.valid else ()
    return EntryCheck(message, findings)


def compare_cases(path: Path) -> Iterator[CaseOutcome]:
    """Yield the outcome of every case in an archive; messages without a control file are no cases.

    Raises:
        UnreadableArchiveError: the archive cannot be read.
        UnreadableXmlError: a control file is no readable XML.
    """
    files = dict(read_archive(path))
    for name, data in files.items():
        control = files.get(name.removesuffix(".xml") + ".ctl") if name.endswith(".xml") else None
        if control is not None:
            yield _compare(name, check_entry(data), control)


def _compare(name: str, check: EntryCheck, control: bytes) -> CaseOutcome:
    errors = parse_xml(control, XmlLimits()).iter(f"{_ERROR}Error")
    published = [(one.findtext(f"{_ERROR}Number"), one.findtext(f"{_ERROR}Location")) for one in errors]
    expected = {(number, location or "") for number, location in published if number is not None}
    found = {(finding.code, finding.location) for finding in check.findings}
    return CaseOutcome(
        name,
        check.valid,
        all(number is not None for number, _ in published),
        tuple(sorted(expected - found)),
        tuple(sorted(found - expected)),
    )
