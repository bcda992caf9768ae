"""Entry summary declarations in a folder are cleared like all else in it: numbers, findings, states."""

import pytest

from tests.unit.node.making import MOMENT, made, opened
from tests.web.entering import TOO_LIGHT, entry
from tidegate.declarations.references import issue_mrn
from tidegate.node import clear_files, files_below


@pytest.fixture
def node(tmp_path):
    with opened(made(tmp_path / "node")) as made_node:
        yield made_node


def _cleared(node, folder, **files):
    folder.mkdir(exist_ok=True)
    for name, octets in files.items():
        (folder / f"{name}.xml").write_bytes(octets)
    paths = [folder / f"{name}.xml" for name in files]
    told = clear_files(node, files_below(paths), MOMENT)
    return {one.file.rpartition("/")[2].removesuffix(".xml"): one for one in told}


def test_what_is_lodged_before_arrival_is_answered_and_what_is_wrong_is_said(node, tmp_path):
    sound, wrong = entry("GB111", lrn="ONE"), entry("GB111", TOO_LIGHT, lrn="TWO")
    broken = entry("GB111", lrn="THREE").replace(b"HEAHEA>", b"HEAD>")
    told = _cleared(node, tmp_path / "in", sound=sound, wrong=wrong, broken=broken)
    assert {name: (one.kind, one.type, one.refused) for name, one in told.items()} == {
        "sound": ("entry", "CC315A", False),
        "wrong": ("entry", "CC315A", True),
        "broken": ("entry", "CC315A", True),
    }
    assert (told["sound"].lrn, told["sound"].state) == ("ONE", "accepted")
    assert told["wrong"].state == "rejected"
    assert {one.mrn is None for one in (told["sound"], told["wrong"])} == {False}
    assert told["broken"].mrn is None
    kept = {entry.position: entry.kind for entry in node.journal.read()}
    assert kept[told["broken"].positions[0]] == "message.received", "nothing that came in is lost"


def test_an_amendment_finds_what_was_lodged_in_the_same_folder(node, tmp_path):
    mrn = issue_mrn(node.administration.country, MOMENT.year, "entry:GB111", "ONE", node.key)
    changed = entry("GB111", {"HEAHEA/ConRefNumHEA": "OTHER1"}, mrn=mrn)
    stranger = entry("GB111", mrn="26XA0000000000000Z")
    first = entry("GB111", lrn="ONE")
    told = _cleared(node, tmp_path / "in", a_first=first, changed=changed, stranger=stranger)
    assert told["a_first"].mrn == mrn
    assert (told["changed"].mrn, told["changed"].refused) == (mrn, False)
    kinds = {entry.position: entry.kind for entry in node.journal.read()}
    assert "entry.amended" in [kinds[one] for one in told["changed"].positions]
    assert told["stranger"].refused
    assert told["stranger"].state is None


def test_the_same_lodged_again_is_refused_and_names_the_first(node, tmp_path):
    told = _cleared(node, tmp_path / "in", a=entry("GB111", lrn="ONE"), b=entry("GB111", lrn="ONE"))
    assert not told["a"].refused
    assert [one.code for one in told["b"].findings] == ["TG-LRN-TWICE"]
    assert told["b"].findings[0].values["mrn"] == told["a"].mrn
