"""The command that assigns a matrix to a network: ``assign``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from trafficsim.cli.guard import guarded, print_json, say
from trafficsim.cli.options import Json


class Objective(StrEnum):
    """What an assignment looks for."""

    user_equilibrium = "user_equilibrium"
    system_optimum = "system_optimum"


@guarded
def assign(
    network: Annotated[Path, typer.Argument(metavar="NET", help="Network (TNTP, or any format that import reads).")],
    matrix: Annotated[Path, typer.Argument(metavar="MATRIX", help="Trips from zone to zone (TNTP, or CSV).")],
    objective: Annotated[Objective, typer.Option(help="Nobody finds a cheaper path, or the total cost is least.")]
    = Objective.user_equilibrium,
    gap: Annotated[float, typer.Option(help="Relative gap at which to stop.")] = 1e-4,
    iterations: Annotated[int, typer.Option(help="Most iterations.")] = 1000,
    toll_weight: Annotated[float, typer.Option(help="Time units per unit of toll.")] = 0.0,
    length_weight: Annotated[float, typer.Option(help="Time units per unit of length.")] = 0.0,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write links.csv and iterations.csv there.")] = None,
    as_json: Json = False,
) -> None:
    """Assign a matrix to a network: static user equilibrium or system optimum."""
    from trafficsim import api

    weights = {"toll": toll_weight, "length": length_weight}
    result = api.assign(network, matrix, objective.value, gap, iterations, weights)
    totals = result.as_dict()
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        result.links.to_csv(out / "links.csv", index=False)
        result.iterations.to_csv(out / "iterations.csv", index=False)
    if not result.converged:
        say(f"warning: not converged: relative gap {result.relative_gap:.3g} after {iterations:,} iterations, {gap:g} "
            f" was asked for. Remedy: give more with --iterations, or ask for less with --gap.")
    if as_json:
        print_json(totals)
        return
    for name, value in totals.items():
        typer.echo(f"{name:>20}  {value:,.10g}" if isinstance(value, float) else f"{name:>20}  {value}")
