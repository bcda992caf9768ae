"""Entry summary declarations that the tests of the face send."""

import itertools
from contextlib import contextmanager
from types import MappingProxyType

from tests.unit.entry.making import TERMS
from tidegate.declarations.ens import sample_entry, with_entry_value, write_entry
from tidegate.declarations.ens.reading import EntryMessage
from tidegate.entry import arrive_conveyance, entry_now
from tidegate_web import node as held

_references = itertools.count(1)
_NOTHING = MappingProxyType({})

LODGER = "PERLODSUMDEC/TINPLD1"
TOO_LIGHT = {"HEAHEA/TotGroMasHEA307": "9"}


def entry(person, edits=_NOTHING, *, mrn=None, lrn=None) -> bytes:
    """Return a lodgement of a person, or an amendment of the entry with this number."""
    made = sample_entry("CC315A" if mrn is None else "CC313A")
    stated = {LODGER: person}
    if mrn is None:
        stated["HEAHEA/RefNumHEA4"] = lrn or f"WEB-ENS-{next(_references)}"
    else:
        stated["HEAHEA/DocNumHEA5"] = mrn
    for place, word in {**stated, **edits}.items():
        made = with_entry_value(made, place, word)
    return write_entry(EntryMessage(made))


def journey() -> dict[str, str]:
    """Return the edits that put an entry on a journey, and under a transport document, of its own."""
    number = next(_references)
    return {
        "HEAHEA/ConRefNumHEA": f"TGW{number:04d}",
        "GOOITEGDS[1]/PRODOCDC2[1]/DocRefDC23": f"TGBLW{number}",
    }


@contextmanager
def profiles_before_arrival():
    """Let the node of the tests decide by profiles for a while; by itself everything may proceed there."""
    responder = next(one for one in held.node().responders if one.name == "entry")
    before, responder.terms = responder.terms, TERMS
    try:
        yield
    finally:
        responder.terms = before


def arrive(mrn, *, with_it=True) -> None:
    """Let the conveyance of an entry arrive where it is expected, with its goods or without."""
    node = held.node()
    one = entry_now(node.journal, mrn)[0]
    discharged = [found.id for found in one.references if found.kind == "document"] if with_it else ["OTHER"]
    arrive_conveyance(
        node.journal, one.conveyance, held.now(), "operator:line", office=one.office, discharged=discharged
    )
    node.catch_up()
