"""Operators: registered once, suspended and reinstated, with devices, and with leave to act for others."""

from datetime import UTC, datetime, timedelta

import pytest

from tidegate.acts import OperatorRegistered
from tidegate.journal import Append, Draft, Key, create_journal, follow, replay, tables
from tidegate.operators import (
    AlreadySoError,
    BadOperatorError,
    OperatorOvertakenError,
    OperatorsReader,
    UnknownOperatorError,
    device,
    devices_of,
    grant_authorisation,
    granted_by,
    granted_to,
    held_now,
    in_force,
    leaves_now,
    operator,
    operator_now,
    operators,
    register_device,
    register_operator,
    registration_key,
    reinstate_operator,
    retire_device,
    suspend_operator,
    withdraw_authorisation,
)

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
OFFICER = Key("node:here")
TRADER, BROKER = "XA123456789", "XA987654321"


class Desk:
    """A journal, and the reader of this room over it."""

    def __init__(self, folder):
        self.folder = folder
        self.journal = create_journal(folder / "journal", clock=lambda: NOW)

    def registered(self, number, *roles, name=""):
        return register_operator(
            self.journal, NOW, OFFICER, number=number, roles=roles or ("trader",), name=name
        )

    def granted(self, principal=TRADER, representative=BROKER, **parts):
        return grant_authorisation(
            self.journal,
            NOW,
            OFFICER,
            principal=principal,
            representative=representative,
            **{"representation": "direct", **parts},
        )

    def tables(self):
        follow(self.journal, OperatorsReader(), self.folder / "read")
        return tables(OperatorsReader(), self.folder / "read")


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "read").mkdir()
    made = Desk(tmp_path)
    yield made
    made.journal.close()


def test_an_operator_is_registered_once_and_is_found(desk):
    desk.registered(TRADER, "trader", "carrier", "trader", name="Example Trading")
    with pytest.raises(AlreadySoError) as twice:
        desk.registered(TRADER)
    assert (twice.value.code, twice.value.fields) == ("already_so", {"operator": TRADER})
    with desk.tables() as read:
        found = operator(read, TRADER)
        assert (found.number, found.roles, found.name) == (TRADER, ("trader", "carrier"), "Example Trading")
        assert operators(read) == [found]
        assert operators(read, after=TRADER) == []
        assert operator(read, BROKER) is None
    assert desk.journal.size == 1


def test_of_two_who_register_the_same_number_at_once_the_second_is_told(desk, monkeypatch):
    act = OperatorRegistered(operator=TRADER, roles=("trader",))
    real = desk.journal.append

    def overtaken(groups):
        monkeypatch.setattr(desk.journal, "append", real)
        draft = Draft(
            kind=act.KIND,
            version=1,
            occurred=NOW,
            author=OFFICER,
            keys=(registration_key(TRADER),),
            body=act.encode(),
        )
        real([Append((draft,))])
        return real(groups)

    monkeypatch.setattr(desk.journal, "append", overtaken)
    with pytest.raises(OperatorOvertakenError, match="position 0"):
        desk.registered(TRADER)
    assert desk.journal.size == 1


@pytest.mark.parametrize("number", ["", "x" * 18, "X A1", "~XA1", "XA\n1"])
def test_a_number_has_a_form(desk, number):
    with pytest.raises(BadOperatorError, match="printable characters"):
        desk.registered(number)


def test_a_role_is_one_of_those_there_are(desk):
    with pytest.raises(BadOperatorError, match="trader, broker, carrier, platform, device_owner"):
        desk.registered(TRADER, "king")
    with pytest.raises(BadOperatorError, match="name one or more"):
        register_operator(desk.journal, NOW, OFFICER, number=TRADER, roles=())


def test_an_operator_is_suspended_with_a_reason_and_reinstated(desk):
    desk.registered(TRADER)
    with pytest.raises(BadOperatorError, match="Give 1 to"):
        suspend_operator(desk.journal, NOW, OFFICER, number=TRADER, reason="")
    suspend_operator(desk.journal, NOW, OFFICER, number=TRADER, reason="unpaid debts")
    with pytest.raises(AlreadySoError):
        suspend_operator(desk.journal, NOW, OFFICER, number=TRADER, reason="again")
    with desk.tables() as read:
        assert (operator(read, TRADER).suspended, operator(read, TRADER).reason) == (NOW, "unpaid debts")
    reinstate_operator(desk.journal, LATER, OFFICER, number=TRADER)
    with pytest.raises(AlreadySoError, match="not suspended"):
        reinstate_operator(desk.journal, LATER, OFFICER, number=TRADER)
    with desk.tables() as read:
        assert operator(read, TRADER).suspended is None
        assert operator(read, TRADER) == operator_now(desk.journal, TRADER)[0]
    with pytest.raises(UnknownOperatorError):
        suspend_operator(desk.journal, NOW, OFFICER, number=BROKER, reason="who")


