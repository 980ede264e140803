"""The command that estimates demand from counts: ``calibrate``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trafficsim.cli.guard import guarded, print_json, say_findings, show
from trafficsim.cli.options import Json

if TYPE_CHECKING:
    from trafficsim.run.calibration.result import CalibratedDemand


class Method(StrEnum):
    """How demand is estimated."""

    gls = "gls"
    entropy = "entropy"


WRITTEN = "written: {} (the counts that were used and held out stand beside it)"


@guarded
def calibrate(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario whose demand is the seed.")],
    counts: Annotated[Path, typer.Option(metavar="FILE", help="Counts (CSV, or SUMO edge data).")],
    hold_out: Annotated[float, typer.Option(help="Share of the detectors that is not used.")] = 0.2,
    seed: Annotated[int, typer.Option(help="Draws the detectors that are held out.")] = 1,
    seed_matrix: Annotated[Path | None, typer.Option(metavar="FILE", help="Matrix that is the seed instead.")] = None,
    method: Annotated[Method, typer.Option(help="Generalised least squares, or maximum entropy.")] = Method.gls,
    engine: Annotated[str, typer.Option(help="Engine that drives for the assignment matrix.")] = "queue",
    iterations: Annotated[int, typer.Option(help="Runs of the engine with an estimate each; 0: static paths.")] = 2,
    slice_s: Annotated[float | None, typer.Option("--slice", help="Length of slices of departure (s).")] = None,
    zone_weights: Annotated[Path | None, typer.Option(metavar="FILE", help="Weights of zones, or a population grid, "
                                                      "for a gravity model as seed.")] = None,
    trip_length: Annotated[float | None, typer.Option(help="Mean trip length (m) of the gravity model.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Time zone of the clock, as Europe/Berlin.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a scenario with the new demand.")] = None,
    as_json: Json = False,
) -> None:
    """Estimate demand from counts, near a seed; counts that are held out say how well it predicts."""
    from trafficsim import api

    result = api.calibrate(scenario, counts, hold_out=hold_out, seed=seed, seed_matrix=seed_matrix,
                           method=method.value, engine=engine, iterations=iterations, slice_s=slice_s,
                           zone_weights=zone_weights, trip_length_m=trip_length, time_zone=time_zone, out=out)
    say_findings(result.findings)
    if as_json:
        print_json(result.summary)
        return
    _show(result)
    if out is not None:
        typer.echo(WRITTEN.format(out))


def _show(result: CalibratedDemand) -> None:
    from rich.table import Table

    rows = result.counts
    table = Table("detector", "link", "interval", "role", "counted", "seed", "estimate (95 %)", "run", "GEH")
    for row in rows.head(MOST_ROWS).to_dict("records"):
        table.add_row(*_cells({str(name): value for name, value in row.items()}))
    show(table)
    if len(rows) > MOST_ROWS:
        typer.echo(f"... and {len(rows) - MOST_ROWS:,} counts more")
    for line in lines_of(result.summary):
        typer.echo(line)


MOST_ROWS = 40


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    from trafficsim.io.count_times import clock

    where = row["link"] + (f" > {row['to_link']}" if row["to_link"] else "")
    driven = "" if row["driven"] is None or row["driven"] != row["driven"] else f"{row['driven']:,.0f}"
    return (row["detector"], where, f"{clock(row['begin_s'])}-{clock(row['end_s'])}", row["role"],
            f"{row['counted']:,.0f}", f"{row['seed']:,.0f}",
            f"{row['estimated']:,.0f} ({row['low']:,.0f} to {row['high']:,.0f})", driven, f"{row['geh']:.1f}")


def lines_of(summary: dict[str, Any]) -> list[str]:
    """Say fit, distance from the seed and what is determined, in lines."""
    known, estimate, seed = summary["determined"], summary["estimate"], summary["seed"]
    broken = summary["broken_detectors"]
    return [
        f"assignment: {summary['assignment']}; method: {summary['method']}",
        _fit("counts that were used (what the demand was fitted to)", summary["fit_on_used_counts"]),
        _fit("counts that were held out (not used)", summary["fit_on_held_out_counts"]),
        f"broken detectors, left out: {', '.join(broken) or 'none'}",
        f"trips: seed {seed['trips']:,.0f}, estimate {estimate['trips']:,.0f} ({estimate['low']:,.0f} to "
        f"{estimate['high']:,.0f}); mean trip length: seed {seed['mean_trip_length_m']:,.0f} m, estimate "
        f"{estimate['mean_trip_length_m']:,.0f} m; trips moved: {100 * estimate['moved_share']:.0f} % of the seed",
        f"determined: {known['counts']:,} counts see {known['rank']:,} directions of {known['cells']:,} cells; in "
        f"{known['known']:,} they say more than the seed; {100 * known['seed_share']:.0f} % of the variance of the "
        "cells is that of the seed",
    ]


def _fit(name: str, fit: dict[str, Any]) -> str:
    if not fit["counts"]:
        return f"{name}: none"
    r2 = "" if fit["r2"] is None else f"R2 {fit['r2']:.3f} (seed {fit['r2_of_seed']:.3f}), "
    return (f"{name}: {r2}GEH below 5 in {fit['geh_below_5']} of {fit['counts']} counts of {fit['detectors']} "
            f"detectors, largest {fit['largest_geh']:.1f}; {fit['within_interval']} within their interval of 95 %")
