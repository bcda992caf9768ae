"""``tidegate risk`` on a node: train from its journal, adopt and withdraw, try profiles, explain, watch."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from tidegate.acts import PolicyAdopted, ProfileAdopted
from tidegate.commands.face import console, json_option, node_option, now, opened, print_json, table
from tidegate.node.targeting import (
    adoption,
    explain,
    standing_now,
    train,
    usual_strangeness,
    watch_node,
)
from tidegate.node.trying import Tried, try_profiles
from tidegate.risk import BadProfileError, Profile
from tidegate.risk.adopting import TargetingRefusedError
from tidegate.risk.models import BadModelError, MissingLibraryError, TooLittleToLearnError
from tidegate.risk.standing import profile_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from tidegate.node import Node
    from tidegate.risk.adopting import Adoption
    from tidegate.risk.estimates import Estimate

_REFUSALS = (
    TargetingRefusedError,
    BadProfileError,
    BadModelError,
    MissingLibraryError,
    TooLittleToLearnError,
)
HISTORY = ".history.parquet"
_LAST = 5_000
_DAY = click.DateTime(["%Y-%m-%d"])

author_option = click.option("--by", "author", default="officer:command-line", help="Who acts.")


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A TOML file of an analyst: profiles, or a policy, as they are to be adopted."""

    profiles: tuple[ProfileAdopted, ...] = ()
    policy: PolicyAdopted | None = None


@click.command("train")
@node_option
@click.option("--seed", default=1, show_default=True, help="The same journal and seed give the same model.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Write the model here.")
@json_option
def train_command(*, folder: Path, seed: int, out: Path, as_json: bool) -> None:
    """Train a model on all that the node's controls found; it decides nothing until it is adopted."""
    with opened(folder) as node:
        try:
            made = train(node, seed)
        except _REFUSALS as error:
            raise click.ClickException(f"{error}  [{error.code}]") from None
    out.write_bytes(made.octets)
    out.with_name(out.name + HISTORY).write_bytes(made.extract)
    artefact = made.artefact
    told = {
        "model": made.digest,
        "file": str(out),
        "seed": seed,
        "learned_to": artefact.learned_to,
        "results": artefact.results,
        "irregular": artefact.irregular,
        "validated": made.measures,
    }
    if as_json:
        print_json(told)
        return
    console.print(
        f"Model {made.digest[:12]} of {artefact.results:,} results, {artefact.irregular:,} irregular, "
        f"is written to {out}. Adopt it: tidegate risk adopt {out} --node {folder}.",
        highlight=False,
    )
    if made.measures is not None:
        figures = made.measures
        rows = [(share, _figure(figures.precision_at[share])) for share in figures.precision_at]
        rows += [("AUC", _figure(figures.auc)), ("Brier", _figure(figures.brier))]
        table("Learned from the first four fifths, on the last", ["precision at", "#figure"], rows)


@click.command("adopt")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@node_option
@author_option
@click.option("--purpose", default="", help="What a model is for; a TOML file says it itself.")
@click.option("--from", "start", type=_DAY, help="The first day of a model; without it, today.")
@click.option("--until", type=_DAY, help="The last day of a model, which must be said.")
@json_option
def adopt_command(
    *,
    file: Path,
    folder: Path,
    author: str,
    purpose: str,
    start: datetime | None,
    until: datetime | None,
    as_json: bool,
) -> None:
    """Adopt the model, the profiles or the policy in FILE: from now on they decide.

    A model is what `risk train` wrote; profiles and a policy are TOML.
    """
    with opened(folder) as node:
        adopting = adoption(node, now(), author)
        try:
            if file.suffix.lower() == ".toml":
                positions = _adopt_sheet(node, adopting, read_sheet(file))
            else:
                first = start.date() if start is not None else now().date()
                positions = [_adopt_model(adopting, file, purpose, first, until)]
        except _REFUSALS as error:
            raise click.ClickException(f"{error}  [{error.code}]") from None
    if as_json:
        print_json({"file": str(file), "positions": positions})
    else:
        console.print(f"Adopted, at position {', '.join(map(str, positions))}.", highlight=False)


