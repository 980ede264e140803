"""The command that fits drivers to counts and speeds: ``fit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trafficsim.cli.calibrate import WRITTEN
from trafficsim.cli.guard import guarded, print_json, say_findings, show
from trafficsim.cli.options import Json, Workers

if TYPE_CHECKING:
    from trafficsim.run.calibration.driver_parameters import ParameterFit

COMPARED = ("flow_veh_h", "speed_kmh", "free_speed_mean_kmh", "free_speed_sd_kmh")


@guarded
def fit(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario whose drivers are fitted.")],
    counts: Annotated[Path, typer.Option(metavar="FILE", help="Counts, with speeds (CSV, or SUMO edge data).")],
    parameters: Annotated[str, typer.Option(metavar="NAMES", help="free_speed.ROAD_CLASS, speed_spread.ROAD_CLASS, "
                                            "saturation_flow; separated by commas.")],
    hold_out: Annotated[float, typer.Option(help="Share of the detectors that is not used.")] = 0.2,
    seed: Annotated[int, typer.Option(help="Draws the detectors that are held out.")] = 1,
    engine: Annotated[str, typer.Option(help="Engine that is run.")] = "queue",
    replications: Annotated[int, typer.Option(help="Runs at every point of the search.")] = 6,
    workers: Workers = 1,
    time_zone: Annotated[str | None, typer.Option(help="Time zone of the clock, as Europe/Berlin.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a scenario with what was found.")] = None,
    as_json: Json = False,
) -> None:
    """Fit free speeds, their spread and the saturation flow to counts and speeds; say what told each."""
    from trafficsim import api
    from trafficsim.run.calibration.driver_parameters import Simulating

    how = Simulating(engine, replications, workers, hold_out=hold_out, seed=seed)
    found = api.fit_parameters(scenario, counts, [name.strip() for name in parameters.split(",")], simulating=how,
                               time_zone=time_zone, out=out)
    say_findings(found.findings)
    if as_json:
        print_json({"parameters": found.parameters.to_dict("records"), "changes": found.changes,
                    "converged": found.fit.converged, "points": found.fit.runs,
                    "alike": [list(pair) for pair in found.fit.alike]})
        return
    _show(found)
    if out is not None:
        typer.echo(WRITTEN.format(out))


def _show(found: ParameterFit) -> None:
    from rich.table import Table

    table = Table("parameter", "factor", "95 % interval", "believed before", "told by")
    for row in found.parameters.itertuples():
        table.add_row(str(row.parameter), f"{row.factor:.3f}", f"{row.low:.3f} to {row.high:.3f}",
                      f"1 \u00b1 {1.96 * float(str(row.prior_sd)):.2f}", str(row.told_by))
    show(table)
    for line in lines_of(found):
        typer.echo(line)


def lines_of(found: ParameterFit) -> list[str]:
    """Say how the search ended, what cannot be told apart, and how observations that were used are met."""
    ended = "ended where no step promises a gain" if found.fit.converged else "did not end: ask for more replications"
    lines = [f"search: {found.fit.runs} points, {ended}"]
    lines += [f"cannot be told apart: {one} and {other} (correlation {value:.2f})"
              for one, other, value in found.fit.alike]
    table = found.comparison
    for what in COMPARED:
        rows = table[(table["what"] == what) & table["simulated"].notna()]
        if len(rows):
            off = (rows["simulated"] - rows["observed"]).astype(float)
            lines.append(f"{what}, {len(rows)} observations that were used: simulated less observed {off.mean():+.1f} "
                         f"on average, {(off**2).mean() ** 0.5:.1f} root mean square")
    return lines
