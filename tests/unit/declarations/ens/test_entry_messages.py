"""Messages are read without loss and judged by their schema; hostile ones are refused."""

import pytest
from lxml import etree

from tidegate.declarations.ens import (
    UnknownEntryPlaceError,
    read_entry,
    sample_entry,
    with_entry_value,
    write_entry,
)
from tidegate.declarations.ens.reading import EntryMessage
from tidegate.declarations.wire.xml import XmlLimits

PLAIN = write_entry(EntryMessage(sample_entry()))
SOAP = "http://www.w3.org/2003/05/soap-envelope"


def changed(old, new):
    assert old.encode() in PLAIN
    return PLAIN.replace(old.encode(), new.encode())


def codes(data):
    return [one.code for one in read_entry(data).faults]


def test_a_message_written_from_its_values_reads_the_same():
    assert read_entry(PLAIN).declaration == sample_entry()


def test_an_envelope_is_kept_around_its_message():
    inner = PLAIN.partition(b"?>\n")[2].decode()
    data = f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body>{inner}</s:Body></s:Envelope>'.encode()
    message = read_entry(data)
    assert message.valid
    assert message.declaration == sample_entry()
    assert read_entry(write_entry(message)) == message
    assert etree.fromstring(write_entry(message)).tag == f"{{{SOAP}}}Envelope"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<MesIdeMES19>TG000001</MesIdeMES19>", "", "TG-ENS-MISSING"),
        ("<MesIdeMES19>TG000001</MesIdeMES19>", "<MesIdeMES19/>", "TG-ENS-FORM"),
        ("<MesIdeMES19>TG000001", "<MesIdeMES19>TG00000100000010", "TG-ENS-FORM"),
        ("<MesIdeMES19>", '<MesIdeMES19 colour="red">', "TG-ENS-STRAY"),
        ("<HEAHEA>", "<HEAHEA>words", "TG-ENS-STRAY"),
        ("<HEAHEA>", "<HEAHEA><Colour/>", "TG-ENS-ELEMENT"),
        ("<ComNomCMD1>610510</ComNomCMD1>", "<ComNomCMD1>6105<b/>10</ComNomCMD1>", "TG-ENS-ELEMENT"),
        ("<COMCODGODITM>", "<COMCODGODITM/><COMCODGODITM>", "TG-ENS-REPEATED"),
        (
            "<DatOfPreMES9>260115</DatOfPreMES9><TimOfPreMES10>0930</TimOfPreMES10>",
            "<TimOfPreMES10>0930</TimOfPreMES10><DatOfPreMES9>260115</DatOfPreMES9>",
            "TG-ENS-ORDER",
        ),
    ],
)
def test_what_the_schema_does_not_allow_is_found_and_kept(old, new, code):
    data = changed(old, new)
    message = read_entry(data)
    assert code in [one.code for one in message.faults]
    assert not message.valid
    assert read_entry(write_entry(message)) == message
    canonical = [etree.tostring(etree.fromstring(one), method="c14n") for one in (data, write_entry(message))]
    assert canonical[0] == canonical[1]


def test_a_hundred_documents_are_one_too_many():
    documents = "<PRODOCDC2><DocTypDC21>N705</DocTypDC21><DocRefDC23>A</DocRefDC23></PRODOCDC2>"
    data = changed("<PRODOCDC2>", documents * 99 + "<PRODOCDC2>")
    assert codes(changed("<PRODOCDC2>", documents * 98 + "<PRODOCDC2>")) == []
    assert codes(data) == ["TG-ENS-REPEATED"]


def test_white_space_that_does_not_count_is_kept_and_not_judged():
    data = changed("<IteNumGDS7>1<", "<IteNumGDS7> \n1\t<")
    message = read_entry(data)
    assert message.valid
    assert message.declaration.goods_item[0].sequence == "1"
    assert b" \n1\t" in write_entry(message)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"<CC315A/>",
        b'<ie:CC315A xmlns:ie="http://ics.dgtaxud.ec/CC313A"/>',
        f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body/></s:Envelope>'.encode(),
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
)
def test_what_is_no_entry_summary_declaration_is_a_message_with_a_fault(data):
    message = read_entry(data)
    assert message.declaration is None
    assert len(message.faults) == 1
    with pytest.raises(ValueError, match="no entry summary declaration"):
        write_entry(message)


def test_a_message_over_the_limit_is_not_read():
    assert codes(PLAIN) == []
    fault = read_entry(PLAIN, XmlLimits(octets=100)).faults[0]
    assert fault.code == "TG-XML-SIZE"


@pytest.mark.parametrize(
    "place", ["Colour", "HEAHEA/Colour", "GOOITEGDS[3]/IteNumGDS7", "IteNumGDS7[1]/X", ""]
)
def test_a_place_the_message_does_not_have_is_refused(place):
    with pytest.raises(UnknownEntryPlaceError):
        with_entry_value(sample_entry(), place, "x")