def _adopt_model(adopting: Adoption, file: Path, purpose: str, start: date, until: datetime | None) -> int:
    history = file.with_name(file.name + HISTORY)
    if until is None or not history.is_file():
        text = f"A model is adopted with --until, and with its history beside it, {history.name}."
        raise TargetingRefusedError(text)
    return adopting.adopt_model(
        file.read_bytes(), history.read_bytes(), purpose=purpose, start=start, until=until.date()
    )


def _adopt_sheet(node: Node, adopting: Adoption, sheet: Sheet) -> list[int]:
    """Adopt what a sheet says: profiles with what trying them showed, a policy with what is usual."""
    tried = {one.code: one for one in try_profiles(node, _profiles(sheet), _LAST)} if sheet.profiles else {}
    positions = [adopting.adopt_profile(_tested(act, tried[act.code])) for act in sheet.profiles]
    if sheet.policy is not None:
        policy = sheet.policy
        if policy.exploring_share and not policy.usual_strangeness:
            policy = msgspec.structs.replace(policy, usual_strangeness=usual_strangeness(node))
        positions.append(adopting.adopt_policy(policy))
    return positions


def _tested(act: ProfileAdopted, tried: Tried) -> ProfileAdopted:
    return msgspec.structs.replace(
        act,
        tested=tried.tested,
        held=tried.held,
        controlled=tried.controlled,
        irregular=tried.irregular,
    )


def read_sheet(file: Path) -> Sheet:
    """Read an analyst's file.

    Raises:
        TargetingRefusedError: it is not TOML, or says what no profile or policy says.
    """
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Sheet)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise TargetingRefusedError(f"{file.name}: {error}") from None


def _profiles(sheet: Sheet) -> list[Profile]:
    return [profile_of(act) for act in sheet.profiles]


@click.command("withdraw")
@click.argument("what")
@node_option
@author_option
@click.option("--reason", required=True, help="Why; it stands in the act.")
@json_option
def withdraw_command(*, what: str, folder: Path, author: str, reason: str, as_json: bool) -> None:
    """Withdraw WHAT: a profile by its code, or a model by the beginning of its digest."""
    with opened(folder) as node:
        adopting = adoption(node, now(), author)
        try:
            if any(one.code == what for one in adopting.standing.profiles):
                position = adopting.withdraw_profile(what, reason)
            else:
                position = adopting.withdraw_model(what, reason)
        except _REFUSALS as error:
            raise click.ClickException(f"{error}  [{error.code}]") from None
    if as_json:
        print_json({"withdrawn": what, "position": position})
    else:
        console.print(f"{what} is withdrawn, at position {position}.", highlight=False)


@click.group("profile")
def profile_group() -> None:
    """Profiles: what stands, and what a new one would have done."""


@profile_group.command("list")
@node_option
@json_option
def list_command(*, folder: Path, as_json: bool) -> None:
    """List the profiles, the policy and the models that stand."""
    with opened(folder) as node:
        stands = standing_now(node)
    if as_json:
        print_json({"profiles": stands.profiles, "policy": stands.policy, "models": stands.models})
        return
    rows = [
        (one.code, one.owner, one.purpose, f"{one.weight:.2f}", one.start, one.end) for one in stands.profiles
    ]
    table("Profiles", ["code", "owner", "purpose", "#weight", "from", "until"], rows)
    models = [
        (one.name, one.act.owner, one.act.purpose, one.act.start, one.act.until) for one in stands.models
    ]
    table("Models", ["model", "owner", "purpose", "from", "until"], models)
    policy = msgspec.to_builtins(stands.policy)
    table("Policy", ["setting", "value"], [(name.replace("_", " "), one) for name, one in policy.items()])


