"""How fitted parameters are shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from trafficsim.cli.guard import print_json, show

if TYPE_CHECKING:
    from trafficsim.run.parameter_fit import ParameterFit

COMPARED = ("flow_veh_h", "speed_kmh", "free_speed_mean_kmh", "free_speed_sd_kmh")


def show_fit(found: ParameterFit, out: Path | None, as_json: bool) -> None:
    """Print what was found, how well it is known, and how the observations that were used are met."""
    if as_json:
        print_json({"parameters": found.parameters.to_dict("records"), "changes": found.changes,
                    "converged": found.fit.converged, "points": found.fit.runs,
                    "alike": [list(pair) for pair in found.fit.alike]})
        return
    from rich.table import Table

    table = Table("parameter", "factor", "95 % interval", "believed before", "told by")
    for row in found.parameters.itertuples():
        table.add_row(str(row.parameter), f"{row.factor:.3f}", f"{row.low:.3f} to {row.high:.3f}",
                      f"1 \u00b1 {1.96 * float(str(row.prior_sd)):.2f}", str(row.told_by))
    show(table)
    for line in lines_of(found):
        typer.echo(line)
    if out is not None:
        typer.echo(f"written: {out} (the counts that were used and held out stand beside it)")


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
