"""What chooses a consignment never reaches its declarant: no profile, threshold, weight, model or ground.

Whatever profiles and policy stand, notices are searched for everything that these say, as XML and as JSON.
"""

import tempfile
from datetime import date
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.clearance.aiming import (
    CAUGHT,
    adopt_model,
    adoption,
    artefact,
    assessed,
    channel,
    lodge,
    policy,
)
from tests.unit.clearance.living import LivingPost
from tests.unit.clearance.making import PRICE
from tidegate.acts import DeclarationAssessed, NoticeIssued, ProfileAdopted
from tidegate.clearance import acts_about, record_control
from tidegate.notices.rendering import xml_of

WORDS = st.text("bdfghjkmpqrstvwxyz", min_size=7, max_size=12)
NUMBERS = st.integers(100_001, 999_998).filter(lambda n: n % 10).map(lambda n: n / 1_000_000)
CONDITIONS = st.sampled_from(["value > 0", "value > 15000", "origin = 'CN'", "net_kg > 0", "value < 0"])
PROFILES = st.lists(
    st.builds(
        lambda code, words, condition, weight: ProfileAdopted(
            code=code,
            owner=words[0],
            purpose=words[1],
            condition=condition,
            weight=weight,
            reason=words[2],
            start=date(2020, 1, 1),
            until=date(2030, 1, 1),
        ),
        WORDS,
        st.tuples(WORDS, WORDS, WORDS),
        CONDITIONS,
        NUMBERS,
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one.code,
)
THRESHOLDS = st.lists(NUMBERS, min_size=3, max_size=3, unique=True).map(sorted)


@settings(max_examples=12, deadline=None)
@given(profiles=PROFILES, thresholds=THRESHOLDS, shares=st.tuples(NUMBERS, NUMBERS), words=WORDS)
def test_no_notice_says_what_a_consignment_was_chosen_by(profiles, thresholds, shares, words):
    with tempfile.TemporaryDirectory() as folder:
        post = LivingPost(Path(folder))
        blue, yellow, red = thresholds
        adopting = adoption(post)
        for profile in profiles:
            adopting.adopt_profile(profile)
        adopting.adopt_policy(
            policy(
                owner=words,
                purpose=f"{words} for all",
                random_share=shares[0] / 4,
                exploring_share=shares[1],
                usual_strangeness=1.234567,
                red_threshold=red,
                yellow_threshold=yellow,
                blue_threshold=blue,
            )
        )
        adopt_model(post, of=artefact(low=0.1, high=2.0))
        numbers = [
            lodge(post, f"L{n}", CAUGHT, 0, edits) for n, edits in enumerate(({}, {PRICE: "50000.00 EUR"}))
        ]
        post.catch_up()
        for mrn in numbers:
            if channel(post, mrn).channel in ("red", "yellow"):
                moment = post.journal.read(0, 1)[0].occurred
                record_control(
                    post.journal, mrn, moment, "officer:7", outcome="conform", found="As declared."
                )
        post.catch_up()
        told = [text for mrn in numbers for text in notices(post, mrn)]
        secrets = {words, adoption(post).standing.models[0].name, *written(*thresholds, *shares, 1.234567)}
        for profile in profiles:
            secrets |= {profile.code, profile.owner, profile.purpose, profile.reason, profile.condition}
            secrets |= set(written(profile.weight))
        for mrn in numbers:
            secrets |= decided(assessed(post, mrn)) | {channel(post, mrn).grounds, channel(post, mrn).stratum}
        assert told
        assert [(secret, text) for secret in secrets - {"none"} for text in told if secret in text] == []
        post.journal.close()


def decided(act: DeclarationAssessed) -> set[str]:
    """Return what an assessment says of risk, as it would be written."""
    numbers = {act.score, act.likelihood, act.strangeness} - {None, 0.0, 1.0}
    return {reason.text for reason in act.reasons} | set(written(*numbers))


def written(*numbers: float) -> list[str]:
    return [str(number) for number in numbers]


def notices(post: LivingPost, mrn: str) -> list[str]:
    """Return every notice about a declaration, as XML and as JSON."""
    found = []
    for entry, act in acts_about(post.journal, mrn):
        if isinstance(act, NoticeIssued):
            found += [xml_of(act, entry.occurred, country="XA").decode(), msgspec.json.encode(act).decode()]
    return found
