"""Until when to lodge, by mode of transport, and what comes late."""

from datetime import timedelta

import pytest

from tests.unit.entry.making import ARRIVAL, MOMENT, SHIP
from tidegate.acts import Call
from tidegate.entry import Deadlines, announce_conveyance, answers_of

LEFT = ARRIVAL - timedelta(hours=3)
FAR = {"HEAHEA/PlaLoaGOOITE334": "CNSHA"}
BOXED = {**FAR, "GOOITEGDS[1]/CONNR2[1]/ConNumNR21": "CSQU3054383"}


@pytest.mark.parametrize(
    ("mode", "loaded_at", "containers", "departs", "due"),
    [
        ("1", "FRLEH", True, None, ARRIVAL - timedelta(hours=2)),
        ("1", "CNSHA", False, None, ARRIVAL - timedelta(hours=4)),
        ("1", "CNSHA", True, None, None),
        ("1", "CNSHA", True, MOMENT, MOMENT - timedelta(hours=24)),
        ("2", "FRLEH", False, None, ARRIVAL - timedelta(hours=2)),
        ("3", "FRLEH", False, None, ARRIVAL - timedelta(hours=1)),
        ("4", "USJFK", False, None, ARRIVAL - timedelta(hours=4)),
        ("4", "USJFK", False, ARRIVAL - timedelta(hours=7), ARRIVAL - timedelta(hours=4)),
        ("4", "FRCDG", False, LEFT, LEFT),
        ("8", "NLRTM", False, None, ARRIVAL - timedelta(hours=2)),
        ("10", "FRCQF", False, None, ARRIVAL - timedelta(hours=2)),
        ("11", "FRCQF", False, None, ARRIVAL - timedelta(hours=2)),
        ("5", "FRCQF", False, None, None),
    ],
)
def test_every_mode_of_transport_has_its_hours(mode, loaded_at, containers, departs, due):
    itinerary = (Call(loaded_at, departs=departs), Call("GBFXT", arrives=ARRIVAL)) if departs else ()
    found = Deadlines().due(mode, ARRIVAL, loaded_at=loaded_at, containers=containers, itinerary=itinerary)
    assert found == due


def test_what_comes_late_is_accepted_and_told(post):
    late = post.lodged("A1", occurred=ARRIVAL - timedelta(minutes=119))
    early = post.lodged("A2", occurred=ARRIVAL - timedelta(minutes=121))
    assert (post.held(late).late, post.held(early).late) == (True, False)
    assert answers_of(post.journal, late)[0].text.endswith(
        "It was due by 2026-01-17 12:00 UTC and came late."
    )


def test_loading_is_known_from_the_journey_that_was_announced(post):
    unknown = post.lodged("A1", BOXED)
    calls = [Call("CNSHA", departs=MOMENT), Call("GBFXT", arrives=ARRIVAL)]
    announce_conveyance(post.journal, SHIP, MOMENT, "operator:line", itinerary=calls, crew=21)
    post.catch_up()
    known = post.lodged("A2", BOXED)
    assert (post.held(unknown).due, post.held(unknown).late) == (None, False)
    assert (post.held(known).due, post.held(known).late) == (MOMENT - timedelta(hours=24), True)
