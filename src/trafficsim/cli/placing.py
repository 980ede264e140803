"""Commands that say where enforcement should stand: ``place`` and ``rollout``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trafficsim.cli.guard import guarded, print_json, show
from trafficsim.cli.options import Json

if TYPE_CHECKING:
    from trafficsim.results.rollout import Programme
    from trafficsim.run.siting.place import Placement


@guarded
def place(
    subject: Annotated[Path, typer.Argument(metavar="FILE.toml", help="Scenario, or a study with one scenario.")],
    budget: Annotated[float, typer.Option(metavar="COST", help="Most that the places may cost together.")],
    kind: Annotated[str, typer.Option(metavar="KIND", help="Kind of a policy with places.")] = "speed_camera",
    by: Annotated[str, typer.Option(
        metavar="OBJECTIVE", help="'expected casualties' (needs a study with a crash history), citations or coverage.",
    )] = "expected casualties",
    candidates: Annotated[Path | None, typer.Option(
        metavar="FILE.csv", help="Places: link, position_m and, where wanted, cost and area.")] = None,
    every_m: Annotated[float, typer.Option(
        "--every-m", metavar="METRES", help="Without a file: places along every link, so far apart.")] = 250.0,
    cost: Annotated[float, typer.Option(metavar="COST", help="Of candidates without a cost of their own.")] = 1.0,
    method: Annotated[str, typer.Option(
        metavar="METHOD", help="greedy, exact (up to 400 places) or 'exact or greedy'.")] = "greedy",
    as_json: Json = False,
) -> None:
    """Choose where enforcement stands under a budget, and say how far the choice can be from the best."""
    from trafficsim import api

    found = api.place(subject, kind, budget=budget, by=by, candidates=candidates,  # type: ignore[arg-type]
                      every_m=every_m, cost=cost, method=method)  # type: ignore[arg-type]
    if as_json:
        print_json(found.as_json())
    else:
        _show_placement(found)


@guarded
def rollout(
    study: Annotated[Path, typer.Argument(metavar="STUDY.toml", help="Study file with [[rollout]].")],
    as_json: Json = False,
) -> None:
    """Work out the rollouts of a study: what is built when, what it costs and avoids. Nothing is simulated."""
    from trafficsim import api

    found = api.rollouts(study)
    if as_json:
        print_json({"rollout": [one.as_json() for one in found]})
    else:
        for one in found:
            _show_programme(one)


def _show_placement(found: Placement) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("place", "cost", "alone", "adds", "together", title=found.unit)
    for row in found.table.itertuples():
        table.add_row(escape(str(row.name)), f"{row.cost:g}", f"{row.alone:.4g}", f"{row.gain:.4g}", f"{row.value:.4g}")
    show(table)
    for line in found.lines():
        typer.echo(line)


def _show_programme(one: Programme) -> None:
    from rich.markup import escape
    from rich.table import Table

    sites = Table("year", "site", "cost", "crashes counted", "expected", "avoided", "adds",
                  title=escape(f"{one.name}, {one.scenario}: {one.order}"))
    for row in one.sites.itertuples():
        sites.add_row(str(row.year), escape(str(row.name)), f"{row.cost:g}", _number(row.observed),
                      _number(row.expected), f"{row.alone:.4f}", f"{row.gain:.4f}")
    years = Table("year", "sites", "building", "running", "killed and seriously injured avoided", "95 %", "since begin")
    for row in one.years.itertuples():
        years.add_row(str(row.year), str(row.built), f"{row.building:g}", f"{row.running:g}", f"{row.avoided:.3f}",
                      f"{row.low:.3f} to {row.high:.3f}", f"{row.total:.3f}")
    orders = Table("order", "sites", "avoided in the last year", "since begin")
    for row in one.orders.itertuples():
        orders.add_row(escape(str(row.order)), str(row.sites), f"{row.avoided:.3f}", f"{row.total:.3f}")
    for table in (sites, years, orders):
        show(table)
    for line in one.lines():
        typer.echo(line)


def _number(value: Any) -> str:
    return "–" if value != value else f"{value:.2f}"
