"""Any agreement that can be written: what is disclosed is a subset of what it allows, by two evaluators."""

import copy
import json

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.exchange.nodes import document
from tidegate.exchange import canonical, matches, read_agreement
from tidegate.exchange.constraints import operand
from tidegate.exchange.evaluation import ROW_SCHEMA
from tidegate.exchange.reference import holds, matches_one_by_one
from tidegate.exchange.scope import check_rows
from tidegate.exchange.terms import FIELDS
from tidegate.node.exchange_wire import _Reader

BOTH = {"assigner": "xa.example", "assignee": "xb.example"}
KINDS = ("goods.released", "goods.arrived", "control.recorded")
TEXTS = ("CN", "US", "XB", "8471", "847130", "ä", "")
VALUES = {
    "mrn": ("text", TEXTS),
    "commodity": ("text", TEXTS),
    "origin": ("text", TEXTS),
    "importer": ("text", TEXTS),
    "net_mass": ("number", ("0", "-3.5", "12.5", "100", "0.000001")),
    "item_amount": ("number", ("0", "7", "99.999", "100")),
    "occurred": ("moment", ("2026-03-02T09:30:00Z", "2026-02-28T23:59:59Z", "2025-12-31T00:00:00Z")),
}
FAST = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@st.composite
def comparisons(draw):
    name = draw(st.sampled_from(sorted(VALUES)))
    kind, values = VALUES[name]
    operators = ["eq", "neq", "isAnyOf", "isNoneOf"]
    operators += ["startsWith"] if kind == "text" else ["lt", "lteq", "gt", "gteq"]
    operator = draw(st.sampled_from(operators))
    if operator in {"isAnyOf", "isNoneOf"}:
        right = draw(st.lists(st.sampled_from(values), min_size=1, max_size=3))
    else:
        right = draw(st.sampled_from(values))
    return {"leftOperand": name, "operator": operator, "rightOperand": right}


constraints = st.recursive(
    comparisons(),
    lambda inner: st.builds(
        lambda word, parts: {word: parts},
        st.sampled_from(["and", "or"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)


@st.composite
def transforms(draw, name):
    kind = VALUES[name][0]
    plain = st.just({"as": "plain"})
    if kind == "text":
        cut = st.builds(lambda length: {"as": "truncate", "length": length}, st.integers(1, 6))
        return draw(st.one_of(plain, st.just({"as": "pseudonym"}), cut))
    if kind == "number":
        steps = st.sampled_from(["0.5", "1", "10"])
        return draw(st.one_of(plain, st.builds(lambda step: {"as": "round", "step": step}, steps)))
    spans = st.sampled_from(["day", "month", "year"])
    return draw(st.one_of(plain, st.builds(lambda span: {"as": "period", "span": span}, spans)))


@st.composite
def fields(draw):
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=5, unique=True))
    return {name: draw(transforms(name)) for name in names}


@st.composite
def agreements(draw):
    permissions = [
        {
            **BOTH,
            "uid": f"c{n}",
            "action": "disclose",
            "target": draw(st.sampled_from(KINDS)),
            "purpose": ["statistics"],
            "constraint": draw(st.lists(constraints, max_size=3)),
            "fields": draw(fields()),
        }
        for n in range(draw(st.integers(1, 3)))
    ]
    prohibitions = [
        {
            **BOTH,
            "uid": f"p{n}",
            "action": "disclose",
            "target": draw(st.sampled_from([*KINDS, "any"])),
            "constraint": draw(st.lists(constraints, max_size=2)),
            "fields": draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=2, unique=True)),
        }
        for n in range(draw(st.integers(0, 2)))
    ]
    return document(permission=permissions, prohibition=prohibitions)


@st.composite
def frames(draw):
    rows = []
    for position in range(draw(st.integers(1, 8))):
        row = dict.fromkeys(ROW_SCHEMA)
        for name, (_, values) in VALUES.items():
            text = draw(st.one_of(st.none(), st.sampled_from(values)))
            row[name] = None if text is None else operand(name, text)
        rows.append({**row, "position": position // 2, "kind": draw(st.sampled_from(KINDS)), "subject": "M"})
    return rows


def shared(parts, rows):
    agreement = read_agreement(canonical(parts))
    frame = pl.DataFrame(rows, schema=ROW_SCHEMA, orient="row")
    found = matches(frame, agreement, "xa.example", b"key")
    return {(one.clause, one.position): list(one.rows) for one in found}


@FAST
@given(agreements(), frames())
def test_frames_share_what_the_reference_shares_one_by_one(parts, rows):
    agreement = read_agreement(canonical(parts))
    assert shared(parts, rows) == matches_one_by_one(rows, agreement, "xa.example", b"key")


@FAST
@given(agreements(), frames())
def test_what_is_disclosed_is_within_what_the_agreement_allows(parts, rows):
    agreement = read_agreement(canonical(parts))
    reader = _Reader({(parts["uid"], 1): parts})
    for (uid, position), told in shared(parts, rows).items():
        clause = agreement.clause(uid)
        assert all(set(row) <= set(clause.fields) for row in told)
        check_rows(told, agreement, clause)  # the receiver finds nothing outside of the clause
        message = {
            "id": "0" * 32,
            "type": "disclosure",
            "agreement": parts["uid"],
            "version": 1,
            "clause": uid,
        }
        content = {"kind": clause.target, "rows": told}
        parcel = {"from": "xa.example", "to": "xb.example"}
        reader._message({**message, "purpose": "statistics", "content": content}, parcel)
        allowed = [
            row
            for row in rows
            if row["position"] == position
            and row["kind"] == clause.target
            and all(holds(one, row) is True for one in clause.constraint)
        ]
        assert len(told) <= len(allowed)
    assert reader.counted.outside == 0, reader.counted.examples


@st.composite
def narrowings(draw, parts):
    """A narrower agreement: one clause less, a constraint, a prohibition more, or a field less."""
    narrower = copy.deepcopy(parts)
    clause = draw(st.sampled_from(narrower["permission"]))
    what = draw(st.sampled_from(["constraint", "field", "prohibition", "clause"]))
    if what == "constraint":
        clause["constraint"] = [*clause["constraint"], draw(constraints)]
    elif what == "field" and len(clause["fields"]) > 1:
        clause["fields"].pop(draw(st.sampled_from(sorted(clause["fields"]))))
    elif what == "clause" and len(narrower["permission"]) > 1:
        narrower["permission"].remove(clause)
    else:
        further = {
            **BOTH,
            "uid": "further",
            "action": "disclose",
            "target": "any",
            "constraint": [draw(constraints)],
        }
        narrower["prohibition"].append(further)
    return narrower


@FAST
@given(st.data(), agreements(), frames())
def test_a_narrower_agreement_never_discloses_more(data, parts, rows):
    narrower = data.draw(narrowings(parts))
    wide, narrow = shared(parts, rows), shared(narrower, rows)
    assert narrow.keys() <= wide.keys()
    for key, told in narrow.items():
        left = [set(row.items()) for row in wide[key]]
        for row in told:
            wider = next((one for one in left if set(row.items()) <= one), None)
            assert wider is not None, json.dumps(row)
            left.remove(wider)


def test_every_field_that_the_generator_writes_is_one_of_the_language():
    assert all(FIELDS[name].kind == kind for name, (kind, _) in VALUES.items())
