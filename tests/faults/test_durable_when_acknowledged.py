"""What the operating system sees of a lodging: bytes, their synchronisation, and then the acknowledgement."""

import re
import shutil
import subprocess

import pytest

from tests.faults.tracing import COUNT, broken_promises, trace_of


def traceable():
    if shutil.which("strace") is None:
        return False
    done = subprocess.run(["strace", "-f", "--seccomp-bpf", "true"], capture_output=True, check=False)
    return done.returncode == 0


pytestmark = pytest.mark.skipif(not traceable(), reason="strace is not here, or may not trace")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return trace_of(tmp_path_factory.mktemp("traced"))


def test_each_acknowledgement_follows_the_synchronisation_of_its_bytes(sound):
    lines, journal = sound
    assert sum("write(1<" in line for line in lines) == COUNT
    assert broken_promises(lines, journal) == []


def test_without_synchronisation_the_acknowledgements_are_seen_to_come_too_early(tmp_path):
    broken = broken_promises(*trace_of(tmp_path, "--synchronous", "OFF"))
    assert len(broken) == COUNT
    assert all("journal.sqlite-wal" in one for one in broken)


def without_each_synchronisation(lines, until):
    """Yield the path of each synchronisation before line `until`, and the trace without it."""
    for at in range(until):
        found = re.match(r"(?P<process>\d+) +f(data)?sync\(\d+<(?P<path>[^>]*)>", lines[at])
        if found is None:
            continue
        gone = {at}
        if "unfinished" in lines[at]:
            # A call that others interrupt ends in a line of its own.
            end = rf"{found['process']} +<\.\.\. f"
            gone.add(next(n for n in range(at, len(lines)) if re.match(end, lines[n])))
        yield found["path"], [line for n, line in enumerate(lines) if n not in gone]


def test_any_one_synchronisation_of_the_first_batch_is_missed_when_it_is_gone(sound):
    """The first batch makes the log and new folders: log, its folder, attachments, their folders."""
    lines, journal = sound
    first = next(at for at, line in enumerate(lines) if "write(1<" in line)
    log = f"{journal}/journal.sqlite-wal"
    paths, noticed = [], []
    for path, rest in without_each_synchronisation(lines, first):
        paths.append(path)
        if broken_promises(rest, journal):
            noticed.append(path)
    assert {str(journal), log, f"{journal}/attachments"} < set(paths)
    # The log is synchronised after its header, after the attachments' rows and after the commit: the last of
    # these covers the others, and is what an acknowledgement waits for.
    assert (paths.count(log), noticed.count(log)) == (3, 1)
    assert [path for path in noticed if path != log] == [path for path in paths if path != log]


def test_an_acknowledgement_without_its_frame_or_its_attachment_is_noticed(sound):
    lines, journal = sound
    no_frames = [line for line in lines if "journal.sqlite-wal" not in line]
    assert "frame" in broken_promises(no_frames, journal)[0]
    no_names = [line for line in lines if "rename" not in line]
    assert "name of its attachment" in broken_promises(no_names, journal)[0]
