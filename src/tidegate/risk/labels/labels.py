"""Labels files: beside the mapping of what was declared, the columns of what was found."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import msgspec
import polars as pl


class LabelsError(Exception):
    """A labels file that cannot be used: which one, and what would be right."""

    code = "risk.labels"


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One outcome: the column, its values that mean yes and those that mean no. Others mean: not known."""

    column: str
    values: tuple[str, ...]
    conform: tuple[str, ...]

    def read(self, table: pl.DataFrame) -> pl.Series:
        """Return true, false or null for each row of a table of text; all null where the column lacks."""
        if self.column not in table.columns:
            return pl.Series([None] * table.height, dtype=pl.Boolean)
        said = pl.col(self.column).str.strip_chars()
        whole = said.str.strip_suffix(".0")  # some tools write 1 as 1.0
        return table.select(
            pl.when(whole.is_in(self.values)).then(True)  # noqa: FBT003 - a value of the frame
            .when(whole.is_in(self.conform)).then(False)  # noqa: FBT003 - as above
            .alias("label")
        ).to_series()  # fmt: skip


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outcomes of controls: irregular at all, grave (public safety), and when the result was known."""

    irregular: Label
    grave: Label | None = None
    known: str | None = None  # the column of the day the result was known
    known_format: str = "%Y-%m-%d"


def load_labels(name_or_path: str | Path) -> Labels:
    """Load labels that ship with Tidegate by their name, or others by the path of their TOML file.

    Raises:
        LabelsError: there are none of this name, or they say what no labels file says.
    """
    name = str(name_or_path)
    try:
        if isinstance(name_or_path, Path) or name.endswith(".toml"):
            data = Path(name_or_path).read_bytes()
        else:
            data = (resources.files("tidegate.risk.labels") / f"{name}.toml").read_bytes()
        return msgspec.toml.decode(data, type=Labels)
    except OSError as error:
        raise LabelsError(f"labels {name}: cannot be read ({error.strerror}); name a TOML file") from error
    except msgspec.DecodeError as error:
        raise LabelsError(f"labels {name}: {error}") from error
