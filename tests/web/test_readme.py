"""The client session in the README does what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import free_port
from tests.shared_data import shared_data

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.skipif(shared_data() is None, reason="the shared data is not there: nothing to lodge")
def test_the_client_session_of_the_readme_runs_to_clearance(tmp_path):
    section = README.read_text().partition("## A client session")[2]
    script = re.search(r"```sh\n(.*?)```", section, re.DOTALL)[1]
    first, _, rest = script.partition("\n")
    assert first.startswith("NODE=")
    given = f"NODE={tmp_path / 'uk'} PORT={free_port()} DATA={shared_data() / 'cds' / 'scenarios'}"
    run = subprocess.run(
        ["bash", "-ceuo", "pipefail", f"{given}\n{rest}"],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "TIDEGATE_DATA": str(shared_data()),
        },
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    said = run.stdout
    assert run.returncode == 0, run.stderr[-2000:]
    assert "202" in said
    assert {"FunctionCode>01", "FunctionCode>09"} <= set(re.findall(r"FunctionCode>\d+", said))
    assert '"state":"rejected"' in said
    assert re.search(
        r'"code":"[A-Z0-9-]+","location":"[^"]*currencyID[^"]*"|"location":"[^"]*Amount[^"]*"', said
    )
