"""One vehicle alone: its journey takes what length and desired speed say, also over links shorter than a tick."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from tests.support.worlds import UNIFORM, link, make_network, make_plan, make_world, through
from trafficsim.engines.ca.loop import simulate
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.spec.demand import Trip
from trafficsim.spec.scenario import Time

VEHICLES, APART_S = 60, 400.37


def journey_times(lengths_m: Sequence[float], limit_kmh: float, connector_m: float, vehicle_class: str) -> np.ndarray:
    """Return entry to exit of vehicles that never meet, at different fractions of the second."""
    names = tuple(f"l{number}" for number in range(len(lengths_m)))
    rows = [link(name, length, speed_limit_kmh=limit_kmh) for name, length in zip(names, lengths_m, strict=True)]
    joints = [conn for one, other in pairwise(names) for conn in through(one, other, length_m=connector_m)]
    trips = [Trip(id=f"t{number:03d}", depart_s=number * APART_S, route=names, vehicle_class=vehicle_class)
             for number in range(VEHICLES)]
    time = Time(analysis_s=VEHICLES * APART_S, clear_s=3600.0)
    plan = make_plan(make_world(make_network(rows, joints), trips=trips, time=time, drivers=UNIFORM))
    program = compile_plan(plan, CellularAutomaton())
    simulate(plan, CellularAutomaton(), program)
    rows_of_trips, ends = program.trips.row[:-1], program.trips.end[:-1]
    assert (rows_of_trips.status == 2).all()
    length = sum(lengths_m) + connector_m * (len(lengths_m) - 1)
    assert np.allclose(rows_of_trips.distance * 0.5, length)
    return np.asarray(ends.exit_time - ends.entry_time)


@pytest.mark.parametrize("connector_m", [0.0, 6.0])
@pytest.mark.parametrize("vehicle_class", ["car", "truck"])
@pytest.mark.parametrize(
    "lengths_m",
    [(500.0,), (500.0, 500.0), (200.0, 2.0, 3.0, 5.0, 8.0, 200.0), (2.0, 3.0, 5.0, 8.0, 300.0),
     (300.0, 8.0, 5.0, 3.0, 2.0), (2.0, 3.0, 5.0, 8.0) * 8, (1000.0, 3.0, 1000.0, 2.0, 1000.0)],
)
def test_free_flow_time_is_exact_to_one_tick(
    lengths_m: tuple[float, ...], vehicle_class: str, connector_m: float
) -> None:
    # Dithering makes single journeys differ by parts of a tick (0.25 s standard deviation over 3 km); never by a tick.
    # The mean of 60 journeys has a standard error of at most 0.03 s: 0.1 s would be a bias.
    times = journey_times(lengths_m, 50.0, connector_m, vehicle_class)
    expected = (sum(lengths_m) + connector_m * (len(lengths_m) - 1)) * 3.6 / 50.0
    assert np.abs(times - expected).max() <= 1.0
    assert abs(times.mean() - expected) <= 0.1


@pytest.mark.parametrize("limit_kmh", [30.0, 80.0, 130.0])
def test_at_other_speeds(limit_kmh: float) -> None:
    # Over 1.2 km at 30 km/h dithering alone has a standard deviation of 0.45 s; over 600 m it keeps within the tick.
    times = journey_times((300.0, 5.0, 300.0), limit_kmh, 0.0, "car")
    assert np.abs(times - 605.0 * 3.6 / limit_kmh).max() <= 1.0
