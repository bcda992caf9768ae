"""The command line: ``tidegate``. Subcommands are loaded when they are called, so that help is quick."""

from __future__ import annotations

import importlib
import sys
from typing import ClassVar

import click

from tidegate import __version__


class Door(click.Group):
    """A group whose commands live in modules of their own and are imported when asked for."""

    doors: ClassVar[dict[str, tuple[str, str]]] = {
        "init": ("tidegate.commands.init:init", "Make a new node in a folder."),
        "simulate": ("tidegate.commands.simulate:simulate", "Play days of simulated trade, or write them."),
        "clear": ("tidegate.commands.clear:clear", "Lodge messages from files and decide on them."),
        "bulk": ("tidegate.commands.bulk:bulk", "Clear low-value consignments (H7) by the million."),
        "show": ("tidegate.commands.show:show", "Tell the story of one consignment."),
        "notices": ("tidegate.commands.notices:notices", "Tell what an operator was told."),
        "declaration": ("tidegate.commands.declaration:declaration", "Read and write declarations."),
        "tariff": ("tidegate.commands.tariff:tariff", "Read rates, load schedules, explain codes."),
        "risk": ("tidegate.commands.risk:risk", "Back-test targeting, rehearse it on known truth."),
        "ens": ("tidegate.commands.ens:ens", "Rehearse a carrier's day before arrival."),
        "cds": ("tidegate.commands.cds:cds", "Play the UK's trade-test scenarios."),
        "demo": ("tidegate.commands.demo:demo", "Serve a living node to look at."),
        "serve": ("tidegate.commands.serve:serve", "Serve a node over HTTP."),
        "follow": ("tidegate.commands.follow:follow", "Answer what is new in the journal, until stopped."),
        "operator": ("tidegate.commands.operator:operator", "Register operators, say who may act for whom."),
        "insight": ("tidegate.commands.insight:insight", "Measure release times, and who held the goods."),
        "exchange": ("tidegate.commands.exchange:exchange", "Share with partners what agreements allow."),
        "journal": ("tidegate.commands.journal:journal", "Verify, read and replay the journal."),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands."""
        del ctx
        return list(self.doors)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a subcommand, or None."""
        del ctx
        if cmd_name not in self.doors:
            return None
        module, _, name = self.doors[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands from the table of doors, importing none of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self.doors.items()])


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tidegate")
def cli() -> None:
    """Tidegate, an open customs node.

    It receives what is stated about goods, decides what happens to each consignment, and keeps every
    official act in a journal that can be verified. Begin with: tidegate init DIR, then
    tidegate clear --node DIR FILES.
    """


def main() -> None:
    """Run the command line; an error that is known is told in one line, with exit status 2."""
    try:
        status = cli.main(prog_name="tidegate", standalone_mode=False)  # what ctx.exit was given
        sys.exit(status if isinstance(status, int) else 0)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
