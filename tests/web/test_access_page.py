"""The page about access says what the code says."""

import re
from pathlib import Path

from tidegate_web.access.scopes import SCOPES
from tidegate_web.webhooks import delivering

PAGE = (Path(__file__).parents[2] / "docs" / "access.md").read_text()


def test_the_table_of_scopes_is_that_of_the_code():
    section = PAGE.split("## Scopes")[1].split("##")[0]
    assert dict(re.findall(r"^\| `([a-z:]+)` \| (.+) \|$", section, re.MULTILINE)) == SCOPES


def test_the_numbers_of_delivery_are_those_of_the_code():
    words = {
        "ten attempts": delivering.MOST_ATTEMPTS == 10,
        "three die in a row": delivering.DEAD_IN_A_ROW == 3,
    }
    assert [said for said, holds in words.items() if said not in PAGE or not holds] == []
