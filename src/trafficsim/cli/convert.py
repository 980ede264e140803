"""Commands that read files of others: ``import sumo``."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trafficsim.cli.guard import guarded, say
from trafficsim.cli.options import Strict

if TYPE_CHECKING:
    from trafficsim.io.sumo import SumoImport

app = typer.Typer(
    help="Make a scenario from files of other programs.", no_args_is_help=True, rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class DriversChoice(StrEnum):
    """Whose car following is taken."""

    file = "file"
    own = "own"


@app.callback()
def formats() -> None:
    """Make a scenario from files of other programs."""


@app.command("sumo")
@guarded
def sumo(
    network: Annotated[Path, typer.Argument(metavar="NET", help="Network (.net.xml), plain or gz.")],
    out: Annotated[Path, typer.Option(metavar="FILE.toml", help="Scenario to write; network and trips go beside it.")],
    routes: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Routes, trips, flows (.rou.xml); may be repeated.")
    ] = None,
    additional: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Signal programs (.add.xml); may be repeated.")
    ] = None,
    drivers: Annotated[
        DriversChoice, typer.Option(help="Car following: that of the files' vehicle types, or that of our classes.")
    ] = DriversChoice.file,
    strict: Strict = False,
) -> None:
    """Make a scenario from a SUMO network, its demand and its signal programs."""
    from trafficsim.base.repairs import refuse_repairs
    from trafficsim.io.scenario_file import write_scenario
    from trafficsim.io.sumo import read_sumo
    from trafficsim.run.trial import served

    named = (("NET", [network]), ("--routes", routes or []), ("--additional", additional or []))
    (net,), demand, programs = (tuple(_file(path, option) for path in paths) for option, paths in named)
    found = served(read_sumo(net, demand, programs, "own" if drivers is DriversChoice.own else "file"))
    if strict:
        refuse_repairs(found.network.findings)
    written = write_scenario(out, found)
    _report(found)
    for path in written:
        typer.echo(f"wrote {path}")


def _file(path: Path, option: str) -> Path:
    """Find a file, also inside an installed package (``package://NAME/PATH``, of which a path keeps one slash)."""
    from trafficsim.io.paths import PACKAGE_PREFIX, resolve_path

    return resolve_path(re.sub(r"^package:/+", PACKAGE_PREFIX, path.as_posix()), Path(), option)


def _report(found: SumoImport) -> None:
    """Print the counts, and every repair with its rule and some places."""
    for act, things in found.counts().items():
        typer.echo(f"{act}:" if things else f"{act}: nothing")
        for thing, count in things.items():
            typer.echo(f"  {count:>8,} {thing}")
    for finding in found.network.findings:
        say(f"warning: {finding.code}: {finding.where}: {finding.message}")
