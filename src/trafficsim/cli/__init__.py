"""The command ``trafficsim``. Each command imports what it needs when it runs, so that ``--help`` is fast."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from trafficsim.cli import (
    assign,
    calibrate,
    catalogue,
    convert,
    equilibrium,
    evidence,
    export,
    fitting,
    inspection,
    measure,
    optimise,
    placing,
    report,
    signals,
    simulate,
    speeds,
    start,
    validation,
)

OBJECTS_BETWEEN_COLLECTIONS = 500_000
"""At some 100 bytes each, uncollected cycles take 50 MB at most."""
app = typer.Typer(
    name="trafficsim", help="Traffic-flow simulation and policy testing.", no_args_is_help=True,
    pretty_exceptions_enable=False, rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]},
)
# The short help stands in the list of commands, whole; what a command's own --help says first is its docstring.
app.command("new", short_help="Write a first scenario and study to edit.")(start.new)
app.command("check", short_help="Report errors, repairs and inferred values of a file.")(inspection.check)
app.command("audit", short_help="Hold signal programs against guidelines and volumes.")(signals.audit)
app.command("run", cls=simulate.RunCommand, short_help="Run a scenario and show its indicators.")(simulate.run)
app.command("compare", short_help="Run a study: alternatives in pairs, with verdicts.")(simulate.compare)
app.command("report", short_help="Write the report of a study as one HTML page.")(report.report)
app.command("place", short_help="Choose where enforcement stands under a budget.")(placing.place)
app.command("rollout", short_help="Show what the rollouts of a study build, cost and avoid.")(placing.rollout)
app.add_typer(convert.app, name="import")
app.add_typer(export.app, name="export")
app.command("assign", short_help="Assign a matrix to a network: static equilibrium or optimum.")(assign.assign)
app.command("equilibrium", short_help="Look for a dynamic user equilibrium of routes.")(equilibrium.equilibrium)
app.command("optimise", short_help="Optimise signal programs by simulation.")(optimise.optimise)
app.command("calibrate", short_help="Estimate demand from counts, near a seed.")(calibrate.calibrate)
app.command("fit", short_help="Fit drivers to counts and speeds.")(fitting.fit)
app.command("validate", short_help="Hold results against counts and other observations.")(validation.validate)
app.command("speeds", short_help="Turn readings of radar into drivers for scenarios.")(speeds.speeds)
app.command("policies", short_help="Show policies and practices, their mechanisms and evidence.")(catalogue.policies)
app.command("evidence", short_help="Hold the simulation against published effects.")(evidence.evidence)
app.command("schema", short_help="Print the JSON Schema of a kind of file.")(inspection.schema)
app.command("bench", short_help="Measure the speed of the engines on this machine.")(measure.bench)


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
    """Run the command line; the exit status says how it went (see :mod:`trafficsim.cli.guard`).

    Importing and reading make many objects and hardly any cycles: looking for cycles at every 700th new object took a
    fifth of the time of a command.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    app()
