"""Declarations read, judged and decoded on one core, beside what a plain user would do with them."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from lxml import etree

from tests.shared_data import shared_data
from tidegate.declarations.flat import load_mapping, read_flat
from tidegate.declarations.json_form import from_json, to_json
from tidegate.declarations.messages import Message, read_message, write_message
from tidegate.declarations.rules import RuleContext, judge, sample_declaration

ROUNDS = 3
BEST_OF = 3


def measure() -> Iterator[dict[str, object]]:
    """Yield figures over the shared corpus, or over the rules' sample where it is absent."""
    messages, source = corpus()
    octets = sum(map(len, messages)) / len(messages)
    declarations = [declaration for data in messages if (declaration := read_message(data).declaration)]
    assert len(declarations) == len(messages)
    untyped = "untyped, lossy"
    said = f"{len(messages)} messages of {source}, {octets / 1024:.1f} KB on average"
    encoded = [to_json(declaration) for declaration in declarations]
    context = RuleContext(on=date(2024, 6, 1), country="GB")
    yield figure("WCO XML declarations read", rate(read_message, messages), 1_500, said)
    yield figure("beside it: lxml to dictionaries", rate(with_lxml, messages), None, untyped)
    yield figure(
        "beside it: ElementTree to dictionaries",
        rate(with_element_tree, messages),
        None,
        untyped,
    )
    again = [Message("declaration", bare=declaration) for declaration in declarations]
    yield figure("WCO XML declarations written", rate(write_message, again), None, "")
    yield figure(
        "declarations judged", rate(lambda one: judge(one, context), declarations), 2_000, "after reading"
    )
    yield figure("JSON declarations read", rate(from_json, encoded), None, "with every check")
    data = shared_data()
    if data is not None:
        begun = time.perf_counter()
        count = sum(1 for _ in read_flat(data / "korea" / "train.csv", load_mapping("korea")))
        yield figure(
            "flat declarations read", count / (time.perf_counter() - begun), None, f"{count:,} rows, CSV"
        )


def corpus() -> tuple[list[bytes], str]:
    data = shared_data()
    if data is None:
        return [write_message(Message("declaration", bare=sample_declaration()))], "the rules' sample"
    files = sorted(path for path in Path(data / "cds" / "scenarios").rglob("*") if path.is_file())
    read = [path.read_bytes() for path in files]
    return [one for one in read if read_message(one).declaration is not None], "the CDS trade test"


def rate(do: Callable[[Any], object], things: list[Any]) -> float:
    """Return how many things a second are done on one core, the best of some runs."""
    best = 0.0
    for _ in range(BEST_OF):
        begun = time.perf_counter()
        for _ in range(ROUNDS):
            for thing in things:
                do(thing)
        best = max(best, ROUNDS * len(things) / (time.perf_counter() - begun))
    return best


def with_lxml(data: bytes) -> object:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return nested(etree.fromstring(data, parser))


def with_element_tree(data: bytes) -> object:
    return nested(ET.fromstring(data))


def nested(node) -> object:
    """Return an element as dictionaries and lists, the way generic converters do."""
    if len(node) == 0 and not node.attrib:
        return node.text
    found: dict[str, object] = {f"@{name}": value for name, value in node.attrib.items()}
    for child in node:
        value = nested(child)
        if child.tag in found:
            held = found[child.tag]
            found[child.tag] = [*held, value] if isinstance(held, list) else [held, value]
        else:
            found[child.tag] = value
    if node.text and node.text.strip():
        found["#text"] = node.text
    return found


def figure(name: str, value: float, target: float | None, note: str) -> dict[str, object]:
    return {"name": name, "value": value, "unit": "/s", "target": target, "note": note}
