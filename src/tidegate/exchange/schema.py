"""The JSON Schema of agreements: ``python -m tidegate.exchange.schema`` writes the published file anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from tidegate.exchange.model import Agreement
from tidegate.exchange.terms import PROFILE

FILE = Path(__file__).with_name("agreement-1.schema.json")


def schema() -> dict[str, Any]:
    """Return the schema as the values say it; what contradicts itself is only found by reading."""
    (found,), parts = msgspec.json.schema_components([Agreement], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{PROFILE}/agreement.schema.json",
        **json.loads(json.dumps({**found, "$defs": parts})),
    }


def _read() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return read


SCHEMA = _read()

if __name__ == "__main__":
    FILE.write_text(json.dumps(schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
