"""The command that turns readings of radar into drivers: ``speeds``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trafficsim.cli.guard import guarded, print_json, say_findings
from trafficsim.cli.options import Json

if TYPE_CHECKING:
    from trafficsim.design.calibration.speed_distributions import Interval
    from trafficsim.run.calibration.radar_speeds import SpeedDistributions


class RoadClassName(StrEnum):
    """Road classes of drivers."""

    urban = "urban"
    rural = "rural"
    motorway = "motorway"


class Grouping(StrEnum):
    """What groups of sites are made by."""

    road_class = "class"
    street_type = "street_type"
    street = "street"


class Unit(StrEnum):
    """Units of speed."""

    kmh = "km/h"
    mph = "mph"


@guarded
def speeds(
    radar: Annotated[Path, typer.Argument(metavar="RADAR.csv", help="Readings in bins, one row per deployment.")],
    classes: Annotated[Path | None, typer.Option(
        metavar="FILE.csv", help="Streets with road_class and limit_kmh; others are left out.")] = None,
    limit_kmh: Annotated[float | None, typer.Option(metavar="N", help="Limit where no other is known.")] = None,
    road_class: Annotated[RoadClassName, typer.Option(help="Class of all sites, without --classes.")]
    = RoadClassName.urban,
    by: Annotated[Grouping, typer.Option(help="What groups are shown.")] = Grouping.road_class,
    from_kmh: Annotated[float, typer.Option(min=0, metavar="N", help="Leave slower readings out.")] = 20.0,
    unit: Annotated[Unit, typer.Option(help="Unit of the bins.")] = Unit.kmh,
    out: Annotated[Path | None, typer.Option(metavar="FILE.toml", help="Write drivers for scenarios.")] = None,
    as_json: Json = False,
) -> None:
    """Estimate speeds of road classes from readings of radar in bins, and write drivers for scenarios."""
    from trafficsim.run.calibration.radar_speeds import speed_distributions

    found = speed_distributions(radar, classes=classes, limit_kmh=limit_kmh, road_class=road_class.value,
                                by=by.value, from_kmh=from_kmh, unit=unit.value)
    if out is not None:
        found.write(out)
    if as_json:
        print_json(found.as_json())
        return
    _show(found)
    if out is not None:
        typer.echo(f'{out}: drivers of {", ".join(one.group for one in found.choices)}; in a scenario: '
                   f'drivers = {{ file = "{out.name}" }}')


def _show(found: SpeedDistributions) -> None:
    from trafficsim.run.calibration.radar_speeds import CAUTION

    say_findings(found.findings)
    for one in found.groups:
        typer.echo(f"{one.group}: {one.sites:,} deployments on {one.streets:,} streets, {one.readings:,.0f} readings "
                   f"from {found.from_kmh:g} km/h on ({one.left_out:,} deployments left out)")
        typer.echo(f"  mean {_text(one.mean)}, standard deviation of drivers {_text(one.sd)} and of sites "
                   f"{_text(one.site_sd)}, 85th percentile {_text(one.p85)} km/h")
        typer.echo(f"  a lognormal distribution is better at {one.lognormal_share:.0%} of the sites")
    for choice in found.choices:
        typer.echo(f"{choice.group}: share over the limit {_text(choice.share_over_limit, 3)}, coefficient of "
                   f"variation {_text(choice.cv, 3)}")
    if not found.choices:
        typer.echo("no limit is known: give --limit-kmh, or --classes with limit_kmh, for drivers of a scenario")
    for row in found.sensitivity.to_dict("records"):
        typer.echo(f"from {row['from_kmh']:g} km/h on, {row['sites']:,} of these deployments: mean "
                   f"{row['mean_kmh']:.1f}, standard deviation {row['sd_kmh']:.1f} km/h")
    typer.echo(f"note: {CAUTION}")


def _text(one: Interval, decimals: int = 1) -> str:
    return f"{one.value:.{decimals}f} ({one.low:.{decimals}f} … {one.high:.{decimals}f})"
