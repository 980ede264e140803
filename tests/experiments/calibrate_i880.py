"""Fit free speed and capacity to measured points of a motorway lane.

    python -m tests.experiments.calibrate_i880 [--picture FILE]

The points are speeds and flows of lane 2 of the I-880 in California (Freeway Service Patrol study, California PATH,
1993). They are read from the folder named by TRAFFICSIM_DATA (default: ``../shared/data`` from the project).

Two parameters are fitted, one after the other, each to the statistic that it moves:

* the mean of desired speeds to the median speed at flows below 1,000 veh/h, where speeds are those that drivers want
  (HCM 2016, chapter 12);
* the time gap that drivers keep to the flow that 1 % of the intervals exceed. It is a lower bound of capacity: whether
  demand ever was greater is not known.

Intervals of confidence (95 %) are percentiles of a moving-block bootstrap, because neighbouring points are alike,
carried through the simulated responses. Only one point in twenty is congested, and how dense the jams were is not in
the file: the congested branch (jam density, wave speed) cannot be identified from these points, and is not fitted.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.support.real_data import NoData, data_folder, require_data
from tests.support.rings import fill
from trafficsim.design.synthetic import ring
from trafficsim.engines.ca.loop import simulate as run
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.plan.lower import lower
from trafficsim.spec.demand import Demand, Trip
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Detector, Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

F8 = NDArray[np.float64]

KMH_PER_MPH = 1.609344
FREE_BELOW_VEH_H, CAPACITY_QUANTILE = 1000.0, 0.99
BLOCK, RESAMPLES, SEED = 20, 2000, 1
"""Neighbours at 20 points still correlate by 0.6: intervals are rather too short than too long."""
CONGESTED_KMH = 64.0
RING_M, LINKS, LANES = 3000.0, 3, 3
INTERVAL_S, WARMUP_S, MEASURED_S = 158.0, 632.0, 948.0
"""Flows in the file are multiples of 1000/44 veh/h, one vehicle in 158.4 s."""
DENSITIES_VEH_KM = (4.0, 7.0, 10.0, 13.0, 16.0, 18.0, 20.0, 22.0, 25.0, 30.0, 40.0)
SPREADS = (0.11, 0.03)
"""Coefficients of variation of desired speeds: the default on motorways, and one for lanes that are sorted by speed."""
FIRST_CELL = 14
"""A car with its standing gap."""
SPEEDS_KMH, GAPS_S = (90.0, 100.0, 110.0), (1.0, 1.2, 1.4, 1.6, 1.8)
DEFAULT_GAP_S = DEFAULT_CLASSES[0].headway_s


class Driving(NamedTuple):
    """Mean and coefficient of variation of desired speeds, and the time gap that drivers keep."""

    free_speed_kmh: float
    spread: float
    gap_s: float


@dataclass(frozen=True)
class Points:
    """Flow in veh/h and mean speed in km/h of one lane, one per interval."""

    flow_veh_h: F8
    speed_kmh: F8

    @property
    def free_speed_kmh(self) -> float:
        """Median speed at low flow."""
        return float(np.median(self.speed_kmh[self.flow_veh_h < FREE_BELOW_VEH_H]))

    @property
    def capacity_veh_h(self) -> float:
        """Flow that 1 % of the intervals exceed."""
        return float(np.quantile(self.flow_veh_h, CAPACITY_QUANTILE))


def read_points() -> Points:
    """Read the measured points.

    Raises
    ------
    NoData
        With the place where they were looked for.
    """
    path = data_folder() / "fd_i880_hdrcde" / "lane2.csv"
    require_data(path)
    with path.open(encoding="utf-8") as file:
        rows = [(float(row["flow"]), float(row["speed"]) * KMH_PER_MPH) for row in csv.DictReader(file)]
    flow, speed = np.array(rows).T
    return Points(flow, speed)


def resampled(points: Points, count: int = RESAMPLES, block: int = BLOCK) -> F8:
    """Return (resamples, 2): free speed and capacity of series put together from blocks drawn at random."""
    random_draw, number = np.random.default_rng(SEED), len(points.flow_veh_h)
    begins = random_draw.integers(0, number - block + 1, (count, -(-number // block)))
    chosen = (begins[:, :, np.newaxis] + np.arange(block)).reshape(count, -1)[:, :number]
    series = (Points(points.flow_veh_h[rows], points.speed_kmh[rows]) for rows in chosen)
    return np.array([(one.free_speed_kmh, one.capacity_veh_h) for one in series])


def road(driving: Driving) -> Network:
    """Return a ring of three lanes on which drivers choose lanes freely, as they do on American motorways."""
    mean_kmh = driving.free_speed_kmh
    network = ring(RING_M, lanes=LANES, speed_limit_kmh=mean_kmh, links=LINKS)  # of class urban: no keeping right
    for _, _, attributes in network.graph.edges(data=True):
        attributes |= {"free_speed_mean_kmh": mean_kmh, "free_speed_sd_kmh": driving.spread * mean_kmh}
    return network


def simulate(driving: Driving, density_veh_km: float) -> Points:
    """Return the points of the middle lane of a ring on which so many vehicles stand evenly at first."""
    each = round(density_veh_km * RING_M / 1000.0 / LINKS)  # on every lane of every link
    plan = lower(world_of(driving, each)).plan
    settings = CellularAutomaton()
    program = compile_plan(plan, settings)
    cells = int(program.net.lane.length[0])
    room = cells / each
    speed = max(0, int(min(driving.free_speed_kmh / 1.8, (room - FIRST_CELL) / (driving.gap_s + 0.1))))
    fill(program, [(lane, int(FIRST_CELL + number * room) % cells, speed)
                   for lane in range(program.net.lanes) for number in range(each)])
    _, collected = run(plan, settings, program)
    detectors = np.stack(collected.detectors)[round(WARMUP_S / INTERVAL_S):, LANES // 2]
    count, speed_ms = detectors["count"], detectors["speed_sum"] * settings.cell_m / settings.tick_s
    seen = count > 0
    return Points(count[seen] * 3600.0 / INTERVAL_S, 3.6 * speed_ms[seen] / count[seen])


def world_of(driving: Driving, each: int) -> World:
    """Return the ring with as many trips as places, which drive round it to the end."""
    network, end_s = road(driving), WARMUP_S + MEASURED_S
    route_positions = 2 + int(end_s * 2.0 * driving.free_speed_kmh / 3.6 / (RING_M / LINKS))
    routes = [
        tuple(f"ring{(link + route_position) % LINKS}" for route_position in range(route_positions))
        for link in range(LINKS)
    ]
    trips = tuple(Trip(id=str(number), depart_s=0.0, route=routes[number % LINKS])
                  for number in range(each * LANES * LINKS))
    scenario = Scenario(
        name="i880", network=network, detectors=(Detector(id="d", link="ring1", position_m=500.0),),
        time=Time(warmup_s=WARMUP_S, analysis_s=MEASURED_S, clear_s=0.0, interval_s=INTERVAL_S),
    )
    car = DEFAULT_CLASSES[0].model_copy(update={"headway_s": driving.gap_s})
    return World(scenario, network, Demand(trips=trips), (car, *DEFAULT_CLASSES[1:]))


def diagram(driving: Driving) -> tuple[Points, float]:
    """Return the points at all densities, and the greatest of the mean flows at one density."""
    parts = [simulate(driving, density) for density in DENSITIES_VEH_KM]
    every = Points(np.concatenate([part.flow_veh_h for part in parts]),
                   np.concatenate([part.speed_kmh for part in parts]))
    return every, max(float(part.flow_veh_h.mean()) for part in parts)


def inverse(parameters: tuple[float, ...], response: list[float], what: str) -> Callable[[F8], F8]:
    """Return the parameter that gives a response, linear between those that were simulated.

    Raises
    ------
    ValueError
        If the response does not move one way with the parameter: then it identifies nothing.
    """
    order = np.argsort(response)
    steps = np.diff(np.array(parameters)[order])
    if not ((steps > 0).all() or (steps < 0).all()):
        raise ValueError(f"{what} does not move one way with the parameter: {response}")
    xs, ys = np.array(response)[order], np.array(parameters)[order]
    return lambda wanted: np.asarray(np.interp(wanted, xs, ys))


@dataclass(frozen=True)
class Fit:
    """A statistic and the parameter fitted to it: measured, simulated after the fit, each with its interval."""

    name: str
    unit: str
    measured: tuple[float, float, float]
    simulated: float
    parameter: tuple[float, float, float]
    parameter_unit: str


def fit(points: Points, spread: float) -> tuple[list[Fit], Points]:
    """Fit both parameters at a given spread; return them and the points that are simulated with them."""
    again = resampled(points)
    speeds = [diagram(Driving(speed, spread, DEFAULT_GAP_S))[0].free_speed_kmh for speed in SPEEDS_KMH]
    wanted_speed = _with_interval(points.free_speed_kmh, again[:, 0], inverse(SPEEDS_KMH, speeds, "free speed"))
    capacities = [diagram(Driving(wanted_speed[0], spread, gap))[1] for gap in GAPS_S]
    wanted_gap = _with_interval(points.capacity_veh_h, again[:, 1], inverse(GAPS_S, capacities, "capacity"))
    simulated, capacity = diagram(Driving(wanted_speed[0], spread, wanted_gap[0]))
    return [
        Fit("free speed: median below 1,000 veh/h", "km/h", _with_interval(points.free_speed_kmh, again[:, 0]),
            simulated.free_speed_kmh, wanted_speed, "km/h mean of desired speeds"),
        Fit("capacity: 99 % of flows, at least", "veh/h", _with_interval(points.capacity_veh_h, again[:, 1]), capacity,
            wanted_gap, "s time gap"),
    ], simulated


def _with_interval(value: float, again: F8, change: Callable[[F8], F8] = np.asarray) -> tuple[float, float, float]:
    low, high = sorted(change(np.quantile(again, (0.025, 0.975))).tolist())
    return float(change(np.array(value))), low, high


def by_flow(points: Points) -> dict[float, tuple[int, float]]:
    """Return number and median speed of the points of the free branch, by the least flow of steps of 200 veh/h."""
    steps = {}
    for least in np.arange(400.0, 2200.0, 200.0).tolist():
        inside = (points.flow_veh_h >= least) & (points.flow_veh_h < least + 200.0) & (points.speed_kmh > CONGESTED_KMH)
        if inside.any():
            steps[least] = int(inside.sum()), float(np.median(points.speed_kmh[inside]))
    return steps


def table(measured: Points, found: dict[float, tuple[list[Fit], Points]]) -> str:
    """Return both tables as Markdown; ``found`` by spread."""
    lines = ["| spread | statistic | measured (95 %) | simulated | fitted parameter (95 %) |", "|--:|---|--:|--:|--:|"]
    lines += [f"| {spread:.0%} | {one.name} | {_shown(one.measured, 1)} {one.unit} | {one.simulated:,.1f} | "
              f"{_shown(one.parameter, 2)} {one.parameter_unit} |"
              for spread, (fits, _) in found.items() for one in fits]
    lines += ["", f"Not fitted: median speed of the points above {CONGESTED_KMH:g} km/h (40 mph), by flow.", "",
              "| flow from veh/h | measured points | measured km/h |"
              + "".join(f" simulated, spread {spread:.0%} |" for spread in found),
              "|" + "--:|" * (3 + len(found))]
    steps = {spread: by_flow(simulated) for spread, (_, simulated) in found.items()}
    for least, (number, speed) in by_flow(measured).items():
        others = (step.get(least) for step in steps.values())
        cells = " | ".join("-" if other is None else f"{other[1]:.1f}" for other in others)
        lines.append(f"| {least:,.0f} | {number} | {speed:.1f} | {cells} |")
    return "\n".join(lines)


def _shown(value: tuple[float, float, float], digits: int) -> str:
    return "{:,.{n}f} ({:,.{n}f} to {:,.{n}f})".format(*value, n=digits)


def draw(measured: Points, simulated: dict[float, Points], path: Path) -> None:
    """Draw both sets of points on top of each other."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.plot(measured.flow_veh_h, measured.speed_kmh, ".", color="0.6", markersize=3, label="measured, I-880 lane 2")
    for marker, (spread, points) in zip("osD^", simulated.items(), strict=False):
        axes.plot(points.flow_veh_h, points.speed_kmh, marker, markersize=4, markerfacecolor="none",
                  label=f"simulated, spread of desired speeds {spread:.0%}")
    axes.set(xlabel="flow (veh/h)", ylabel="mean speed (km/h)", xlim=(0, None), ylim=(0, None))
    axes.legend()
    figure.savefig(path, dpi=120)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw measured and simulated points to this file")
    given = parser.parse_args()
    try:
        measured = read_points()
    except NoData as missing:
        print(f"calibrate_i880: {missing}", file=sys.stderr)
        return 2
    found = {spread: fit(measured, spread) for spread in SPREADS}
    print(table(measured, found))
    if given.picture:
        draw(measured, {spread: simulated for spread, (_, simulated) in found.items()}, given.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
