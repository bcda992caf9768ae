import json
import subprocess
import sys
from datetime import UTC, datetime

from tests.faults.kill import Lodged, judge

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
LATER = MOMENT.replace(hour=1)
TRUE = [Lodged(0, MOMENT, "one-0"), Lodged(1, MOMENT, "two-0"), Lodged(2, LATER, "one-1")]
SAID = {"one": [("one-0", 0), ("one-1", 2)], "two": [("two-0", 1)]}


def wrong(acknowledged, lodged):
    found = judge(acknowledged, lodged)
    return {name for name in ("lost", "twice", "out_of_order") if found[name]}


def test_twenty_kills_lose_nothing_acknowledged_double_nothing_and_keep_the_order():
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kill", "--times", "20", "--seed", "3", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert found["acknowledged"] == found["found"] > 20
    assert found == found | {"times": 20, "lost": 0, "twice": 0, "out_of_order": 0, "verified": True}


def test_the_judge_finds_nothing_wrong_with_what_is_true():
    assert judge(SAID, TRUE) == {"acknowledged": 3, "found": 3, "lost": 0, "twice": 0, "out_of_order": 0}


def test_the_judge_sees_what_was_lost_doubled_or_moved():
    assert wrong(SAID, TRUE[:2]) == {"lost"}
    assert wrong(SAID, [*TRUE, Lodged(3, LATER, "two-0")]) == {"twice"}
    assert wrong({"one": [("one-1", 2), ("one-0", 0)]}, TRUE) == {"out_of_order"}
    assert wrong(SAID, [TRUE[0], TRUE[1]._replace(recorded=LATER), TRUE[2]._replace(recorded=MOMENT)]) == {
        "out_of_order"
    }
    assert wrong({"one": [("one-0", 1)]}, TRUE) == {"lost"}
