"""Archives are read within bounds, and cases compared with what is published beside them."""

import zipfile

import pytest
from click.testing import CliRunner

from tidegate.cli import cli
from tidegate.declarations.ens import (
    ArchiveLimits,
    UnreadableArchiveError,
    compare_cases,
    read_archive,
    sample_entry,
    with_entry_value,
    write_entry,
)
from tidegate.declarations.ens.reading import EntryMessage

GOOD = write_entry(EntryMessage(sample_entry()))
SECOND = write_entry(EntryMessage(with_entry_value(sample_entry(), "GOOITEGDS[1]/IteNumGDS7", "2")))
ERROR = """<e:ErrorResponse xmlns:e="http://www.govtalk.gov.uk/CM/errorresponse">{}</e:ErrorResponse>"""
NUMBERED = "<e:Error><e:Number>8102</e:Number><e:Location>/ie:CC315A[1]</e:Location></e:Error>"


def archive(tmp_path, **files):
    path = tmp_path / "cases.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name.replace("_", "."), data)
    return path


def test_files_come_by_name(tmp_path):
    path = archive(tmp_path, b_xml=b"2", a_xml=b"1")
    assert list(read_archive(path)) == [("a.xml", b"1"), ("b.xml", b"2")]


@pytest.mark.parametrize(
    "limits", [ArchiveLimits(octets=999), ArchiveLimits(together=1999), ArchiveLimits(members=1)]
)
def test_an_archive_past_a_limit_is_refused_before_it_is_taken_in(tmp_path, limits):
    path = archive(tmp_path, a_xml=b"0" * 1000, b_xml=b"0" * 1000)
    assert path.stat().st_size < 999
    assert len(list(read_archive(path, ArchiveLimits(octets=1000, together=2000, members=2)))) == 2
    with pytest.raises(UnreadableArchiveError):
        list(read_archive(path, limits))


def test_what_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "not.zip"
    path.write_bytes(GOOD)
    with pytest.raises(UnreadableArchiveError):
        list(read_archive(path))


def test_a_case_agrees_only_with_exactly_what_is_published(tmp_path):
    outcomes = {
        one.file: one
        for one in compare_cases(
            archive(
                tmp_path,
                fine_xml=GOOD,
                fine_ctl=ERROR.format(""),
                found_xml=SECOND,
                found_ctl=ERROR.format(NUMBERED),
                missed_xml=GOOD,
                missed_ctl=ERROR.format(NUMBERED),
                more_xml=SECOND,
                more_ctl=ERROR.format(""),
                schema_xml=GOOD.replace(b"TG000001", b""),
                schema_ctl=ERROR.format("<e:Error><e:Text>empty</e:Text></e:Error>"),
                passed_xml=GOOD,
                passed_ctl=ERROR.format("<e:Error><e:Text>empty</e:Text></e:Error>"),
                alone_xml=GOOD,
            )
        )
    }
    assert {name for name, one in outcomes.items() if one.agrees} == {"fine.xml", "found.xml", "schema.xml"}
    assert outcomes["missed.xml"].missing == (("8102", "/ie:CC315A[1]"),)
    assert outcomes["more.xml"].unexpected == (("8102", "/ie:CC315A[1]"),)
    assert "alone.xml" not in outcomes


def test_the_command_tells_of_each_message_in_an_archive(tmp_path):
    path = archive(tmp_path, a_xml=GOOD, b_xml=SECOND, c_xml=b"<a/>", d_ctl=b"")
    run = CliRunner().invoke(cli, ["declaration", "check", str(path), "--json"])
    assert run.exit_code == 0
    lines = run.output.splitlines()
    assert lines[0] == '{"file":"a.xml","valid":true,"findings":[]}'
    assert lines[1].startswith(
        '{"file":"b.xml","valid":true,"findings":[{"number":"8102","location":"/ie:CC315A[1]","text":"Number '
    )
    assert lines[2].startswith('{"file":"c.xml","valid":false,"findings":[],"schema":[{"code":"TG-ENS-KIND"')
    assert len(lines) == 3


def test_the_command_counts_agreeing_cases(tmp_path):
    path = archive(tmp_path, a_xml=GOOD, a_ctl=ERROR.format(""), b_xml=SECOND, b_ctl=ERROR.format(""))
    run = CliRunner().invoke(cli, ["declaration", "check", "--cases", str(path), "--json"])
    assert run.exit_code == 1
    disagreement, counts = run.output.splitlines()
    assert disagreement == (
        '{"file":"b.xml","valid":true,"should_be_valid":true,"missing":[],"unexpected":'
        '[{"number":"8102","location":"/ie:CC315A[1]"}]}'
    )
    assert counts == '{"cases":2,"agreeing":1}'


def test_the_command_refuses_a_damaged_archive_in_a_line(tmp_path):
    path = tmp_path / "not.zip"
    path.write_bytes(b"PK")
    run = CliRunner().invoke(cli, ["declaration", "check", str(path)])
    assert run.exit_code == 2
    assert "unreadable-archive" in run.output
