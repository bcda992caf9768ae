"""A served node that is killed under load: what it acknowledged is in the journal, once."""

import re
import threading

import httpx

from tests.faults.kill_served import REFERENCE, lodge_until_dead, references_in
from tests.serving import Served, made, registered

TIMES = 2  # `python -m tests.faults.kill_served 50` does it as often as wanted
NUMBER = "GB333333333333"


def test_every_acknowledged_declaration_of_a_killed_node_is_in_the_journal_once(tmp_path):
    folder = made(tmp_path / "node", "demo")
    key = registered(folder, NUMBER)
    acknowledged = set()
    for time in range(TIMES):
        acknowledged |= lodge_until_dead(Served(folder), key, NUMBER, f"KILL{time}", seconds=0.6)
    found = references_in(folder)
    assert len(acknowledged) > TIMES
    assert acknowledged <= set(found)
    assert len(found) == len(set(found))
    assert all(re.fullmatch(REFERENCE, lrn) for lrn in found)


def test_a_node_that_is_told_to_stop_answers_what_it_took_in(tmp_path):
    folder = made(tmp_path / "node", "demo")
    key = registered(folder, NUMBER)
    served = Served(folder).start()
    acknowledged, stop = set(), threading.Event()
    lodging = threading.Thread(
        target=lambda: acknowledged.update(
            lodge_until_dead(served, key, NUMBER, "STOP", seconds=0, stop=stop, started=True)
        )
    )
    lodging.start()
    while not httpx.get(f"{served.address}/ready").json()["entries"] > 5:
        stop.wait(0.05)
    assert served.stop() == 0
    stop.set()
    lodging.join()
    assert acknowledged <= set(references_in(folder))
