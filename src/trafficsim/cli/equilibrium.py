"""The command that looks for a dynamic equilibrium: ``equilibrium``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from trafficsim.cli.assign import Objective
from trafficsim.cli.guard import guarded, print_json, say
from trafficsim.cli.options import Json
from trafficsim.cli.simulate import progress_shown


class Switching(StrEnum):
    """Who switches to the cheapest path."""

    gap = "gap"
    msa = "msa"


@guarded
def equilibrium(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO.toml", help="Scenario file.")],
    engine: Annotated[str, typer.Option(metavar="NAME", help="How vehicles move.")] = "queue",
    objective: Annotated[
        Objective | None, typer.Option(help="Nobody finds a faster route, or routes of least marginal cost.")] = None,
    gap: Annotated[float | None, typer.Option(help="Relative gap at which to stop.")] = None,
    iterations: Annotated[int | None, typer.Option(help="Most iterations (runs of the design day).")] = None,
    interval_s: Annotated[float | None, typer.Option(help="Length of an interval of departure and of times.")] = None,
    switching: Annotated[Switching | None, typer.Option(help="By what they save, or by averages.")] = None,
    starts: Annotated[int, typer.Option(min=1, metavar="N", help="Searches with other draws of who switches.")] = 1,
    out: Annotated[Path | None, typer.Option(
        metavar="DIR", help="Write convergence.csv, starts.csv, links.csv and trips.csv (with routes) there.")] = None,
    as_json: Json = False,
) -> None:
    """Look for a dynamic user equilibrium of the routes of a scenario.

    Options that are left out are those of the table [equilibrium] of the scenario.
    """
    from trafficsim import api
    from trafficsim.results.unserved import unserved_lines

    with progress_shown():
        result = api.equilibrium(
            scenario, engine=engine, objective=None if objective is None else objective.value, gap=gap,
            iterations=iterations, interval_s=interval_s, switching=None if switching is None else switching.value,
            starts=starts)
    if out is not None:
        result.save(out)
    told = result.as_json()
    if not result.converged:
        say(f"warning: not converged: relative gap {result.relative_gap:.3g}, {result.settings.gap:g} was asked for; "
            f"{told['unfinished']:,} trips did not arrive. Remedy: give more with --iterations, ask for less with "
            f"--gap, or look at the demand.")
    if as_json:
        print_json(told)
        return
    typer.echo(result.convergence.to_string(index=False))
    for line in unserved_lines(told.pop("unserved", {})):
        say(line)
    for name, value in told.items():
        if not isinstance(value, list):
            typer.echo(f"{name:>20}  {value:,.10g}" if isinstance(value, float) else f"{name:>20}  {value}")
