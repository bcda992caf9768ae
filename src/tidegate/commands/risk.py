"""``tidegate risk``: back-test targeting on an administration's data, rehearse it, use it on a node."""

from __future__ import annotations

import csv
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import polars as pl
from rich.progress import Progress

from tidegate.commands.face import console, json_option, now, print_json, table, to_stderr
from tidegate.commands.face import told as told_known
from tidegate.commands.risk_node import COMMANDS
from tidegate.declarations.flat_mapping import load_mapping
from tidegate.risk.backtest import Backtest, backtest, figures_of
from tidegate.risk.examining import examine
from tidegate.risk.labels import LabelsError, load_labels
from tidegate.risk.models import MissingLibraryError, TooLittleToLearnError
from tidegate.risk.tables import Table, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tidegate.risk.models import Measures

_OWN_ERRORS = (LabelsError, MissingLibraryError, TooLittleToLearnError)


class SeveralAfterOne(click.Command):
    """A command whose option ``--train`` takes all the files that follow it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give each file that follows ``--train`` an option of its own."""
        return super().parse_args(ctx, list(_one_each(args)))


def _one_each(args: list[str]) -> Iterator[str]:
    after, first = False, False
    for arg in args:
        if arg.startswith("-") and arg != "-":
            after, first = arg == "--train", arg == "--train"
            yield arg
        elif after and not first:
            yield from ("--train", arg)
        else:
            first = False
            yield arg


@click.group()
def risk() -> None:
    """Find more with fewer controls, and know how well."""


for one in COMMANDS:
    risk.add_command(one)


@risk.command("backtest", cls=SeveralAfterOne)
@click.option("--map", "mapping", required=True, help="The mapping of the columns: a name or a TOML file.")
@click.option(
    "--labels", help="Which columns hold results: a name or a TOML file; without it, the mapping's."
)
@click.option(
    "--train",
    "trains",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Files with results to learn from; several may follow.",
)
@click.option(
    "--test",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The file to score; its results, where it has any, are read for the figures alone.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same scores.")
@click.option("--scores", type=click.Path(path_type=Path), help="Write id and score of each test row here.")
@json_option
def backtest_command(
    *,
    mapping: str,
    labels: str | None,
    trains: tuple[Path, ...],
    test: Path,
    seed: int,
    scores: Path | None,
    as_json: bool,
) -> None:
    """Train on files with results, score another, and compare with what others do on the same rows."""
    begun = time.perf_counter()
    try:
        with told_known(), Progress(console=to_stderr, transient=True, disable=as_json) as bar:
            task = bar.add_task("Reading", total=None)
            known, words = load_mapping(mapping), load_labels(labels or mapping)
            tables = [read_table(path, known, words) for path in trains]
            tested = read_table(test, known, words)
            history = pl.concat([one.frame for one in tables], how="diagonal_relaxed")
            done = backtest(
                history, tested.frame, seed, progress=lambda what: bar.update(task, description=what)
            )
    except _OWN_ERRORS as error:
        raise click.ClickException(f"{error}  [{error.code}]") from None
    if scores is not None:
        _write_scores(scores, tested, done)
    told = _told(done, tested, [*tables, tested], time.perf_counter() - begun)
    if as_json:
        print_json(told)
    else:
        _show(told)


def _write_scores(path: Path, tested: Table, done: Backtest) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("id", "score"))
        writer.writerows(zip(tested.ids.to_list(), done.scores.tolist(), strict=True))


def _told(done: Backtest, tested: Table, tables: list[Table], seconds: float) -> dict[str, Any]:
    findings = [
        {"code": one.code, "location": one.location, "text": one.text}
        for each in tables
        for one in each.findings
    ]
    findings += [
        {"code": one.code, "location": one.location, "text": one.text}
        for each in tables
        for one in examine(each.frame, now())
    ]
    return {
        **_figures(figures_of(done.scores, tested.frame)),
        "seconds": round(seconds, 2),
        "rows": tested.frame.height,
        "baselines": {name: _figures(figures_of(one, tested.frame)) for name, one in done.rivals.items()},
        "new_lots": {
            "rows": int((~done.repeated).sum()),
            **_figures(figures_of(done.scores, tested.frame, ~done.repeated)),
        },
        "model": done.targeting.model.digest(),
        "findings": findings,
    }


