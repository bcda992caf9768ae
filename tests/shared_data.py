"""Where the shared data lies: beside the project, or where $TIDEGATE_DATA says; None where it is absent."""

import os
from pathlib import Path


def shared_data() -> Path | None:
    """Return the folder of the shared data, or None."""
    beside = Path(__file__).parent.parent.parent / "shared" / "data"
    folder = Path(os.environ.get("TIDEGATE_DATA", beside))
    return folder if folder.is_dir() else None
