"""The journal against a list: what is appended under conditions, with keys and causes, comes back."""

from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.making import BEGIN, Clock, draft
from tidegate.journal import (
    Append,
    Appended,
    BadDraftError,
    Cause,
    Conflict,
    Key,
    KeyIsNew,
    KeyLastAt,
    create_journal,
    open_journal,
    verify,
)

KEYS = st.builds(Key, st.sampled_from(["mrn:A", "mrn:B", "lrn:ø 1", "operator:x"]), st.booleans())
CAUSES = st.none() | st.builds(
    Cause, st.sampled_from(["one", "two"]), st.integers(0, 3), st.just("mrn:A"), st.integers(0, 1)
)
DRAFTS = st.builds(
    lambda keys, author, cause, body, kind: draft(*keys, author=author, cause=cause, body=body, kind=kind),
    st.lists(KEYS, max_size=3),
    KEYS,
    CAUSES,
    st.binary(max_size=6),
    st.sampled_from(["a.done", "b.done"]),
)
CONDITIONS = st.builds(KeyIsNew, KEYS) | st.builds(KeyLastAt, KEYS, st.integers(-1, 8))
GROUPS = st.builds(
    Append, st.lists(DRAFTS, max_size=3).map(tuple), st.lists(CONDITIONS, max_size=2).map(tuple)
)


class Naive:
    """The contract, over a list."""

    def __init__(self):
        self.drafts = []

    def carrying(self, key):
        return [position for position, one in enumerate(self.drafts) if key in one.keys]

    def judge(self, group):
        for one in group.drafts:
            for position, earlier in enumerate(self.drafts):
                if one.cause is not None and one.cause == earlier.cause:
                    return Conflict(None, one.cause, position)
        for condition in group.conditions:
            found = self.carrying(condition.key)
            if isinstance(condition, KeyIsNew) and found:
                return Conflict(condition, None, found[0])
            if isinstance(condition, KeyLastAt) and [-1, *found][-1] != condition.position:
                return Conflict(condition, None, [-1, *found][-1])
        start = len(self.drafts)
        self.drafts += group.drafts
        return Appended(tuple(range(start, len(self.drafts))))

    def append(self, groups):
        size = len(self.drafts)
        for group in groups:
            causes = [one.cause for one in group.drafts if one.cause is not None]
            if len(set(causes)) < len(causes) or any(cause.because >= size for cause in causes):
                return None
        return [self.judge(group) for group in groups]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(GROUPS, max_size=4), max_size=6))
def test_the_journal_does_what_a_list_does(tmp_path_factory, calls):
    folder = tmp_path_factory.mktemp("node")
    journal, naive = create_journal(folder, clock=Clock()), Naive()
    for groups in calls:
        try:
            outcomes = journal.append(groups)
        except BadDraftError:
            outcomes = None
        assert outcomes == naive.append(groups)
    journal.close()
    journal = open_journal(folder, clock=Clock())
    entries = journal.read()
    assert [(e.kind, e.body, e.cause, e.author) for e in entries] == [
        (one.kind, one.body, one.cause, one.author.text) for one in naive.drafts
    ]
    for personal in (False, True):
        for text in ("mrn:A", "mrn:B", "lrn:ø 1", "operator:x"):
            key = Key(text, personal)
            found = naive.carrying(key)
            assert [entry.position for entry in journal.about(key)] == found
            assert journal.last(key) == (found[-1] if found else None)
    for kind in ("a.done", "b.done"):
        assert journal.read(kinds=[kind]) == [entry for entry in entries if entry.kind == kind]
    assert verify(journal).ok
    journal.close()


ODD = st.builds(
    draft,
    st.text(max_size=5),
    kind=st.text(max_size=4),
    version=st.integers(-(2**65), 2**65),
    occurred=st.datetimes(timezones=st.timezones()) | st.datetimes(),
    cause=st.builds(Cause, st.just("one"), st.just(0), st.text(max_size=3), st.integers(-1, 2**70)),
    body=st.binary(max_size=5),
)


@settings(max_examples=100, deadline=None)
@given(ODD)
def test_whatever_is_acknowledged_can_be_read_again(tmp_path_factory, odd):
    journal = create_journal(tmp_path_factory.mktemp("node"), clock=Clock())
    journal.append([Append((draft("mrn:first"),))])
    try:
        journal.append([Append((odd,))])
    except BadDraftError:
        assert journal.size == 1
    else:
        (entry,) = journal.read(1)
        assert (entry.kind, entry.version, entry.body) == (odd.kind, odd.version, odd.body)
        assert (entry.keys, entry.cause) == ((odd.keys[0].text,), odd.cause)
        assert entry.occurred == odd.occurred
        assert entry.occurred.tzinfo == UTC
        assert entry.recorded == BEGIN
    assert verify(journal).ok
    journal.close()
