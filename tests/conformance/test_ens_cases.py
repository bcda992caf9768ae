"""The published cases of the import control system: every finding, every place, every verdict by schema."""

import zipfile
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.shared_data import shared_data
from tidegate.declarations.ens import (
    ENTRY_RULES,
    compare_cases,
    judge_entry,
    read_archive,
    read_entry,
    sample_entry,
    write_entry,
)
from tidegate.declarations.ens.layout import LAYOUTS, Group
from tidegate.declarations.ens.reading import EntryMessage

DATA = shared_data()
pytestmark = pytest.mark.skipif(DATA is None, reason="no shared data")
FOLDER = DATA / "ens" if DATA else None
ARCHIVES = ["rules_cc313a.zip", "rules_cc315a.zip", "schema_cc313a.zip", "schema_cc315a.zip"]


@cache
def schema(kind):
    return etree.XMLSchema(etree.parse(FOLDER / "xsd" / f"{kind}-v11-2-New.xsd"))


@cache
def messages(archive):
    return [data for name, data in read_archive(FOLDER / archive) if name.endswith(".xml")]


def canonical(data):
    parser = etree.XMLParser(remove_comments=True, remove_pis=True, remove_blank_text=True)
    root = etree.fromstring(data, parser)
    for node in root.iter():
        if node.text is not None and node.text.isspace() and node.tag in GROUPS:
            node.text = None
    return etree.tostring(root, method="c14n")


def groups(group):
    yield group.tag
    for part in group.parts:
        if isinstance(part, Group):
            yield from groups(part)


GROUPS = frozenset(tag for layout in LAYOUTS.values() for tag in groups(layout))


@pytest.mark.parametrize("archive", ARCHIVES)
def test_every_case_agrees(archive):
    outcomes = list(compare_cases(FOLDER / archive))
    assert len(outcomes) > 30
    assert [one for one in outcomes if not one.agrees] == []


def test_every_rule_is_found_in_the_cases_and_every_number_of_theirs_is_a_rule():
    found = set()
    for archive in ARCHIVES[:2]:
        for data in messages(archive):
            message = read_entry(data)
            found |= {one.code for one in judge_entry(message.declaration)} if message.valid else set()
    assert found == {rule.number for rule in ENTRY_RULES}


@pytest.mark.parametrize("archive", ARCHIVES)
def test_the_verdict_by_schema_is_that_of_the_published_schemas(archive):
    kind = archive[-10:-4].upper()
    wrong = [
        data[:1500]
        for data in messages(archive)
        if read_entry(data).valid != schema(kind).validate(etree.fromstring(data))
    ]
    assert wrong == []


@pytest.mark.parametrize("archive", ARCHIVES)
def test_every_message_is_written_again_as_it_was(archive):
    wrong = [
        data[:1500]
        for data in messages(archive)
        if canonical(write_entry(read_entry(data))) != canonical(data)
    ]
    assert wrong == []


def test_the_published_samples_are_judged_as_the_schemas_judge_them():
    verdicts = {}
    for path in sorted((FOLDER / "samples").glob("*.xml")):
        root = etree.fromstring(path.read_bytes())
        inner = root if root.tag.startswith("{http://ics") else root[-1][0]
        alone = etree.fromstring(etree.tostring(inner))
        verdicts[path.name] = schema(etree.QName(inner).localname).validate(alone)
        assert read_entry(path.read_bytes()).valid == verdicts[path.name], path.name
    assert set(verdicts.values()) == {True, False}


TEXTS = st.sampled_from(
    [
        *(
            "",
            " ",
            "0",
            "1",
            "01",
            "+1",
            "-1",
            ".",
            ".5",
            "5.",
            "1.000",
            "1.0000",
            "12345678901",
            "123456789.012",
        ),
        *(
            "123456789012",
            "0000000000001",
            "00.1",
            "1e3",
            "A",
            "a",
            "AB",
            "Ab",
            "abc",
            "GB",
            "GB1",
            "GB 1",
            " GB1",
        ),
        *(
            "GB1 ",
            "GB1\n",
            "GBé",
            "GB12345678901234567",
            "260231",
            "260230",
            "260015",
            "0|15",
            "260|15",
            "2400",
        ),
        *("2359", "202602301200", "002602011200", "GB000060", "gb00006", "GB00é060", "26GB0000060A1B2C31"),
        *(
            "26gb0000060A1B2C31",
            "x" * 35,
            "x" * 36,
            "x  x",
            " x\tx ",
            "x" * 140,
            "x" * 141,
            "é" * 35,
            "é" * 36,
        ),
        *("1234", "12345678", "123456789", "١٢٣٤", "CC315A", "CC999A", "\u00a0", "a\u2028b", "1\u00a0"),
    ]
)


@st.composite
def mutated(draw):
    """Draw a message of the corpus, or the sample, with elements changed, taken away, repeated or moved."""
    kind = draw(st.sampled_from(["CC315A", "CC313A"]))
    corpus = [one for one in messages(f"rules_{kind.lower()}.zip") if len(one) < 20_000]
    data = draw(st.sampled_from([*corpus[::40], write_entry(EntryMessage(sample_entry(kind)))]))
    root = etree.fromstring(
        data, etree.XMLParser(remove_comments=True, remove_pis=True, remove_blank_text=True)
    )
    for _ in range(draw(st.integers(1, 3))):
        nodes = list(root.iter())
        node = nodes[draw(st.integers(0, len(nodes) - 1))]
        parent = node.getparent()
        what = draw(
            st.sampled_from(["text", "text", "text", "away", "again", "swap", "attribute", "child", "tail"])
        )
        if what == "text":
            node.text = draw(TEXTS)
        elif what == "attribute":
            node.set("colour", "red")
        elif what == "child":
            etree.SubElement(node, draw(st.sampled_from(["IteNumGDS7", "Colour", "TRACONCO2"])))
        elif parent is not None and what == "away":
            parent.remove(node)
        elif parent is not None and what == "again":
            parent.insert(parent.index(node), etree.fromstring(etree.tostring(node, with_tail=False)))
        elif parent is not None and what == "swap":
            parent.append(node)
        elif parent is not None:
            node.tail = draw(st.sampled_from([" ", "words", "\u00a0"]))
    return kind, etree.tostring(root)


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_a_changed_message_is_judged_as_the_schema_judges_it_and_written_as_it_was(drawn):
    kind, data = drawn
    message = read_entry(data)
    assert message.valid == schema(kind).validate(etree.fromstring(data)), message.faults
    assert read_entry(write_entry(message)) == message
    if message.declaration is not None:
        judge_entry(message.declaration)


def test_the_shared_archives_are_read_within_the_limits_of_archives():
    for archive in ARCHIVES:
        with zipfile.ZipFile(FOLDER / archive) as opened:
            assert len(list(read_archive(FOLDER / archive))) == len(opened.namelist())
