"""The shared corpus of the UK's trade test, and a strict canonical form to compare messages by."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from tests.shared_data import shared_data

DATA = shared_data() or Path("absent")
SCENARIOS = DATA / "cds" / "scenarios"
SCHEMAS = DATA / "cds" / "schemas" / "wco" / "declaration"

needs_corpus = pytest.mark.skipif(not SCENARIOS.is_dir(), reason="the shared CDS corpus is absent")


@cache
def scenario_files():
    """Return every file of the corpus, in a fixed order; none where it is absent."""
    return sorted(path for path in SCENARIOS.rglob("*") if path.is_file()) if SCENARIOS.is_dir() else []


def canonical(node):
    """Return a message as nested tuples: no comments, ignorable white space or prefixes.

    White space is ignorable between elements only; the text of a leaf is exact. Attributes are sorted.
    """
    children = tuple(canonical(child) for child in node if isinstance(child.tag, str))
    texts = [node.text or "", *(child.tail or "" for child in node)]
    if any(isinstance(child.tag, str) for child in node):
        texts = [text for text in texts if text.strip()]
    return node.tag, tuple(sorted(node.items())), "".join(texts), children


def canonical_bytes(data):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    return canonical(etree.fromstring(data, parser))
