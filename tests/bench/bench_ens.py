"""Entry summary declarations read and judged on one core."""

from collections.abc import Iterator

from tests.bench.bench_declarations import figure, rate
from tests.shared_data import shared_data
from tidegate.declarations.ens import (
    check_entry,
    judge_entry,
    read_archive,
    read_entry,
    sample_entry,
    write_entry,
)
from tidegate.declarations.ens.reading import EntryMessage

ARCHIVES = ("rules_cc315a.zip", "rules_cc313a.zip")


def measure() -> Iterator[dict[str, object]]:
    """Yield figures over the published cases, or over the rules' sample where they are absent."""
    messages, source = corpus()
    octets = sum(map(len, messages)) / len(messages)
    said = f"{len(messages)} messages of {source}, {octets / 1024:.1f} KB on average"
    read = [one for data in messages if (one := read_entry(data)).declaration is not None]
    declarations = [one.declaration for one in read if one.valid]
    assert len(read) == len(messages)
    yield figure("entry summary declarations read and judged", rate(check_entry, messages), 2_000, said)
    yield figure("read and judged by schema", rate(read_entry, messages), None, "")
    yield figure("judged by the rules", rate(judge_entry, declarations), None, "after reading")
    yield figure("written", rate(write_entry, read), None, "")


def corpus() -> tuple[list[bytes], str]:
    data = shared_data()
    if data is None:
        return [write_entry(EntryMessage(sample_entry()))] * 200, "the rules' sample"
    read = [
        message
        for archive in ARCHIVES
        for name, message in read_archive(data / "ens" / archive)
        if name.endswith(".xml")
    ]
    return read, "the published cases"
