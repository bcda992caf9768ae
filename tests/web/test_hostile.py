"""What is sent to break a served node, and that it is refused clearly, with memory bounded."""

import contextlib
import gzip
import socket
import time
import zlib

import httpx
import pytest

from tests.serving import Served, made, registered_all
from tests.web.lodging import CONTENT, VENDOR, declaration, reference

NUMBER, OTHER = "GB111111111111", "GB222222222222"
SLOW = 2  # seconds that a body may take on this node
GROWTH = 80 * 1024  # KiB that a worker may grow by, whatever is sent


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = made(tmp_path_factory.mktemp("served") / "node", "demo")
    keys = registered_all(folder, NUMBER, OTHER)
    with Served(folder, environment={"TIDEGATE_BODY_SECONDS": str(SLOW)}) as node:
        node.keys = keys
        yield node


@pytest.fixture
def post(served):
    def send(body, path="/customs/declarations/", *, number=NUMBER, **headers):
        given = {
            "Authorization": f"Bearer {served.keys[number]}",
            "Accept": VENDOR,
            "Content-Type": CONTENT,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return httpx.post(served.address + path, content=body, headers=given, timeout=30)

    return send


def inside(doctype, value):
    """Return a declaration with a document type before it and a value in it."""
    text = declaration(NUMBER).decode()
    head, _, rest = text.partition("?>\n")
    return f"{head}?>\n{doctype}\n{rest}".replace("Boxes of printed board, corrugated", value).encode()


BOMB = (
    "<!DOCTYPE MetaData ["
    + "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' if n else '<!ENTITY e1 "ha">' for n in range(10))
    + "]>"
)


@pytest.mark.parametrize(
    "body",
    [
        inside('<!DOCTYPE MetaData [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        inside('<!DOCTYPE MetaData [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]>', "&x;"),
        inside('<!DOCTYPE MetaData SYSTEM "http://127.0.0.1:9/a.dtd">', "x"),
        inside(BOMB, "&e10;"),
        declaration(NUMBER).replace(b"Boxes", b"\xff\xfe\xfa"),
        declaration(NUMBER).replace(b'encoding="UTF-8"', b'encoding="UTF-16"'),
        b"<a>" * 200_000,
        b"<" * 1_000_000,
        b"\x00" * 4096,
        b"",
    ],
    ids=["file", "address", "dtd", "bomb", "broken", "encoding", "deep", "open", "zeros", "empty"],
)
def test_xml_that_is_meant_to_break_is_refused(post, body):
    answer = post(body)
    assert answer.status_code == 400
    assert "<errorResponse>" in answer.text
    assert "root:" not in answer.text


def test_a_compressed_bomb_is_refused_unread(post):
    bomb = gzip.compress(b"<a>" * 50_000_000)
    assert post(bomb, Content_Encoding="gzip").status_code == 415
    assert post(zlib.compress(b"x" * 10**7), Content_Encoding="deflate").status_code == 415
    assert post(bomb).status_code == 400  # as octets it is no XML


def test_a_body_of_200_mb_is_refused_without_being_kept(served, post):
    before = served.processes()

    def endless():
        for _ in range(200):
            yield b" " * 1_000_000

    for headers in ({"Content-Length": str(200_000_000)}, {}):
        # Where we go on sending, the connection may be closed before we read the answer.
        with contextlib.suppress(httpx.TransportError):
            assert post(endless(), **headers).status_code in (411, 413)
    after = served.processes()
    grown = {name: after[name] - kib for name, kib in before.items() if name in after}
    assert max(grown.values()) < GROWTH, grown


def test_slow_bodies_are_cut_off_while_others_are_served(served, post):
    head = (
        "POST /customs/declarations/ HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {served.keys[NUMBER]}\r\nAccept: {VENDOR}\r\n"
        f"Content-Type: {CONTENT}\r\nContent-Length: 100000\r\n\r\n<MetaData"
    )
    slow = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(20)]
    for one in slow:
        one.sendall(head.encode())
    began = time.monotonic()
    assert post(declaration(NUMBER)).status_code == 202
    assert time.monotonic() - began < SLOW
    for one in slow:
        one.settimeout(SLOW + 10)
        assert b" 408 " in one.recv(1000)
        one.close()
    assert post(declaration(NUMBER)).status_code == 202


@pytest.mark.parametrize(
    "token",
    ["Bearer", "Bearer x", "Bearer tg_000000000000_forged", "Basic Zm9vOmJhcg==", "Bearer " + "a" * 5000],
)
def test_forged_tokens_are_not_known(served, token):
    answer = httpx.post(
        f"{served.address}/customs/declarations/",
        content=declaration(NUMBER),
        headers={"Authorization": token, "Accept": VENDOR, "Content-Type": CONTENT},
    )
    assert answer.status_code in (401, 429)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml; charset=utf-7", "multipart/form-data", "a" * 9000]
)
def test_other_forms_are_not_read(post, kind):
    assert post(declaration(NUMBER), Content_Type=kind).status_code == 415


def test_another_operators_number_is_not_there(served, post):
    lodged = post(declaration(NUMBER), "/api/v1/declarations", Content_Type="application/xml")
    mrn = lodged.json()["mrn"]
    for path in ("", "/history", "/proof"):
        own, other = (
            httpx.get(
                f"{served.address}/api/v1/declarations/{mrn}{path}",
                headers={"Authorization": f"Bearer {served.keys[number]}"},
            )
            for number in (NUMBER, OTHER)
        )
        assert (own.status_code, other.status_code) == (200, 404)


def test_a_request_for_another_host_is_refused(served):
    assert httpx.get(f"{served.address}/api/v1/notices", headers={"Host": "evil.example"}).status_code == 400


def test_what_was_acknowledged_is_decided_and_nothing_of_it_is_in_the_log(served, post):
    lrn = reference()
    mrn = post(
        declaration(NUMBER, lrn=lrn), "/api/v1/declarations?wait=20", Content_Type="application/xml"
    ).json()["mrn"]
    log = served.log.read_text()
    assert '"route":"api/v1/declarations"' in log
    assert not [word for word in (mrn, lrn, NUMBER, served.keys[NUMBER]) if word in log]
