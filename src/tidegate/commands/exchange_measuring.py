"""``tidegate exchange`` where it measures and proves: dry run, review, map, audit, rehearsal."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import click
import msgspec

from tidegate.commands.face import KnownError, json_option, node_option, now, opened, print_json, table
from tidegate.exchange import canonical, read_agreement, standing_of
from tidegate.exchange.dry_run import dry_run
from tidegate.exchange.rendering import agreement_key
from tidegate.exchange.review import review
from tidegate.exchange.review_page import partner_map, review_page

_QUARTER, _YEAR = 92, 365


@click.command(name="dry-run")
@click.argument("agreement")
@node_option
@click.option(
    "--days", default=_QUARTER, show_default=True, type=click.IntRange(1, 3660), help="How far back."
)
@json_option
def dry_run_(agreement: str, folder: Path, days: int, *, as_json: bool) -> None:
    """Print what AGREEMENT would have let out of the past quarter, by kind and field, with examples.

    AGREEMENT is the name of one that was proposed or signed here, or a file with a draft (JSON).
    """
    with opened(folder) as node:
        path = Path(agreement)
        if path.is_file():
            read = read_agreement(canonical(json.loads(path.read_text(encoding="utf-8"))))
        else:
            held = standing_of(node.journal).agreements.get(agreement)
            if held is None:
                raise click.UsageError(f"There is no agreement and no file {agreement!r}.")
            read = (held.current or held.versions[max(held.versions)]).agreement
        until = now()
        key = agreement_key(node.key, read.uid)
        told = dry_run(node.journal, read, node.origin, key, (until - timedelta(days=days), until))
    totals = {
        "agreement": read.uid,
        "days": days,
        "clauses": len(told),
        "acts": sum(one.acts for one in told),
        "shared": sum(one.shared for one in told),
        "rows": sum(one.rows for one in told),
        "fields": sum(sum(one.fields.values()) for one in told),
    }
    if as_json:
        for one in told:
            print_json(one)
        print_json(totals)
        return
    for one in told:
        title = f"{one.clause}: {one.shared} of {one.acts} acts ({one.kind}) to {one.to}, {one.rows} rows"
        table(title, ["field", "#times"], list(one.fields.items()))
        for example in one.examples:
            click.echo(f"  {json.dumps(example, ensure_ascii=False)}")


@click.command(name="review")
@click.argument("partner")
@node_option
@click.option("--days", default=_YEAR, show_default=True, type=click.IntRange(1, 3660), help="How far back.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the document to this file.")
@json_option
def review_(partner: str, folder: Path, days: int, out: Path | None, *, as_json: bool) -> None:
    """Write the yearly review of what is exchanged with PARTNER, measured from acts alone (Markdown)."""
    with opened(folder) as node:
        if partner not in standing_of(node.journal).partners:
            raise click.UsageError(f"There is no partner {partner!r} here.")
        node.catch_up()
        until = now()
        told = review(node.journal, node.origin, partner, until - timedelta(days=days), until)
        page = review_page(told, node.origin)
    if out is not None:
        out.write_text(page, encoding="utf-8")
    if as_json:
        print_json(told)
    elif out is None:
        click.echo(page, nl=False)


@click.command(name="map")
@node_option
def map_(folder: Path) -> None:
    """Print the partners and agreements as a graph, in Mermaid's language."""
    with opened(folder) as node:
        click.echo(partner_map(standing_of(node.journal), node.origin), nl=False)


@click.command()
@click.argument("partner")
@node_option
@json_option
@click.pass_context
def audit(ctx: click.Context, partner: str, folder: Path, *, as_json: bool) -> None:
    """Hold the log of PARTNER against this one and what was witnessed of it; list every difference.

    The exit status is 1 where there is one.
    """
    from tidegate.exchange.auditing import audit as held_against
    from tidegate.node.exchange_asking import asking

    with opened(folder) as node:
        known = standing_of(node.journal).partners.get(partner)
        if known is None:
            raise click.UsageError(f"There is no partner {partner!r} here.")
        with asking(node, known, now) as ask:
            found = held_against(node.journal, known, ask)
    for one in found.differences:
        print_json(one) if as_json else click.echo(f"{one.what}: {one.id} {one.text}")
    told = {name: getattr(found, name) for name in ("partner", "size", "sent", "received")}
    told["differences"] = len(found.differences)
    print_json(told) if as_json else click.echo(json.dumps(told))
    ctx.exit(1 if found.differences else 0)


@click.command()
@node_option
@click.option("--once", is_flag=True, help="End when nothing waits any more.")
def deliver(folder: Path, *, once: bool) -> None:
    """Answer what is new and bring partners what waits for them, until told to stop."""
    import threading

    from tidegate.node.exchange_running import Runner, run

    with opened(folder) as node:
        run(node, Runner(node, now), threading.Event(), once=once)


@click.command()
@click.option("--nodes", default=3, show_default=True, type=click.IntRange(2, 8), help="How many nodes.")
@click.option(
    "--days", default=2, show_default=True, type=click.IntRange(1, 30), help="Days of trade at each."
)
@click.option(
    "--declarations", default=20, show_default=True, type=click.IntRange(5, 1000), help="A day and node."
)
@click.option("--seed", default=1, show_default=True, help="The seed of trade and of what goes wrong.")
@click.option("--faults", is_flag=True, help="Kill, cut, slow, double, reorder, alter, and set clocks wrong.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep nodes and capture in this empty folder.")
@json_option
@click.pass_context
def rehearse(
    ctx: click.Context,
    nodes: int,
    days: int,
    declarations: int,
    seed: int,
    *,
    keep: Path | None,
    faults: bool,
    as_json: bool,
) -> None:
    """Rehearse: nodes in processes on loopback, four agreements, simulated trade; count what came of it.

    The exit status is 1 where anything was lost, came twice, was out of scope, or differs in an audit.
    """
    from tidegate.node.exchange_rehearsal import NotSettledError, rehearsal_folder
    from tidegate.node.exchange_rehearsal import rehearse as rehearsed

    try:
        with rehearsal_folder(keep) as folder:
            told = rehearsed(
                folder,
                nodes=nodes,
                days=days,
                declarations=declarations,
                seed=seed,
                faults=faults,
                tell=lambda text: click.echo(text, err=True),
            )
    except NotSettledError as error:
        raise KnownError(f"{error}  [{error.code}]") from None
    if as_json:
        print_json(told)
    else:
        for name, value in msgspec.to_builtins(told).items():
            click.echo(f"{name}: {value}")
    wrong = told.lost or told.twice or told.out_of_scope or told.audit_differences
    unrefused = told.faults["altered"] != told.faults["altered_refused"]
    ctx.exit(1 if wrong or unrefused else 0)


MEASURING = (dry_run_, review_, map_, audit, deliver, rehearse)
