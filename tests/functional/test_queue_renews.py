"""A served node under work: every officer's queue shows, by itself, all that came in meanwhile."""

import os
import re
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx
import msgspec
import pytest

from tests.bench.pages_ask import signed_in
from tests.bench.pages_queue import fields_of, queue_of
from tests.serving import Served, made, registered
from tests.web.controlling import DEAR
from tests.web.lodging import CONTENT, declaration
from tidegate.acts import ProfileAdopted
from tidegate.node import open_node, read_configuration
from tidegate.node.configuration import write_configuration
from tidegate.risk.adopting import Adoption
from tidegate.risk.standing import Standing

NUMBER = "GB123456789012"
OFFICERS, CAME, SECONDS = 4, 12, 60
DEAR_GOODS = ProfileAdopted(
    code="DEAR", owner="test", purpose="what waits", condition="value > 5000000", weight=0.9,
    reason="Dear goods.", start=datetime(2020, 1, 1, tzinfo=UTC).date(),
    until=datetime(2099, 1, 1, tzinfo=UTC).date(),
)  # fmt: skip


def now():
    return datetime.now(UTC)


@pytest.fixture
def served(tmp_path):
    """A node of a demonstration under which dear goods are controlled, served."""
    folder = made(tmp_path / "node")
    write_configuration(folder, msgspec.structs.replace(read_configuration(folder), demonstration=True))
    with open_node(folder, now) as node:
        terms = node.administration.terms
        standing = Standing(terms.profiles, terms.policy)
        Adoption(node.journal, standing, now(), "test").adopt_profile(DEAR_GOODS)
    environment = {**os.environ, "TIDEGATE_NODE": str(folder)}
    for arguments in (["migrate", "-v0"], ["demonstrate", NUMBER]):
        command = [sys.executable, "-m", "tidegate_web.manage", *arguments]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    with Served(folder) as running:
        yield running


def look_on(asker, queue, wanted, seen):
    """Renew a queue until it shows all that is wanted, and once more: then nothing is new."""
    fields, end = dict(queue.fields), time.monotonic() + SECONDS
    with closing(asker):
        while time.monotonic() < end:
            status, body, _ = asker.get(f"{queue.address}?{urlencode(fields)}", **{"HX-Request": "true"})
            assert status in (200, 204), status
            if status == 200:
                fields = fields_of(body.decode())
                seen.update(re.findall(r"26GB\w{14}", body.decode()))
            elif wanted and wanted <= seen:
                return
            time.sleep(0.1)


def test_every_officers_queue_shows_by_itself_all_that_came_meanwhile(served):
    key = registered(served.folder, NUMBER)
    with closing(signed_in(served.port, "officer")) as asker:
        queue = queue_of(asker)
    wanted, seen = set(), [set() for _ in range(OFFICERS)]
    looking = [threading.Thread(target=look_on, args=(asker.another(), queue, wanted, one)) for one in seen]
    for one in looking:
        one.start()
    came = set()
    sent = {"Authorization": f"Bearer {key}", "Content-Type": CONTENT}
    with httpx.Client(base_url=served.address, headers=sent, timeout=SECONDS) as client:
        for _ in range(CAME):
            answer = client.post("/api/v1/declarations", content=declaration(NUMBER, price=DEAR))
            assert answer.status_code == 202, answer.text
            came.add(answer.json()["mrn"])
    wanted |= came
    for one in looking:
        one.join(SECONDS)
    assert all(came <= one for one in seen)
