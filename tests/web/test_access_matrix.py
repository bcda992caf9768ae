"""No endpoint is open that should not be: each refuses nobody, the wrong credential and another operator."""

import os
import re

import pytest

from tests.web.access_matrix import STORED, Endpoint, Subjects, endpoints, matrix, statuses
from tests.web.askers import at_loopback, known
from tidegate_web import node as held
from tidegate_web.access.scopes import SCOPES

# Parameters that name what is an operator's own. Of another's conversation an empty list is answered.
_SUBJECT = re.compile(r"[{<](?:str:)?(mrn|name|number)[}>]")


@pytest.fixture(scope="module")
def askers(_node_of_the_tests):
    with at_loopback():
        owner, other, broker = known("203.0.113.1"), known("203.0.113.2"), known("203.0.113.3")
        owner.broker = other.broker = broker.number
        yield owner, other


@pytest.fixture(scope="module")
def subjects(askers):
    return Subjects(askers[0], held.node())


def name_of(endpoint):
    return f"{endpoint.method} {endpoint.route}"


@pytest.mark.parametrize("endpoint", endpoints(), ids=name_of)
def test_an_endpoint_is_closed_to_all_but_the_right_one(askers, subjects, endpoint):
    assert endpoint.scope in SCOPES, (
        "an endpoint without @requires: give it one, or open it in access_matrix.OPEN"
    )
    nobody, wrong, another, right = statuses(askers, subjects, endpoint)
    assert (nobody, wrong) == (401, 403)
    if _SUBJECT.search(endpoint.route):
        assert another == 404
    assert right not in (401, 403, 500)


def test_the_stored_matrix_is_what_the_endpoints_answer(askers, subjects):
    made = matrix(askers, subjects)
    if os.environ.get("TIDEGATE_WRITE_MATRIX"):
        STORED.write_text("\n".join(made) + "\n")
    assert STORED.read_text().splitlines() == made, "the matrix is stale: TIDEGATE_WRITE_MATRIX=1 writes it"


def test_the_walk_finds_what_is_not_guarded(askers, subjects):
    open_view = Endpoint("GET", "/health", None)
    assert statuses(askers, subjects, open_view) == [200, 200, 200, 200]