def _figures(found: Measures) -> dict[str, Any]:
    return {
        "precision_at": found.precision_at,
        "recall_at": found.recall_at,
        "auc": found.auc,
        "brier": found.brier,
    }


def _show(told: dict[str, Any]) -> None:
    rows = [("Tidegate", told), *told["baselines"].items(), ("Tidegate, new lots only", told["new_lots"])]
    console.print(f"{told['rows']:,} rows scored in {told['seconds']} s.", highlight=False)
    shares = list(told["precision_at"])
    lines = []
    for name, figures in rows:
        cells = [figures["precision_at"][share] for share in shares] + [figures["auc"], figures["brier"]]
        lines.append((name, *("" if cell is None else f"{cell:.3f}" for cell in cells)))
    heads = [f"#precision at {float(share):.0%}" for share in shares]
    table("How well each finds", ["who", *heads, "#AUC", "#Brier"], lines)
    table("Findings", ["code", "where", "what"], [tuple(one.values()) for one in told["findings"]])


@risk.command("rehearse")
@click.option("--seed", default=1, show_default=True, help="The seed of the simulated year.")
@click.option("--redraws", default=2000, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option(
    "--declarations",
    default=50_000,
    show_default=True,
    type=click.IntRange(2_000, 1_000_000),
    help="In the year.",
)
@json_option
def rehearse_command(*, seed: int, redraws: int, declarations: int, as_json: bool) -> None:
    """Try estimators and exploration on a simulated year whose truth is known."""
    from tidegate.risk.rehearsing import NewScheme, as_told, rehearse

    begun = time.perf_counter()
    with told_known(), Progress(console=to_stderr, transient=True, disable=as_json) as bar:
        task = bar.add_task("Simulating", total=1.0)
        items = _simulated_year(seed, declarations)
        bar.update(task, description="Rehearsing")
        done = rehearse(
            items,
            seed,
            redraws,
            NewScheme(begins=_MONTH_SEVEN),
            progress=lambda part: bar.update(task, completed=part),
        )
    told = {**as_told(done), "seconds": round(time.perf_counter() - begun, 2)}
    if as_json:
        print_json(told)
        return
    console.print(
        f"{done.declarations:,} declarations, of which a control would find {done.hit_rate:.2%} irregular. "
        f"Over {done.redraws:,} redraws of the random stratum the 95 % interval covers that in "
        f"{done.coverage:.1%}.\n"
        f"A new scheme of {done.new:,} declarations of authorised traders appears in month seven:",
        highlight=False,
    )
    rows = [
        (name.replace("_", " "), done.controls[name], done.detected[name], done.detected_new[name])
        for name in done.detected
    ]
    table("The year, played twice", ["policy", "#controls", "#found", "#of the new scheme"], rows)


_MONTH_SEVEN = date(2026, 7, 1)


def _simulated_year(seed: int, declarations: int) -> pl.DataFrame:
    """Return the first declarations of a simulated 2026 with what a physical control would find of each."""
    from tidegate.simulation import Inspector, World, simulate_span, truths_of
    from tidegate.simulation.frames import Frames

    frames = simulate_span(World.make(seed), date(2026, 1, 1), 365, declarations // 350 + 1)
    references = frames.goods_items["declaration"].unique(maintain_order=True).to_list()
    # Evenly thinned, so that the year stays whole.
    kept = {references[place * len(references) // declarations] for place in range(declarations)}
    among = frames.goods_items["declaration"].is_in(list(kept))
    frames = Frames(frames.goods_items.filter(among), frames.truth.filter(among))
    inspector = Inspector(seed)
    found = {name: inspector.inspect(truth, name).outcome == "irregular" for name, truth in truths_of(frames)}
    outcome = pl.Series("outcome", [found[name] for name in frames.goods_items["declaration"].to_list()])
    return frames.goods_items.with_columns(outcome)
