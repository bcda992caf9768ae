"""The OpenAPI document is true: whatever is asked by it, nothing breaks, and every answer is in it."""

from functools import cache

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.lodging import CONTENT, declaration
from tidegate_web.access.scopes import SCOPES
from tidegate_web.api.api import api

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 15  # of each operation
DOCUMENT = "/api/v1/openapi.json"
OPERATIONS = [
    (path, method) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods
]


@cache
def document():
    """Return the document as it is served, and ways to ask by it."""
    return schemathesis.openapi.from_wsgi(DOCUMENT, get_wsgi_application())


def _who(asking):
    """Return the headers of an operator; the client in the process does not unpack answers."""
    return {"Authorization": f"Bearer {asking.key}", "Accept-Encoding": "identity"}


def ask(path, method, change, *, examples):
    """Ask an operation in so many ways, and see that each answer is one that the document tells of."""

    @given(case=document()[path][method].as_strategy())
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def asked(case):
        change(case)
        (case.query or {}).pop("wait", None)  # it would only be waited
        if case.path.endswith("/stream"):
            case.query = {**(case.query or {}), "seconds": 0}
        case.call_and_validate(checks=CHECKS)

    asked()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_to_whatever_is_asked_is_in_the_document(path, method, operator, node):
    asking = operator(*SCOPES)
    node.catch_up()  # before the follower has made its tables, they are rightly said to be behind

    def known(case):
        case.headers = {**(case.headers or {}), **_who(asking)}

    ask(path, method, known, examples=EXAMPLES)


@pytest.mark.parametrize(("path", "method"), [one for one in OPERATIONS if "{mrn}" in one[0]])
def test_every_answer_about_a_declaration_is_in_the_document(path, method, asking, node):
    answer = asking.post("/api/v1/declarations", declaration(asking.number), CONTENT)
    node.catch_up()

    def about(case):
        case.headers = {**(case.headers or {}), **_who(asking)}
        case.path_parameters = {"mrn": answer.json()["mrn"]}

    ask(path, method, about, examples=5)


def test_the_document_tells_of_forms_and_streams(asking):
    paths = asking.get(DOCUMENT).json()["paths"]
    form = paths["/api/v1/declarations/{mrn}/documents"]["post"]["requestBody"]["content"]
    assert "files" in form["multipart/form-data"]["schema"]["required"]
    stream = paths["/api/v1/notices/stream"]["get"]
    assert list(stream["responses"]["200"]["content"]) == ["text/event-stream"]
    assert "Last-Event-ID" in [one["name"] for one in stream["parameters"]]


def test_the_document_says_how_one_says_who_one_is(asking):
    told = asking.get(DOCUMENT).json()
    assert told["openapi"] == "3.1.0"
    assert told["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert "Receipt" in told["components"]["schemas"]
