"""How fast rates are read, a schedule is loaded and searched; and how well the search finds."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.shared_data import shared_data
from tidegate.journal import create_journal
from tidegate.node.schedules import Schedules
from tidegate.tariff.nomenclature import Nomenclature, read_us_hts
from tidegate.tariff.rates import print_rate, read_rate, reading

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUERIES = ["hair clippers", "frozen boneless beef", "cotton t-shirts", "olive oil", "lithium batteries"]
TERMS = 1_000


def measure() -> Iterator[dict]:
    """Yield the figures, none where the shared data is absent."""
    data = shared_data()
    if data is None:
        return
    start = time.perf_counter()
    schedule = read_us_hts(data / "us_hts")
    yield {"name": "US schedule read", "value": _since(start), "unit": "s", "target": None}
    texts = schedule.rates["text"].to_list()
    different = list(dict.fromkeys(texts))
    yield _each(
        "different rate texts read a second", different, lambda text: reading._read.__wrapped__(text, "USD")
    )
    yield _each("rate cells read a second, remembering", texts, read_rate)
    rates = [rate for text in different if hasattr(rate := read_rate(text), "components")]
    yield _each("rates printed a second", rates, print_rate)
    with TemporaryDirectory() as folder:
        journal = create_journal(Path(folder) / "journal", clock=lambda: NOW)
        start = time.perf_counter()
        Schedules(journal).load(read_us_hts(data / "us_hts"), NOW, "bench")
        loading = _since(start)
        journal.close()
    yield {"name": "US schedule read and loaded onto a node", "value": loading, "unit": "s", "target": 5}
    tree = Nomenclature(schedule)
    tree.search("first, the index is made")
    codes = [code for code in schedule.codes["code"].to_list() if code]
    yield _each("paths of codes a second", codes, tree.path)
    yield _each("searches a second", QUERIES * 20, tree.search)
    yield _hits(tree, json.loads((data / "classification" / "uk_search_references.json").read_text()))


def _hits(tree: Nomenclature, terms: dict[str, str]) -> dict:
    """Return the share of search terms whose heading is among the first ten codes found."""
    asked = list(terms.items())[:: max(1, len(terms) // TERMS)]
    hits = sum(
        any(one.provision.code.startswith(code[:4]) for one in tree.search(words, 10))
        for words, code in asked
    )
    note = f"of {len(asked)} terms of another administration"
    return {
        "name": "terms whose heading is in the first ten",
        "value": round(100 * hits / len(asked), 1),
        "unit": "%",
        "target": None,
        "note": note,
    }


def _each(name: str, things: list, work) -> dict:
    start = time.perf_counter()
    for thing in things:
        work(thing)
    return {"name": name, "value": len(things) / _since(start), "unit": "/s", "target": None}


def _since(start: float) -> float:
    return time.perf_counter() - start
