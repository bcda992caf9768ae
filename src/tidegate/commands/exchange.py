"""``tidegate exchange``: partners, agreements, what would be shared, what was, and how it can be proven."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import click
import msgspec

from tidegate.acts import PartnerKind
from tidegate.commands.exchange_measuring import MEASURING
from tidegate.commands.face import json_option, node_option, now, opened, print_json, table
from tidegate.exchange import (
    Question,
    answer_enquiry,
    canonical,
    change,
    enquire,
    fingerprint,
    introduce,
    propose,
    read_identity,
    revoke,
    sign,
    standing_of,
    trust,
)
from tidegate.exchange.evidence import evidence_of
from tidegate.exchange.expiring import expire
from tidegate.exchange.reader import open_enquiries
from tidegate.exchange.signed import Request
from tidegate.exchange.templates import TEMPLATES, template
from tidegate.journal import tables
from tidegate.node.exchange import actor, identity_document, make_identity
from tidegate.node.exchange_running import Post

if TYPE_CHECKING:
    from tidegate.exchange.acting import Actor
    from tidegate.exchange.standing import Partner
    from tidegate.node import Node

_OFFICER = "officer"
author_option = click.option("--by", default=_OFFICER, show_default=True, help="Who acts: the officer.")
reason_option = click.option("--reason", required=True, help="Why, for both journals.")


@click.group()
def exchange() -> None:
    """Share with partners what agreements allow: trust, agree, deliver, ask, audit, measure."""


def _told(value: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(value)
        return
    for name, one in value.items():
        click.echo(f"{name}: {one}")


@exchange.command()
@node_option
@click.option("--endpoint", help="Where partners reach this node, like https://exchange.customs.example.")
@click.option("--kind", type=click.Choice(get_args(PartnerKind)), default="administration", show_default=True)
@json_option
def identity(folder: Path, endpoint: str | None, kind: PartnerKind, *, as_json: bool) -> None:
    """Print the document by which this node introduces itself, and the fingerprint to be told in person.

    With --endpoint the document is made, or made anew.
    """
    with opened(folder) as node:
        document = make_identity(node, kind, endpoint) if endpoint else identity_document(node)
    told = fingerprint(read_identity(document).verifier)
    if as_json:
        print_json({"document": document, "fingerprint": told})
    else:
        click.echo(document, nl=False)
        click.echo(f"\nFingerprint: {told}", err=True)


@exchange.command(name="trust")
@click.argument("document")
@node_option
@click.option("--fingerprint", "given", required=True, help="As the partner told it by another way.")
@author_option
@json_option
def trust_(document: str, folder: Path, given: str, by: str, *, as_json: bool) -> None:
    """Trust the partner whose identity is DOCUMENT, where the fingerprint is its key's.

    DOCUMENT is a file, or the address of the partner's node, which gives its identity to whoever asks.
    """
    with opened(folder) as node:
        introduced = introduce(_actor(node, by), _identity(document))
        told = trust(_actor(node, by), introduced.partner, given)
    _told({"partner": told.partner, "fingerprint": told.fingerprint}, as_json=as_json)


@exchange.command(name="revoke")
@click.argument("partner")
@node_option
@reason_option
@author_option
def revoke_(partner: str, folder: Path, reason: str, by: str) -> None:
    """Trust PARTNER no longer: nothing is sent to it and nothing that it says is taken."""
    with opened(folder) as node:
        revoke(_actor(node, by), partner, reason)


@exchange.command()
@node_option
@json_option
def partners(folder: Path, *, as_json: bool) -> None:
    """List the partners and the agreements with each."""
    with opened(folder) as node:
        standing = standing_of(node.journal)
    rows = [
        (
            one.name,
            one.kind,
            _trusted(one),
            ", ".join(
                f"{held.uid} ({held.state})"
                for held in standing.agreements.values()
                if held.partner == one.name
            ),
            one.endpoint,
        )
        for one in standing.partners.values()
    ]
    names = ("partner", "kind", "trusted", "agreements", "endpoint")
    if as_json:
        for row in rows:
            print_json(dict(zip(names, row, strict=True)))
    else:
        table("Partners", names, rows)


def _trusted(partner: Partner) -> str:
    return "yes" if partner.trusted else "revoked" if partner.revoked else "no"


@exchange.command(name="template")
@click.argument("name", type=click.Choice(TEMPLATES))
@click.option("--first", required=True, help="The party that shares first of all: the name of its node.")
@click.option("--second", required=True, help="The other party.")
def template_(name: str, first: str, second: str) -> None:
    """Print the template NAME of an agreement, to be changed and proposed."""
    click.echo(json.dumps(template(name, first, second), indent=1, ensure_ascii=False))


@exchange.command(name="propose")
@click.argument("document", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@node_option
@author_option
@json_option
def propose_(document: Path, folder: Path, by: str, *, as_json: bool) -> None:
    """Sign the agreement in the file DOCUMENT (JSON), or its next version, and propose it to the partner."""
    with opened(folder) as node:
        act = propose(_actor(node, by), canonical(_json(document)))
    _told({"agreement": act.agreement, "version": act.version, "partner": act.partner}, as_json=as_json)


@exchange.command(name="sign")
@click.argument("agreement")
@node_option
@author_option
@json_option
def sign_(agreement: str, folder: Path, by: str, *, as_json: bool) -> None:
    """Sign the version of AGREEMENT that the partner has proposed: it holds from then on."""
    with opened(folder) as node:
        act = sign(_actor(node, by), agreement)
    _told({"agreement": act.agreement, "version": act.version, "digest": act.digest}, as_json=as_json)


def _changing(what: Literal["suspend", "resume", "end"], text: str) -> click.Command:
    """Return the command that changes an agreement in one of three ways."""

    @click.command(name=what, help=text)
    @click.argument("agreement")
    @node_option
    @reason_option
    @author_option
    def command(agreement: str, folder: Path, reason: str, by: str) -> None:
        with opened(folder) as node:
            change(_actor(node, by), agreement, what, reason)

    return command


@exchange.command(name="show")
@click.argument("agreement")
@node_option
def show_(agreement: str, folder: Path) -> None:
    """Print AGREEMENT as it stands: its document, who has signed it, its state."""
    with opened(folder) as node:
        held = standing_of(node.journal).agreements.get(agreement)
    if held is None:
        raise click.UsageError(f"There is no agreement {agreement!r} here.")
    for version in held.versions.values():
        told = {
            "state": held.state,
            "signed": held.signed,
            "by": version.by,
            "signatures": version.signatures,
        }
        print_json({**told, "document": msgspec.Raw(version.document)})


@exchange.command()
@click.argument("agreement")
@click.argument("clause")
@node_option
@click.option("--purpose", required=True, help="For what: one of the purposes of the clause.")
@click.option("--mrn", default="", help="Verify the declaration with this number.")
@click.option("--ucr", default="", help="Compare with the export of this consignment.")
@click.option("--operator", default="", help="Look up the status of this operator.")
@click.option("--text", default="", help="Ask for assistance, in words.")
@author_option
@json_option
def ask(
    agreement: str, clause: str, folder: Path, purpose: str, by: str, *, as_json: bool, **asked: str
) -> None:
    """Ask a partner what CLAUSE of AGREEMENT lets this node ask; it goes out with the next delivery."""
    with opened(folder) as node:
        act = enquire(_actor(node, by), agreement, clause, Question(**asked), purpose)
    _told(
        {"enquiry": act.id, "partner": act.partner, "service": act.service, "due": act.due}, as_json=as_json
    )


@exchange.command()
@click.argument("enquiry")
@node_option
@click.option("--asker", required=True, help="The partner that asked.")
@click.option("--text", required=True, help="The answer, in words.")
@click.option(
    "--evidence",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file that proves it; may be given more than once.",
)
@author_option
@json_option
def answer(
    enquiry: str, folder: Path, asker: str, text: str, *, evidence: tuple[Path, ...], by: str, as_json: bool
) -> None:
    """Answer a request for assistance."""
    with opened(folder) as node:
        files = tuple(path.read_bytes() for path in evidence)
        act = answer_enquiry(_actor(node, by), asker, enquiry, text, files)
    _told({"answer": act.id, "enquiry": act.enquiry, "partner": act.partner}, as_json=as_json)


@exchange.command()
@node_option
@json_option
def enquiries(folder: Path, *, as_json: bool) -> None:
    """List the enquiries that wait for an answer, in both directions, the one due first before the others."""
    with opened(folder) as node:
        node.catch_up()
        if "exchange" not in {reader.name for reader in node.readers}:
            return
        with closing(tables(node.reader("exchange"), node.read_tables)) as connection:
            found = open_enquiries(connection)
    if as_json:
        for one in found:
            print_json(one)
    else:
        names = ("id", "by", "partner", "agreement", "clause", "service", "due")
        table("Enquiries", names, [[one[name] for name in names] for one in found])


@exchange.command()
@click.argument("enquiry")
@node_option
@click.option(
    "--to",
    "to",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder that the files are written into; it is made where there is none.",
)
@json_option
def evidence(enquiry: str, folder: Path, to: Path, *, as_json: bool) -> None:
    """Write the evidence that a partner gave with its answer to ENQUIRY as files."""
    with opened(folder) as node:
        found = evidence_of(node.journal, node.origin, enquiry)
        to.mkdir(parents=True, exist_ok=True)
        for number, (act, digest) in enumerate(found, 1):
            path = to / f"{enquiry}-{number}"
            path.write_bytes(node.journal.attachment(digest))
            told = {"file": path.name, "partner": act.by, "digest": act.digest, "octets": path.stat().st_size}
            _told(told, as_json=as_json)
    if not found:
        text = f"No evidence came for {enquiry!r}: it is fetched after the answer, while the agreement holds."
        raise click.ClickException(text)


@exchange.command(name="expire")
@node_option
@json_option
def expire_(folder: Path, *, as_json: bool) -> None:
    """Erase what partners shared and agreements let this node keep no longer."""
    with opened(folder) as node:
        gone = expire(node.journal, node.read_tables, node.origin, now())
    _told({"erased": gone}, as_json=as_json)


def _actor(node: Node, by: str) -> Actor:
    return actor(node, f"officer:{by}" if by != _OFFICER else by, now())


def _identity(document: str) -> str:
    """Return an identity from a file, or from the node at an address."""
    if not document.startswith(("http://", "https://")):
        return Path(document).read_text(encoding="utf-8")
    post = Post()
    try:
        answer = post(Request("GET", document.rstrip("/") + "/exchange/v1/identity", {}))
    finally:
        post.close()
    return answer.body.decode("utf-8", errors="replace")


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.UsageError(f"{path} is no JSON: {error}") from None


_SUSPEND = "Suspend AGREEMENT at once: nothing is shared under it, and what waits goes on waiting."
_RESUME = "Resume AGREEMENT, which this node had suspended: what waited is delivered."
_END = "End AGREEMENT for good: what waits is withdrawn."
for _made in (
    _changing("suspend", _SUSPEND),
    _changing("resume", _RESUME),
    _changing("end", _END),
    *MEASURING,
):
    exchange.add_command(_made)
