"""The brake-light rule (Knospe et al. 2000) on ring roads, with the published parameters: v_max 20 is 108 km/h.

The free speed and the speed of a jam's front follow from the rule. The paper's claims (three phases, flows above those
out of a jam that do not last) are tested as such; the numbers beside them are bands around what this engine measures,
so that a change of the rule shows. Values read from the paper's figures were not at hand.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracles.road_state import Road, unpack
from tests.support.rings import evenly, flow_per_tick, jammed, rule_ring
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.engines.ca.settings import CellularAutomaton

BRAKE_LIGHT = CellularAutomaton(rule="brake-light")
CELL_KM, V_MAX, P_D, CAR = 0.0015, 20, 0.1, 5


def ring(density_veh_km: float, cells: int, ticks: int, jam: bool = False) -> Program:
    vehicles = round(density_veh_km * cells * CELL_KM)
    fronts = jammed(vehicles, CAR) if jam else evenly(cells, vehicles)
    speed = 0 if jam else max(0, min(V_MAX, cells // vehicles - CAR))
    return rule_ring(BRAKE_LIGHT, V_MAX, cells, fronts, speed, ticks)


def places(road: Road) -> set[tuple[int, int, int]]:
    """Return trip, lane and front of all vehicles."""
    return set(zip(road.trip.tolist(), road.lane.tolist(), road.front.tolist(), strict=True))


def test_free_speed_is_v_max_less_p_d() -> None:
    program = ring(3.0, 10_000, 4000)
    speed = flow_per_tick(program, 500, 3500) * 10_000 / 45
    # 157,500 speeds with a variance of 0.09: a standard error of 0.001 cells per tick
    assert speed == pytest.approx(V_MAX - P_D, abs=0.005)


def test_flows_above_the_outflow_of_a_jam_do_not_last() -> None:
    # 19 vehicles per km: at first all drive freely and carry 2,040 veh/h; once a jam has formed by itself, a fifth less
    first = flow_per_tick(ring(19.0, 10_000, 12_000), 0, 1000)
    later = flow_per_tick(ring(19.0, 10_000, 12_000), 3000, 9000)
    assert first == pytest.approx((V_MAX - P_D) * 285 / 10_000, rel=0.005)
    assert 0.70 <= later / first <= 0.85


def test_outflow_of_a_wide_jam() -> None:
    # Between those who have just left and the first who left: about 1,600 veh/h in free flow.
    program = rule_ring(BRAKE_LIGHT, V_MAX, 42_000, jammed(1500, CAR), 0, 2400)
    advance(program, 0, 2000)
    road = unpack(program)
    place = (road.lane + 1) * int(program.net.lane[0].length) + road.front
    order = np.argsort(place)
    order = order[(place[order] > 12_000) & (place[order] < 30_000)]
    speed, spacing = road.speed[order].mean(), np.diff(place[order]).mean()
    assert speed == pytest.approx(V_MAX - P_D, abs=0.2)
    assert 1500.0 <= 3600.0 * speed / spacing <= 1750.0


@pytest.mark.parametrize("p_0", [0.5, 0.3])
def test_front_of_a_jam_moves_upstream_at_one_car_per_start(p_0: float) -> None:
    # Who stands starts with 1 - p_0 per tick once the leader has made room: binomial, three standard errors allowed.
    vehicles, ticks = 1500, round(1300 / (1.0 - p_0))
    ca = CellularAutomaton(rule="brake-light", start_p=p_0)
    program = rule_ring(ca, V_MAX, 21_000, jammed(vehicles, CAR), 0, ticks)
    before = places(unpack(program))
    advance(program, 0, ticks)
    left = vehicles - len(before & places(unpack(program)))
    assert left / ticks == pytest.approx(1.0 - p_0, abs=3 * np.sqrt(p_0 * (1.0 - p_0) / ticks))


def test_synchronised_traffic_and_wide_jams_at_one_density() -> None:
    # 35 vehicles per km: from even spacing everybody creeps along, nearly nobody stands; from a jam a part stands, and
    # those between are much faster.
    even, jam = ring(35.0, 10_000, 10_000), ring(35.0, 10_000, 10_000, jam=True)
    for program in (even, jam):
        advance(program, 0, 10_000)
    flowing, broken = unpack(even).speed, unpack(jam).speed
    assert (flowing == 0).mean() <= 0.05
    assert 25.0 <= flowing.mean() * 5.4 <= 50.0
    assert (broken == 0).mean() >= 0.15
    assert broken[broken > 0].mean() >= 1.25 * flowing.mean()
