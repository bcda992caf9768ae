"""Uploads over HTTP: begun, sent in pieces from where they broke off, decided, and their results fetched."""

import io
import json
import time

import pytest

from tests.web.test_openapi import ask
from tidegate.node import create_node, open_node
from tidegate.node.bulk_spool import MOST_OPEN, Intake, Spool
from tidegate.simulation.parcels import parcels
from tidegate_web import node as held
from tidegate_web.api.api import api as described
from tidegate_web.bulk import api, octets, uploads
from tidegate_web.bulk.pieces import BrokenOffError, pieces

ROOT = "/api/v1/bulk/uploads"
JSON = "application/json"


@pytest.fixture(scope="module")
def taking(tmp_path_factory):
    """A node of an administration that takes uploads; the tests' other node takes none."""
    folder = tmp_path_factory.mktemp("bulk") / "node"
    create_node(folder, "demo", held.now)
    with open_node(folder, held.now) as node:
        node.go_round()
        yield node


@pytest.fixture
def sender(operator, taking, monkeypatch):
    for module in (api, octets, uploads):
        monkeypatch.setattr(module, "node", lambda: taking)
    return operator("bulk:write", "bulk:read")


def follow(node, most=100):
    """Do what the follower does, until nothing waits."""
    intake = Intake(node, Spool(node.folder, 2**30))
    while intake.step():
        node.go_round()
        most -= 1
        assert most


def csv(count, seed=1):
    return parcels(seed, 1, count)[0].write_csv().encode()


def begun(sender, **wanted):
    answer = sender.post(ROOT, json.dumps({"format": "csv", **wanted}))
    assert answer.status_code == 201, answer.content
    return answer.json()["upload"]


def put(sender, upload, body, offset):
    return sender.put(f"{ROOT}/{upload}/octets", body, Upload_Offset=str(offset))


def complete(sender, upload, count):
    return sender.post(f"{ROOT}/{upload}/complete", json.dumps({"octets": count}))


def sent(sender, body, **wanted):
    upload = begun(sender, **wanted)
    assert put(sender, upload, body, 0).json()["offset"] == len(body)
    assert complete(sender, upload, len(body)).status_code == 202
    return upload


def test_an_upload_sent_in_pieces_is_decided_and_its_results_fetched(sender, taking):
    body, upload = csv(300), begun(sender)
    for at in range(0, len(body), 10_000):
        answer = put(sender, upload, body[at : at + 10_000], at)
        assert (answer.status_code, answer.json()["state"]) == (200, "receiving")
    assert complete(sender, upload, len(body)).json()["state"] == "waiting"
    follow(taking)
    told = sender.get(f"{ROOT}/{upload}").json()
    assert (told["state"], told["rows"], told["decided"]) == ("decided", 300, 300)
    assert told["accepted"] + told["rejected"] == 300
    assert "channels" not in told
    lines = b"".join(sender.get(f"{ROOT}/{upload}/result").streaming_content).decode().splitlines()
    assert len(lines) == 301
    assert "score" not in lines[0]
    assert "channel" not in lines[0]
    assert not list((taking.folder / "uploads").rglob("octets"))


def test_findings_come_by_row_in_pages(sender, taking):
    rows = csv(40, seed=2).decode().splitlines()
    broken = [line.replace(",4000,", ",5100,") if n % 10 == 5 else line for n, line in enumerate(rows)]
    upload = sent(sender, "\n".join(broken).encode())
    follow(taking)
    wrong, after = [], 0
    while after is not None:
        page = sender.get(f"{ROOT}/{upload}/findings?limit=2&after={after}").json()
        wrong += [one["row"] for one in page["rows"] if one["findings"][0]["code"] == "TG-H7-PROCEDURE"]
        after = page["after"]
    assert wrong == [5, 15, 25, 35]


def test_octets_at_another_offset_are_refused_with_the_right_one(sender):
    upload = begun(sender)
    put(sender, upload, b"lrn,", 0)
    for offset in (0, 3, 5):
        answer = put(sender, upload, b"x", offset)
        assert (answer.status_code, answer["Upload-Offset"]) == (409, "4")
        assert answer.json()["code"] == "other_offset"
    assert sender.get(f"{ROOT}/{upload}").json()["offset"] == 4


def test_a_body_that_breaks_off_stays_as_far_as_it_came(sender, monkeypatch):
    upload = begun(sender)
    body = io.BytesIO(b"abc")
    monkeypatch.setattr(octets, "pieces", lambda _stream, _length, _seconds: pieces(body, 10, 5))
    answer = put(sender, upload, b"0123456789", 0)
    assert (answer.status_code, answer.json()["code"]) == (400, "broken_body")
    assert answer["Connection"] == "close"
    assert sender.get(f"{ROOT}/{upload}").json()["offset"] == 3


