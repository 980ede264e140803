"""Flow of links against counted departures, on every real network and scenario: ``python -m benchmarks.edie [NAME…]``.

Per link over the whole run: the ratio of its mean flow to the vehicles that left it per hour. Beside it what the same
ratio is when distance that includes the connector is divided by the length of the link alone. Networks are read from
the folder named by TRAFFICSIM_DATA (default: ``../shared/data`` from the project).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from tests.support.command_names import names_asked_for
from tests.support.real_data import NoData, data_folder
from tests.support.real_networks import NETWORKS, SCENARIOS, network_plan, scenario_plan
from trafficsim.base.errors import TrafficsimError
from trafficsim.engines.ca import run
from trafficsim.plan.arrays import Plan
from trafficsim.results.frames import Labels
from trafficsim.results.tables import links_table
from trafficsim.run.jobs import reference_of

CLEAR_S = 7200.0
LEAST = 1.0
"""Vehicles that must have left a link."""


def ratios(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Return flow over departures by link: with the length of the link alone, and as the links table has it."""
    record = run(plan)
    rows = links_table(plan, record, Labels("", "", 1, "ca"), reference_of(plan))
    hours = (rows["end_s"] - rows["begin_s"]) / 3600.0
    sums = rows.assign(vehicles=rows["flow_veh_h"] * hours).groupby("link")[["vehicles", "left", "vehicle_km"]].sum()
    length_km = dict(zip(plan.link_id, plan.links.length_m / 1000.0, strict=True))
    alone = sums["vehicle_km"] / np.array([length_km[link] for link in sums.index])
    used = (sums["left"] >= LEAST).to_numpy(bool)
    left = sums["left"].to_numpy(float)[used]
    return alone.to_numpy(float)[used] / left, sums["vehicles"].to_numpy(float)[used] / left


def _plan(name: str) -> Plan:
    return scenario_plan(name, np.inf) if name in SCENARIOS else network_plan(data_folder(), name, 3600.0, CLEAR_S)


def table(names: list[str]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| network | links | link's length alone: median; greatest | as it is: least; median; greatest |"
    yield "|---|--:|--:|--:|"
    for name in names:
        try:
            alone, now = ratios(_plan(name))
        except TrafficsimError as refusal:
            yield f"| {name} | refused: {str(refusal).splitlines()[0]} | | |"
            continue
        yield (f"| {name} | {len(now)} | {np.median(alone):.2f}; {alone.max():.1f} | "
               f"{now.min():.4f}; {np.median(now):.4f}; {now.max():.4f} |")


def main() -> int:
    """Print the table."""
    names = names_asked_for([*NETWORKS, *SCENARIOS])
    try:
        for line in table(names):
            print(line, flush=True)
    except NoData as absent:
        print(absent, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
