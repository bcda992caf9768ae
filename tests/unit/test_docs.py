"""The generated pages say what the code says, and the README names what there is."""

import re
from pathlib import Path

import pytest

from tidegate.acts import page as acts
from tidegate.clearance import page as clearance
from tidegate.cli import Door
from tidegate.commands import page as commands
from tidegate.declarations.ens import page as ens
from tidegate.declarations.rules import RULES
from tidegate.declarations.rules import page as rules
from tidegate.node import page as node

ROOT = Path(__file__).parents[2]
PAGES = {
    "acts.md": acts.page,
    "life.md": clearance.page,
    "commands.md": commands.page,
    "configuration.md": node.page,
    "ens-rules.md": ens.entry_rules_page,
    "rules.md": lambda: rules.rules_page(RULES),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_code_says(name):
    assert (ROOT / "docs" / name).read_text() == PAGES[name](), "the page is stale: run make docs"


def test_the_makefile_writes_every_generated_page():
    written = re.findall(r"> docs/(\S+)", (ROOT / "Makefile").read_text())
    assert sorted(written) == sorted(PAGES)


def test_every_room_has_a_readme_and_stands_in_the_project_readme():
    readme = (ROOT / "README.md").read_text()
    rooms = [path.parent for path in (ROOT / "src" / "tidegate").glob("*/__init__.py")]
    rooms = [room for room in rooms if room.name != "commands"]
    assert len(rooms) > 5
    assert [room.name for room in rooms if not (room / "README.md").exists()] == []
    assert [room.name for room in rooms if f"src/tidegate/{room.name})" not in readme] == []


def test_every_command_is_in_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert [name for name in Door.doors if name not in changelog] == []


def test_every_dependency_is_named_in_the_decision_about_them():
    project = (ROOT / "pyproject.toml").read_text()
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    names = re.findall(r'"([a-z0-9-]+)', listed[1])
    decision = next((ROOT / "docs" / "decisions").glob("0001-*.md")).read_text()
    assert [name for name in names if f"| {name} |" not in decision] == []


def test_links_in_pages_lead_to_files():
    broken = []
    for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("src/**/README.md")]:
        targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text())
        broken += [f"{page.relative_to(ROOT)}: {to}" for to in targets if not (page.parent / to).exists()]
    assert broken == []


def test_no_source_file_passes_the_wall_of_600_lines():
    files = [*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/**/*.py")]
    assert [str(path) for path in files if len(path.read_text().splitlines()) > 600] == []


def test_nothing_is_left_open_in_the_source():
    marks = re.compile(r"\b(TODO|FIXME|NotImplementedError)\b")
    assert [str(path) for path in ROOT.glob("src/**/*.py") if marks.search(path.read_text())] == []