@profile_group.command("test")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@node_option
@click.option("--last", default=5_000, show_default=True, type=click.IntRange(1), help="Declarations.")
@json_option
def test_command(*, file: Path, folder: Path, last: int, as_json: bool) -> None:
    """Try the profiles in FILE on the declarations lodged last: what they hold for, find and repeat."""
    with opened(folder) as node:
        try:
            tried = try_profiles(node, _profiles(read_sheet(file)), last)
        except _REFUSALS as error:
            raise click.ClickException(f"{error}  [{error.code}]") from None
    if as_json:
        for one in tried:
            print_json(one)
        return
    rows = [
        (
            one.code,
            one.tested,
            one.held,
            one.controlled,
            _rate(one.hit_rate),
            _rate(one.of_all),
            _rate(one.at_random),
            ", ".join(f"{name} ({count})" for name, count in one.overlap.items()),
        )
        for one in tried
    ]
    heads = [
        "profile",
        "#tested",
        "#holds for",
        "#with a result",
        "irregular",
        "of all",
        "at random",
        "overlap",
    ]
    table("Tried on history", heads, rows)


@click.command("explain")
@click.argument("mrn")
@node_option
@json_option
def explain_command(*, mrn: str, folder: Path, as_json: bool) -> None:
    """Explain to an officer why MRN took its channel. What it prints is not for the declarant."""
    with opened(folder) as node:
        told = explain(node, mrn)
    if as_json:
        print_json(told)
        return
    console.print(f"[bold]{told.mrn}[/bold]  channel {told.channel or 'none'}", highlight=False)
    drawn = f" Probability {told.probability:.2%}." if told.probability is not None else ""
    console.print(f"Stratum {told.stratum or 'none'}: {told.grounds}{drawn}", highlight=False)
    if told.model:
        whose = f"{told.model_owner}: {told.model_purpose}" if told.model_owner else "unknown"
        console.print(
            f"Model {told.model} ({whose}): likelihood {told.likelihood or 0:.1%}, "
            f"strangeness {told.strangeness or 0:.2f}.",
            highlight=False,
        )
    table(
        f"Reasons: score {told.score:.2f}",
        ["#item", "#weight", "profile", "reason"],
        [(one.item, f"{one.weight:.2f}", one.profile or "(model)", one.text) for one in told.reasons],
    )
    table(
        "Like past cases",
        ["MRN", "day", "result", "what they share"],
        [
            (one.declaration, one.day, "irregular" if one.irregular else "conform", ", ".join(one.shared))
            for one in told.like_cases
        ],
    )


@click.command("watch")
@node_option
@json_option
def watch_command(*, folder: Path, as_json: bool) -> None:
    """Watch the controls: what they find, whom they burden, and whether what was learned still holds."""
    with opened(folder) as node:
        told = watch_node(node)
    if as_json:
        print_json(told)
        return
    performance = told.performance
    console.print(
        f"{told.declarations:,} declarations. Irregular of all: {_rate(performance.hit_rate)}; "
        f"missed of these: {_rate(performance.leakage)}.",
        highlight=False,
    )
    rows = [(name, count, found, f"{found / count:.1%}") for name, (count, found) in told.strata.items()]
    table("Controls with a result", ["stratum", "#controls", "#irregular", "#hit rate"], rows)
    for name, groups in told.groups.items():
        lines = [
            (
                one.value,
                one.declarations,
                _rate(one.burden),
                _rate(one.hits),
                _rate(one.at_random),
                one.concern,
            )
            for one in groups
        ]
        table(
            f"By {name}",
            [name, "#declarations", "chosen by risk", "irregular", "at random", "concern"],
            lines,
        )
    drifts = [(one.what, one.values, one.since, one.before, one.after) for one in told.drifts]
    table("Changes", ["what", "#values", "since", "#before", "#after"], drifts)


def _rate(one: Estimate) -> str:
    if one.value is None:
        return "not known"
    return f"{one.value:.1%} ({one.low:.1%} to {one.high:.1%})"


def _figure(number: float | None) -> str:
    return "" if number is None else f"{number:.3f}"


COMMANDS = (train_command, adopt_command, withdraw_command, profile_group, explain_command, watch_command)