def test_a_device_belongs_to_one_owner_until_it_is_retired(desk):
    desk.registered(TRADER, "device_owner")
    desk.registered(BROKER, "device_owner")
    with pytest.raises(UnknownOperatorError):
        register_device(desk.journal, NOW, OFFICER, device="SEAL-1", owner="XA0")
    register_device(desk.journal, NOW, OFFICER, device="SEAL-1", owner=TRADER, kind="seal")
    with pytest.raises(AlreadySoError):
        register_device(desk.journal, NOW, OFFICER, device="SEAL-1", owner=BROKER)
    retire_device(desk.journal, LATER, OFFICER, device="SEAL-1", reason="lost")
    with pytest.raises(UnknownOperatorError, match="in use"):
        retire_device(desk.journal, LATER, OFFICER, device="SEAL-1")
    with desk.tables() as read:
        assert device(read, "SEAL-1").retired == LATER
    register_device(desk.journal, LATER, OFFICER, device="SEAL-1", owner=BROKER)
    with desk.tables() as read:
        assert (device(read, "SEAL-1").owner, device(read, "SEAL-1").retired) == (BROKER, None)
        assert devices_of(read, TRADER) == []
        assert [one.device for one in devices_of(read, BROKER)] == ["SEAL-1"]


def test_an_authorisation_is_in_force_from_its_start_until_before_its_end(desk):
    desk.registered(BROKER, "broker")
    desk.granted(until=LATER)
    with desk.tables() as read:
        moments = [NOW - timedelta(seconds=1), NOW, LATER - timedelta(seconds=1), LATER]
        held = [len(in_force(read, TRADER, BROKER, moment)) for moment in moments]
        assert held == [0, 1, 1, 0]
        assert in_force(read, BROKER, TRADER, NOW) == []
        assert [len(granted_to(read, BROKER, after)) for after in (-1, 1)] == [1, 0]
        assert [len(granted_by(read, TRADER, limit=limit)) for limit in (0, 9)] == [0, 1]


def test_an_authorisation_is_for_the_procedures_that_it_names(desk):
    desk.registered(BROKER, "broker")
    desk.granted(procedures=("40", "7100"))
    with desk.tables() as read:
        asked = [(), ("4000",), ("4000", "7100"), ("7110",), ("4000", "1040")]
        assert [bool(in_force(read, TRADER, BROKER, NOW, one)) for one in asked] == [1, 1, 1, 0, 0]


def test_an_authorisation_is_withdrawn_by_its_number_and_what_came_before_stands(desk):
    desk.registered(BROKER, "broker")
    number = desk.granted()
    withdraw_authorisation(desk.journal, LATER, OFFICER, number=number, reason="moved")
    with pytest.raises(AlreadySoError):
        withdraw_authorisation(desk.journal, LATER, OFFICER, number=number)
    with desk.tables() as read:
        assert [len(in_force(read, TRADER, BROKER, at)) for at in (NOW, LATER)] == [1, 0]
        assert [one.number for one in granted_by(read, TRADER)] == [number]
        assert granted_by(read, TRADER) == leaves_now(desk.journal, TRADER, BROKER)
        assert granted_to(read, BROKER) == held_now(desk.journal, BROKER)
    for none in (0, 99, -1):
        with pytest.raises(UnknownOperatorError):
            withdraw_authorisation(desk.journal, LATER, OFFICER, number=none)


def test_the_very_same_authorisation_is_granted_once(desk):
    desk.registered(BROKER, "broker")
    number = desk.granted()
    with pytest.raises(AlreadySoError) as twice:
        desk.granted()
    assert twice.value.fields == {"authorisation": number}
    desk.granted(representation="indirect")
    withdraw_authorisation(desk.journal, NOW, OFFICER, number=number)
    assert desk.granted() > number


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"principal": BROKER}, "for itself"),
        ({"representation": "half"}, "direct or indirect"),
        ({"until": NOW}, "after it begins"),
        ({"until": datetime(2027, 1, 1)}, "time zone"),  # noqa: DTZ001 - a moment without a zone is refused
        ({"procedures": ("4-",)}, "beginnings of codes"),
        ({"procedures": tuple(map(str, range(101)))}, "beginnings of codes"),
    ],
)
def test_an_authorisation_has_a_form(desk, parts, said):
    desk.registered(BROKER, "broker")
    with pytest.raises(BadOperatorError, match=said):
        desk.granted(**parts)
    assert desk.journal.size == 1


def test_only_who_is_registered_can_be_authorised(desk):
    with pytest.raises(UnknownOperatorError):
        desk.granted()


def test_the_tables_are_the_same_when_they_are_folded_anew(desk):
    for number in (TRADER, BROKER):
        desk.registered(number, "broker", "device_owner")
    register_device(desk.journal, NOW, OFFICER, device="D", owner=TRADER)
    retire_device(desk.journal, LATER, OFFICER, device="D")
    withdraw_authorisation(desk.journal, LATER, OFFICER, number=desk.granted())
    suspend_operator(desk.journal, LATER, OFFICER, number=BROKER, reason="why not")
    for batch in (1, 1000):
        with desk.tables():
            again = replay(desk.journal, OperatorsReader(), desk.folder / "read", batch=batch)
        assert (again.entries, again.before == again.after) == (7, True)


def test_numbers_and_devices_are_pseudonyms_in_what_is_hashed(desk):
    desk.registered(TRADER)
    desk.registered(BROKER)
    register_device(desk.journal, NOW, OFFICER, device="SEAL-77", owner=TRADER)
    desk.granted()
    with desk.journal.reading() as connection:
        envelopes = b"".join(one for (one,) in connection.execute("SELECT envelope FROM entries"))
    assert [word for word in (TRADER, BROKER, "SEAL-77") if word.encode() in envelopes] == []
