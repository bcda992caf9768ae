"""What docs/journal-format.md promises to strangers."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.making import alone
from tidegate.journal import Cause, Key

PAGE = Path(__file__).parents[3] / "docs" / "journal-format.md"


@pytest.mark.parametrize("count", [0, 1, 2, 11])
def test_the_program_in_the_page_computes_the_root(journal, folder, count):
    journal.append([alone(f"mrn:{n}") for n in range(count)])
    root = journal.root().hex()
    journal.close()
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{count} {root}\n"


def test_an_envelope_has_the_members_of_the_page_in_their_order(journal):
    (digest,) = journal.attach([b"original"])
    journal.append([alone("mrn:A")])
    journal.append(
        [alone("mrn:A", Key("x", personal=True), cause=Cause("one", 0, "mrn:A", 0), attachments=(digest,))]
    )
    envelopes = [
        row[0].decode() for row in journal._writer.connection().execute("SELECT envelope FROM entries")
    ]
    assert re.fullmatch(
        r'\{"kind":"declaration.lodged","ver":1,"rec":"2026-03-01T12:00:00Z","occ":"2026-03-01T12:00:00Z",'
        r'"by":"office:XA001","keys":\["mrn:A"\],"dig":"[0-9a-f]{64}"\}',
        envelopes[0],
    )
    assert re.search(
        r'"keys":\["mrn:A","~[0-9a-f]{32}"\],"cause":\["one",0,"mrn:A",0\],"att":\["sha256:[0-9a-f]{64}"\],"dig"',
        envelopes[1],
    )
    named = set(re.findall(r"^\| `(\w+)` \*? ?\|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r'"(\w+)":', "".join(envelopes))) <= named


def test_every_table_is_in_the_page(journal):
    journal.append([])
    text = PAGE.read_text(encoding="utf-8")
    for (name,) in journal._writer.connection().execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
    ):
        assert f"`{name}`" in text
