"""The command ``trafficsim``. Each command imports what it needs when it runs, so that ``--help`` is fast."""

from __future__ import annotations

from typing import Annotated

import typer

from trafficsim.cli import catalogue, convert, inspection, measure, simulate, start

app = typer.Typer(
    name="trafficsim", help="Traffic-flow simulation and policy testing.", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False, rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("new")(start.new)
app.command("run")(simulate.run)
app.command("compare")(simulate.compare)
app.command("check")(inspection.check)
app.add_typer(convert.app, name="import")
app.command("policies")(catalogue.policies)
app.command("schema")(inspection.schema)
app.command("bench")(measure.bench)


def _version(wanted: bool) -> None:
    if wanted:
        from trafficsim import __version__

        typer.echo(__version__)
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")]


@app.callback()
def common(version: Version = False) -> None:
    """Traffic-flow simulation and policy testing."""


def main() -> None:
    """Run the command line; the exit status says how it went (see :mod:`trafficsim.cli.guard`)."""
    app()
