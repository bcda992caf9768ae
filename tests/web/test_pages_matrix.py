"""No page and no form is open that should not be: each role against each, as the table of actions says."""

import os
from unittest.mock import patch

import pytest

from tests.web.pages_matrix import (
    ASKERS,
    LIBRARY,
    METHODS,
    NOBODY,
    STORED,
    Asking,
    Page,
    asker_in,
    matrix,
    pages,
)
from tidegate_web.people.models import Role
from tidegate_web.people.pages import PUBLIC
from tidegate_web.people.permissions import may

LET_IN = {"in", "nothing", "-"}


@pytest.fixture(scope="module")
def made(_node_of_the_tests):
    """The matrix as it is answered now, made once; what a form would start beside the face is not started."""
    with patch("subprocess.Popen"):
        return matrix()


def cells(made):
    """Yield each line of the matrix with what each asker comes to."""
    wide = len(made[0]) - len(made[0].lstrip())
    for line in made[1:]:
        method, route = line.split()[:2]
        found = [line[wide + 14 * n : wide + 14 * (n + 1)].strip() for n in range(len(ASKERS))]
        yield method, route, dict(zip(ASKERS, found, strict=True))


def test_every_page_and_form_lets_in_who_may_do_its_action_and_nobody_else(made):
    actions = {page.route: page.action for page in pages()}
    holes = []
    for method, route, found in cells(made):
        action = actions[route]
        if action in (PUBLIC, LIBRARY):
            continue
        if found[NOBODY] != "sign in":
            holes.append((method, route, NOBODY, found[NOBODY]))
        for role in Role:
            let_in, allowed = found[role] in LET_IN, may(asker_in(role), action)
            # A form may ask for more than its page does.
            if (let_in and not allowed) or (allowed and not let_in and method == "GET"):
                holes.append((method, route, str(role), found[role]))
    assert holes == []


def test_no_page_is_without_an_action(made):
    assert [page.route for page in pages() if page.action == "?"] == []
    assert len(made) > 60


def test_no_asking_ends_in_a_fault(made):
    assert [line for line in made if "fault" in line] == []


def test_the_stored_matrix_is_what_the_pages_answer(made):
    if os.environ.get("TIDEGATE_WRITE_MATRIX"):
        STORED.write_text("\n".join(made) + "\n")
    assert STORED.read_text().splitlines() == made, "the matrix is stale: TIDEGATE_WRITE_MATRIX=1 writes it"


def test_the_walk_finds_what_is_not_guarded():
    unguarded = Page("/tariff", "/tariff", "manage people")
    assert {Asking(NOBODY).comes_to(unguarded, method) for method in METHODS} <= LET_IN
