"""No page and no form is open that should not be: each role against each, as the table of actions says."""

import os
from unittest.mock import patch

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


def test_the_stored_matrix_is_what_the_pages_answer():
    with patch("subprocess.Popen"):  # what a form would start beside the face is not started
        made = matrix()
    if os.environ.get("TIDEGATE_WRITE_MATRIX"):
        STORED.write_text("\n".join(made) + "\n")
    assert STORED.read_text().splitlines() == made, "the matrix is stale: TIDEGATE_WRITE_MATRIX=1 writes it"


def cells():
    """Yield each line of the stored matrix with what each asker comes to."""
    made = STORED.read_text().splitlines()
    wide = len(made[0]) - len(made[0].lstrip())
    for line in made[1:]:
        method, route = line.split()[:2]
        found = [line[wide + 14 * n : wide + 14 * (n + 1)].strip() for n in range(len(ASKERS))]
        yield method, route, dict(zip(ASKERS, found, strict=True))


def test_every_page_and_form_lets_in_who_may_do_its_action_and_nobody_else():
    actions = {page.route: page.action for page in pages()}
    holes = []
    for method, route, found in cells():
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


def test_no_page_is_without_an_action():
    assert [page.route for page in pages() if page.action == "?"] == []
    assert len(pages()) > 60


def test_no_asking_ends_in_a_fault():
    assert "fault" not in STORED.read_text()


def test_the_walk_finds_what_is_not_guarded():
    unguarded = Page("/tariff", "/tariff", "manage people")
    assert {Asking(NOBODY).comes_to(unguarded, method) for method in METHODS} <= LET_IN
