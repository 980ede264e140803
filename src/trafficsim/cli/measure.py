"""The command that measures speed: ``bench``."""

from __future__ import annotations

from typing import Annotated

import typer

from trafficsim.cli.guard import guarded, print_json, show
from trafficsim.cli.options import Json


@guarded
def bench(
    cases: Annotated[
        list[str] | None, typer.Argument(metavar="CASE", help="Names of cases; without any, all but the cities.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure the speed of the engines on this machine, beside a reference loop timed in the same run."""
    from trafficsim.engines.bench import ALL_CASES, run_cases
    from trafficsim.run.bench_city import CITY_CASES

    measured = run_cases(tuple(cases or ()), {**ALL_CASES, **CITY_CASES})
    if as_json:
        print_json(measured)
        return
    from rich.table import Table

    table = Table("case", "million/s", "unit", "relative", "ms/tick", "compile s", "set-up s", "peak MB", "B/vehicle",
                  "B/lane")
    for name, case in measured["cases"].items():
        numbers = [case[key] for key in ("relative", "ms_per_tick", "compile_s", "setup_s", "peak_mb")]
        numbers += [case["memory"][key] for key in ("bytes_per_vehicle", "bytes_per_lane")]
        cells = (f"{number:.3g}" for number in numbers)
        table.add_row(name, f"{case['per_s'] / 1e6:.4g}", case["unit"], *cells)
    show(table)
    if {"grid20", "city-400k"} <= set(measured["cases"]):
        small, large = (measured["cases"][name]["per_s"] for name in ("grid20", "city-400k"))
        show(f"An update in city-400k (40,400 links) costs {small / large:.2f} times one in grid20 (1,680 links).")
