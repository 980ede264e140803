"""What signs and meters decide, against sequences worked by hand; no engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.control.harmonising import Harmonising
from trafficsim.control.measured import Measured, Site
from trafficsim.control.metered import greens
from trafficsim.control.moving_jam import Jam, MovingJam
from trafficsim.control.ramp_meter import Alinea
from trafficsim.policies import LineControl, MovingJamLimit
from trafficsim.spec.roadside import HarmonisingSigns, LimitStep, MovingJamSigns, RampMeter
from trafficsim.spec.selectors import Links

STEPS = (LimitStep(limit_kmh=100, flow_veh_h_lane=1500), LimitStep(limit_kmh=80, flow_veh_h_lane=1800, speed_kmh=75),
         LimitStep(limit_kmh=60, speed_kmh=50))


def site(count: int, lanes: float = 1.0) -> Site:
    ones = np.ones(count)
    return Site(500.0 * ones, lanes * ones, 120.0 * ones, 115.0 * ones, 7.0)


def signs(count: int = 1, **more: Any) -> Harmonising:
    given_ = {"flow_band_veh_h_lane": 200.0, "speed_band_kmh": 10.0, "funnel_kmh": 20.0, "hold_s": 0.0, **more}
    return Harmonising(HarmonisingSigns(name="s", links=("x",) * count, every_s=60, steps=STEPS, **given_), site(count))


def seen(flow: list[float], speed: list[float]) -> Measured:
    return Measured(np.array(flow), np.array(flow) / np.maximum(speed, 1.0), np.array(speed))


def shown(one: Harmonising, *traffic: Measured) -> list[dict[int, float]]:
    return [{sign: value for sign, (value, _) in one.decide(60.0 * number, now).items()}
            for number, now in enumerate(traffic, 1)]


def test_a_limit_comes_at_its_threshold_and_goes_below_the_band() -> None:
    flows = (1400.0, 1500.0, 1301.0, 1299.0)
    changes = shown(signs(), *(seen([flow], [100.0]) for flow in flows))
    assert changes[:3] == [{}, {0: 100.0}, {}]
    assert np.isnan(changes[3][0])


def test_speed_and_flow_ask_for_the_lowest_limit_that_holds() -> None:
    changes = shown(signs(), seen([1550], [74]), seen([1550], [84]), seen([1550], [86]), seen([900], [49]))
    assert changes == [{0: 80.0}, {}, {0: 100.0}, {0: 60.0}]


def test_a_low_limit_is_announced_upstream_in_steps_of_the_funnel() -> None:
    change = shown(signs(4), seen([800, 800, 800, 800], [110, 110, 110, 30]))[0]
    assert change == {1: 100.0, 2: 80.0, 3: 60.0}, "60 is announced by 80, that by 100, and 120 is the limit itself"


def test_a_limit_is_lowered_at_once_and_raised_after_the_hold() -> None:
    slow, free = seen([800], [45.0]), seen([800], [110.0])
    changes = shown(signs(hold_s=120.0), slow, free, free)
    assert changes[0] == {0: 60.0}
    assert changes[1] == {}, "60 s after the change"
    assert np.isnan(changes[2][0]), "120 s after it"


def test_a_limit_that_holds_anyway_is_not_shown() -> None:
    one = HarmonisingSigns(name="s", links=("x",), every_s=60, steps=(LimitStep(limit_kmh=120, flow_veh_h_lane=1000),),
                           flow_band_veh_h_lane=0, speed_band_kmh=0, funnel_kmh=20, hold_s=0)
    road = site(1)._replace(limit_kmh=np.array([120.0 / 3.6 * 3.6]))
    assert shown(Harmonising(one, road), seen([1500.0], [90.0])) == [{}]


def test_nobody_on_the_road_is_not_slow() -> None:
    assert shown(signs(), Measured(np.zeros(1), np.zeros(1), np.full(1, np.nan))) == [{}]


def meter(**more: Any) -> RampMeter:
    return RampMeter(**{"name": "m", "ramp": "on", "measured": "main", "every_s": 40.0, "occupancy_percent": 20.0,
                        "gain_veh_h": 70.0, "least_veh_h": 240.0, "most_veh_h": 900.0, "effective_length_m": 5.0,
                        "queue_share": 0.8, **more})


def rates(one: Alinea, occupancies: list[float], ramp_veh_km: float = 0.0) -> list[float]:
    """Occupancies in per cent on two lanes, with 5 m per vehicle: density is 4 times as many vehicles per km."""
    traffic = [Measured(np.zeros(2), np.array([4.0 * one_, ramp_veh_km]), np.zeros(2)) for one_ in occupancies]
    return [one.decide(40.0 * number, now)[0][0] for number, now in enumerate(traffic, 1)]


def test_alinea_follows_its_formula() -> None:
    found = rates(Alinea(meter(), site(2, 2.0)), [23.0, 22.0, 19.0, 20.0, 30.0, 10.0])
    assert found == [690.0, 550.0, 620.0, 620.0, 240.0, 900.0], "900 - 70 * 3, - 70 * 2, + 70 * 1, bounds at both ends"


def test_a_queue_that_fills_the_ramp_overrides_and_the_rate_is_remembered() -> None:
    one = Alinea(meter(), site(2, 2.0))
    full = 2.0 * 0.8 * 1000.0 / 7.0
    assert rates(one, [23.0], full + 0.1) == [900.0]
    assert rates(one, [20.0], full - 0.1) == [690.0], "what it would have shown"


def test_greens_keep_a_rate_that_fits_no_whole_ticks() -> None:
    found = greens([0], [3600.0 / 650.0], 3600)
    assert len(found) == 650
    assert set(np.diff(found).tolist()) == {5, 6}


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(4.0, 15.0)), min_size=1, max_size=6))
def test_a_new_rate_changes_no_green_that_has_begun(asked: list[tuple[int, float]]) -> None:
    since = [0, *np.cumsum([wait for wait, _ in asked]).tolist()]
    cycles = [4.0, *(cycle for _, cycle in asked)]
    whole = greens(since, cycles, since[-1] + 60)
    for number in range(1, len(since)):
        before = greens(since[:number], cycles[:number], since[number])
        assert whole[:len(before)] == before
    assert np.diff(whole).min(initial=4) >= 4, "two vehicles are never let go in less than the shortest cycle"


def tackled(**more: Any) -> MovingJam:
    policy = MovingJamLimit(on=Links(group="x"), compliance=1.0, margin=1.0, jam_density_veh_km_lane=115.0,
                            **more).model_dump(exclude={"on", "compliance"})
    return MovingJam(MovingJamSigns(name="j", links=("x",) * 20, **policy), site(20, 2.0))


def road(jam: range, upstream: float = 15.0, jammed: float = 115.0) -> Measured:
    """Twenty links of two lanes with a jam: densities in vehicles per kilometre and lane."""
    density, speed = np.full(20, upstream), np.full(20, 100.0)
    density[jam], speed[jam] = jammed, 10.0
    return Measured(2.0 * density * speed, 2.0 * density, speed)


def test_the_reach_of_a_limit_follows_from_the_waves() -> None:
    found = tackled().scheme(Jam(17, 17), road(range(17, 18)))
    assert found is not None
    # 15 veh/km at 60 km/h into 115 veh/km: the tail moves at 15 * 60 / 100 = 9 km/h, the front at 16
    assert found.dissolves_s == pytest.approx(3600.0 * 0.5 / 7.0)
    reach_m = 1000.0 * (60.0 + 16.0) * 0.5 / 7.0
    assert found.last == 17
    assert found.first == int((9000.0 - reach_m) // 500.0) == 7


@pytest.mark.parametrize(("jam", "upstream", "why"), [
    (range(10, 18), 15.0, "longer than a moving jam"), (range(15, 17), 25.0, "its tail is as fast as its front"),
    (range(3, 4), 15.0, "the signs do not reach far enough"), (range(19, 20), 15.0, "what is beyond is not known"),
])
def test_a_jam_that_would_not_dissolve_is_left_alone(jam: range, upstream: float, why: str) -> None:
    assert tackled().decide(30.0, road(jam, upstream)) == {}, why


def test_limits_go_from_the_downstream_end_and_not_before_traffic_flows() -> None:
    one, jam, free = tackled(release_kmh=30.0), road(range(17, 18)), road(range(0))
    assert sorted(one.decide(0.0, jam)) == list(range(7, 18))
    assert one.decide(60.0, jam) == {}, "the jam is still there"
    went = [sorted(one.decide(60.0 + 60.0 * number, free)) for number in range(1, 12)]
    assert went == [[17], [16], [15], [14], [13], [12], [11], [10], [9], [8], [7]], "500 m a minute are 30 km/h"
    assert one.decide(900.0, free) == {}


def test_a_jam_that_stays_is_given_up() -> None:
    one, jam = tackled(), road(range(17, 18))
    one.decide(0.0, jam)
    assert one.decide(900.0, jam) == {}
    assert len(one.decide(1200.0, jam)) == 11, "four times the 257 s in which it should have gone"


@pytest.mark.parametrize(("steps", "message"), [
    ([{"limit_kmh": 80, "flow_veh_h_lane": 1800}, {"limit_kmh": 100, "flow_veh_h_lane": 1900}], "from the highest"),
    ([{"limit_kmh": 100, "flow_veh_h_lane": 1800}, {"limit_kmh": 80, "flow_veh_h_lane": 1500}], "needs a higher flow"),
    ([{"limit_kmh": 100, "speed_kmh": 70}, {"limit_kmh": 80, "speed_kmh": 80}], "needs a lower speed"),
    ([{"limit_kmh": 100}], "neither flow_veh_h_lane nor speed_kmh"),
])
def test_steps_that_contradict_each_other_are_refused(steps: list[dict[str, float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LineControl.model_validate({"on": {"group": "x"}, "compliance": 1.0, "steps": steps})
