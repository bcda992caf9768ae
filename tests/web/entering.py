"""Entry summary declarations that the tests of the face send."""

import itertools
from types import MappingProxyType

from tidegate.declarations.ens import sample_entry, with_entry_value, write_entry
from tidegate.declarations.ens.reading import EntryMessage

_references = itertools.count(1)
_NOTHING = MappingProxyType({})

LODGER = "PERLODSUMDEC/TINPLD1"
EXPLOSIVE = {"GOOITEGDS[1]/COMCODGODITM/ComNomCMD1": "360200"}
VAGUE = {"GOOITEGDS[1]/GooDesGDS23": "General cargo"}
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