def test_a_body_that_does_not_come_is_given_up():
    class Slow:
        def read(self, _size):
            time.sleep(0.5)
            return b"x"

    with pytest.raises(BrokenOffError) as told:
        list(pieces(Slow(), 10, 0.05))
    assert told.value.code == "too_slow"


def test_an_upload_is_complete_once_and_only_when_all_of_it_is_there(sender):
    upload = begun(sender)
    assert complete(sender, upload, 0).json()["code"] == "other_offset"
    put(sender, upload, b"lrn\n", 0)
    assert complete(sender, upload, 5).status_code == 409
    assert complete(sender, upload, 4).status_code == 202
    assert complete(sender, upload, 4).status_code == 202
    assert put(sender, upload, b"more", 4).json()["code"] == "complete"


def test_an_upload_that_cannot_be_read_says_why_and_the_next_one_goes_on(sender, taking):
    bad = sent(sender, b"lrn,colour\nA,red\n")
    good = sent(sender, csv(5, seed=3))
    follow(taking)
    told = sender.get(f"{ROOT}/{bad}").json()
    assert (told["state"], "'colour'" in told["text"]) == ("failed", True)
    assert sender.get(f"{ROOT}/{good}").json()["state"] == "decided"


def test_a_follower_that_died_between_parts_lodges_nothing_twice(sender, taking, monkeypatch):
    monkeypatch.setattr("tidegate.node.bulk_spool.ROWS_IN_PART", 10)
    upload = sent(sender, csv(35, seed=4))
    dying = Intake(taking, Spool(taking.folder, 2**30))
    assert dying.step()
    assert dying.step()
    follow(taking)  # another follower, which begins anew
    told = sender.get(f"{ROOT}/{upload}").json()
    assert (told["state"], told["rows"]) == ("decided", 35)


def test_an_upload_has_an_end_and_an_operator_some_at_once(sender, taking, monkeypatch):
    monkeypatch.setattr(uploads, "spool", lambda: Spool(taking.folder, 100))
    monkeypatch.setattr(octets, "spool", lambda: Spool(taking.folder, 100))
    upload = begun(sender)
    assert put(sender, upload, b"x" * 101, 0).status_code == 413
    for _ in range(MOST_OPEN - 1):
        begun(sender)
    answer = sender.post(ROOT, '{"format": "csv"}')
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_uploads")
    assert answer["Retry-After"]


@pytest.mark.parametrize("path", ["", "/findings", "/result"])
def test_nobody_sees_the_upload_of_another(sender, operator, path):
    upload = begun(sender)
    other = operator("bulk:write", "bulk:read")
    assert other.get(f"{ROOT}/{upload}{path}").status_code == 404
    assert put(other, upload, b"x", 0).status_code == 404
    assert complete(other, upload, 1).status_code == 404
    assert sender.get(f"{ROOT}/{upload}").json()["offset"] == 0
    assert other.get(ROOT).json()["uploads"] == []
    assert [one["upload"] for one in sender.get(ROOT).json()["uploads"]] == [upload]


def test_octets_are_taken_of_whom_may_upload_alone(sender, operator):
    upload = begun(sender)
    reader = operator("bulk:read")
    assert put(reader, upload, b"x", 0).status_code == 403
    assert sender.client.put(f"{ROOT}/{upload}/octets", b"x").status_code == 401
    assert sender.get(f"{ROOT}/{upload}/octets").status_code == 405
    for wrong in ("", "-1", "x"):
        assert put(sender, upload, b"x", wrong).status_code == 400
    assert sender.get(f"{ROOT}/{'0' * 31}g").status_code == 404


def test_an_administration_that_takes_none_says_so(operator):
    answer = operator("bulk:write").post(ROOT, '{"format": "csv"}')
    assert (answer.status_code, answer.json()["code"]) == (422, "not_taken")


@pytest.mark.parametrize("wanted", [{"format": "xlsx"}, {"format": "csv", "payment_method": "EE"}, {}])
def test_an_upload_that_is_not_described_as_it_should_be_is_refused(sender, wanted):
    assert sender.post(ROOT, json.dumps(wanted)).status_code == 422


OPERATIONS = [
    (path, method)
    for path, methods in described.get_openapi_schema()["paths"].items()
    for method in methods
    if path.startswith("/api/v1/bulk")
]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_about_uploads_is_in_the_document(path, method, sender):
    upload = begun(sender)

    def known(case):
        plain = {"Authorization": f"Bearer {sender.key}", "Accept-Encoding": "identity"}
        case.headers = {**(case.headers or {}), **plain}
        if case.path_parameters and len(str(case.query)) % 2:
            case.path_parameters["upload"] = upload

    ask(path, method, known, examples=10)
