"""Crossings at red by process, and encroachments, against what an observer beside the road writes down."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.oracles.red import CLOSER_THAN_S, Watch
from tests.support.examples import examples
from tests.support.worlds import UNIFORM, link, make_network, make_program, make_world
from trafficsim.base.codes import ENCROACHMENTS, PROCESS_OF_EVENT, RED_RUNS
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.state import Count
from trafficsim.spec.demand import Stop, Trip
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.world import World

TICKS = 150
PHASES = (("Gr", 20.0), ("yr", 3.0), ("rr", 2.0), ("rG", 20.0), ("ry", 3.0), ("rr", 2.0))
Rows = list[tuple[int, int, str, float]]


def crossroads() -> Network:
    """Two one-way roads that cross: the first has green from 0 to 20 s of every 50, the second from 25 to 45 s."""
    rows = [link(name, 200.0) for name in ("a", "b")] + [link(name, 100.0) for name in ("over", "beyond")]
    joints = [Connection(from_link=first, from_lane=0, to_link=then, to_lane=0, length_m=12.0, speed_limit_kmh=50.0,
                         signal="s", signal_index=index, crosses=(1 - index,))
              for index, (first, then) in enumerate((("a", "over"), ("b", "beyond")))]
    phases = tuple(Phase(duration_s=duration_s, state=state) for state, duration_s in PHASES)
    return make_network(rows, joints, [SignalProgram(id="s", phases=phases)])


def world(first_s: list[float], second_s: list[float], per_10000: float) -> World:
    trips = [Trip(id=f"{road}{number}", depart_s=depart_s, route=route)
             for road, route, departures in (("a", ("a", "over"), first_s), ("b", ("b", "beyond"), second_s))
             for number, depart_s in enumerate(departures)]
    return make_world(crossroads(), trips=trips,
                      drivers=UNIFORM.model_copy(update={"inattention_per_10000": per_10000}))


def events(program: Program, codes: tuple[int, ...]) -> Rows:
    rows = program.counters.events[: program.work.count[Count.EVENTS]]
    return [(int(row.trip), int(row.link), PROCESS_OF_EVENT[int(row.code)], float(row.value))
            for row in rows[np.isin(rows.code, codes)]]


def close(found: Rows, told: Rows) -> bool:
    found, told = sorted(found), sorted(told)
    return [row[:3] for row in found] == [row[:3] for row in told] and bool(
        np.allclose([row[3] for row in found], [row[3] for row in told], atol=1e-9))


DEPARTURES = st.lists(st.floats(0.0, 120.0).map(lambda time: round(time, 1)), min_size=1, max_size=12)


@settings(max_examples=examples(40), deadline=None)
@given(DEPARTURES, DEPARTURES, st.sampled_from([0.0, 3000.0, 10_000.0]))
def test_red_runs_and_encroachments_are_those_that_an_observer_sees(
    first_s: list[float], second_s: list[float], per_10000: float
) -> None:
    watch = Watch(make_program(world(first_s, second_s, per_10000)), per_10000)
    crossed = watch.run(TICKS)
    assert close(events(watch.program, RED_RUNS), watch.red_runs())
    # two who cross their lines in one tick are served in an order that an observer cannot tell
    assume(len({one.tick for one in crossed}) == len(crossed))
    runs = [one for one in crossed if one.red_for >= 0.0]
    # of several who run red in a row the last one counts
    assume(all(abs(one.time - other.time) > 2 * CLOSER_THAN_S for one in runs for other in runs if one is not other))
    assert close(events(watch.program, ENCROACHMENTS), watch.encroachments())


@pytest.mark.parametrize("depart_s", [28.0, 33.0, 45.0])
def test_who_does_not_see_the_light_crosses_at_any_time_in_red(depart_s: float) -> None:
    for per_10000, runs in ((0.0, []), (10_000.0, ["inattention"])):
        watch = Watch(make_program(world([depart_s - 20.0 + 3.0], [], per_10000)), per_10000)
        watch.run(60)
        assert [row[2] for row in events(watch.program, RED_RUNS)] == runs
    # it passes the line on the move: 200 m at 50 km/h after its departure
    (crossed,) = watch.crossed
    assert crossed.time == pytest.approx(depart_s - 17.0 + 14.4, abs=1.5)


def test_who_stands_at_the_line_sees_the_light() -> None:
    # it stops at the line in green, and may go on from 28 s: in red, which lasts to 50 s
    stop = Stop(link="a", position_m=199.5, dwell_s=12.0)
    trips = [Trip(id="t", depart_s=0.0, route=("a", "over"), stops=(stop,))]
    drivers = UNIFORM.model_copy(update={"inattention_per_10000": 10_000.0})
    program = make_program(make_world(crossroads(), trips=trips, drivers=drivers))
    watch = Watch(program, 10_000.0)
    watch.run(70)
    assert watch.red_runs() == []
    assert [one.time >= 50.0 for one in watch.crossed] == [True]
