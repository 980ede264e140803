"""Cameras and section control beside published effects: what is put in comes out, and what traffic makes of it.

The accepted ranges lie around the published effects that drivers' responses are fitted to: De Pauw et al. 2014 for the
camera, the Kaisermühlen tunnel and Montella et al. 2015 for sections (see the docstrings of the policies). That light
traffic meets them shows that the engine keeps the response; it is no evidence for it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import trafficsim as ts
from tests.experiments.enforcement import (
    SCENARIOS,
    Row,
    arms,
    camera_profile,
    difference,
    motorway,
    section_profile,
    speeds_of,
)
from tests.support.worlds import link, make_network, make_world
from trafficsim.base.codes import CAMERA as CAMERA_SECTION
from trafficsim.engines.ca import run
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.plan.arrays import UNAFFECTED
from trafficsim.plan.lower import lower
from trafficsim.policies import CameraPlace, SectionControl, SpeedCamera
from trafficsim.spec.demand import Trip
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.scenario import Time

CAMERA = SpeedCamera(at=(CameraPlace(link="east3", position_m=0.0),))
HERE = "km_0.0"
AT_CAMERA = "mean speed at the camera"
ODDS = ("odds of > limit", "odds of > limit + 10 %")
DIRECTIONS = ("tunnel_east", "tunnel_west")


def by_metric(rows: list[Row]) -> dict[str, Row]:
    return {row.metric: row for row in rows}


def camera_on_motorway(volume_veh_h: float, replications: int, trucks: float = 0.0) -> pd.DataFrame:
    return speeds_of(motorway(volume_veh_h, trucks), CAMERA, replications, workers=1)


@pytest.fixture(scope="module")
def light() -> pd.DataFrame:
    """100 vehicles per hour and lane: 4,000 in all."""
    return camera_on_motorway(200.0, 20)


@pytest.fixture(scope="module")
def busy() -> pd.DataFrame:
    """800 vehicles per hour and lane."""
    return camera_on_motorway(1600.0, 30)  # as many as the acceptance cases ask for


def test_lone_drivers_pass_a_camera_at_the_speed_of_the_formula() -> None:
    # 300 drivers two minutes apart. A driver moves whole cells and dawdles: within the one or two ticks of the 50 m a
    # spot speed is off by up to two steps of 1.8 km/h. Both are unbiased: of 300 the mean is off by less than 0.2.
    road = make_network([link("a", 3000.0, speed_limit_kmh=120.0, road_class="motorway")])
    people = [Trip(id=f"t{number}", depart_s=120.0 * number, route=("a",)) for number in range(300)]
    world = make_world(road, trips=people, time=Time(analysis_s=36_000.0, clear_s=600.0),
                       drivers=Drivers(motorway=SpeedChoice(share_over_limit=0.4, cv=0.11)))
    plan = lower(world, [SpeedCamera(at=(CameraPlace(link="a", position_m=1500.0),))]).plan
    seen = run(plan, CellularAutomaton()).traversals
    own = plan.links.free_speed_mean_ms[0] * (1.0 + plan.links.free_speed_cv[0] * plan.trips.z[seen.trip])
    accepted = plan.links.speed_limit_ms[0] * plan.behaviour.factor[0, seen.trip]
    expected = own - np.maximum(own - accepted, 0.0)
    assert plan.sections.role[seen.section].tolist() == [CAMERA_SECTION] * 300
    assert 0.05 < (plan.behaviour.factor[0] == UNAFFECTED).mean() < 0.2
    off_kmh = (seen.speed_ms - expected) * 3.6
    assert abs(off_kmh.mean()) < 0.2
    assert np.abs(off_kmh).max() < 3.6


@pytest.mark.long
def test_a_camera_in_light_traffic_has_the_published_effect(light: pd.DataFrame) -> None:
    rows = by_metric(camera_profile(light, HERE))
    assert {name: row.verdict for name, row in rows.items()} == dict.fromkeys(rows, "within")
    assert rows[AT_CAMERA].origin == "input"
    assert rows[AT_CAMERA].high - rows[AT_CAMERA].low < 1.0, "enough replications to tell"


@pytest.mark.long
def test_drivers_slow_down_at_the_camera_and_speed_up_again(light: pd.DataFrame) -> None:
    places = ("km_minus_3.0", "km_minus_1.0", "km_minus_0.3", HERE, "km_plus_0.3", "km_plus_1.5", "km_plus_3.8")
    effect = {place: difference(place, light, place, None) for place in places}
    far, nearer = effect["km_minus_3.0"], effect["km_minus_1.0"]
    assert (far.value, far.low, far.high) == (0.0, 0.0, 0.0), "nothing reaches back so far, to the last bit"
    assert abs(nearer.value) < 0.01, "a few overtake earlier those whom they see slow down far ahead"
    assert effect[HERE].high < effect["km_plus_0.3"].low < effect["km_plus_0.3"].high < effect["km_plus_1.5"].low
    assert effect["km_plus_1.5"].high < 0.0
    assert effect["km_plus_3.8"].low < 0.0 < effect["km_plus_3.8"].high


@pytest.mark.long
def test_a_camera_in_dense_traffic_lowers_the_mean_less(light: pd.DataFrame, busy: pd.DataFrame) -> None:
    """At 800 veh/h per lane, the volume of the published site, the mean falls by 3 to 5 km/h and not by 6.4.

    Of vehicles more than 5 s behind the leader it falls by 5.1, at the edge of what is accepted (5 to 8).

    The response is fitted to free speeds. In dense traffic slower vehicles hold many fast drivers already: without a
    camera the mean is several km/h lower, and fewer are above the limit, so there is less to take away. The odds of
    exceeding the limit, which the fast drivers alone decide, fall as much as published.
    """
    free, dense = by_metric(camera_profile(light, HERE)), by_metric(camera_profile(busy, HERE))
    for name, least, most in ((AT_CAMERA, -5.0, -3.0), (f"{AT_CAMERA}, unimpeded", -5.5, -4.5)):
        assert least < dense[name].low < dense[name].high < most, name
        assert dense[name].low > free[name].high, "less than in light traffic, beyond sampling error"
    assert {name: row.verdict for name, row in dense.items() if not name.startswith(AT_CAMERA)} == dict.fromkeys(
        [name for name in dense if not name.startswith(AT_CAMERA)], "within")
    for column, least in (("mean_kmh", 3.0), ("share_over_limit", 0.05)):
        assert arms(light, HERE, column)[0].mean() - arms(busy, HERE, column)[0].mean() > least


@pytest.mark.long
def test_the_denser_the_traffic_and_the_more_trucks_the_smaller_the_effect(busy: pd.DataFrame) -> None:
    at_800 = difference(AT_CAMERA, busy, HERE, None)
    for volume, trucks in ((2800.0, 0.0), (1600.0, 0.2)):
        table = camera_on_motorway(volume, 6, trucks)
        effect = difference(AT_CAMERA, table, HERE, None)
        assert at_800.high < effect.low < effect.high < 0.0
        rows = by_metric(camera_profile(table, HERE))
        assert all(rows[name].verdict == "within" for name in ODDS), "fast drivers respond as ever"


@cache
def in_tunnel(calibration: str, share: float = 1.0) -> dict[str, dict[str, Row]]:
    """Rows by direction; a share of the demand is of cars alone, and gets more replications."""
    scenario = ts.load(SCENARIOS / "arterial" / "scenario.toml")
    assert isinstance(scenario, ts.Scenario)
    if share < 1.0:
        fewer = [flow.model_copy(update={"volume_veh_h": share * flow.volume_veh_h, "vehicle_classes": {"car": 1.0}})
                 for flow in scenario.demand.flows]
        demand = scenario.demand.model_copy(update={"flows": tuple(fewer)})
        scenario = scenario.model_copy(update={"demand": demand})
    policy = SectionControl(on=ts.links(group="tunnel"), calibration=calibration)
    table = speeds_of(scenario, policy, 10 if share < 1.0 else 5, workers=1)
    return {name: by_metric(section_profile(table, name, calibration)) for name in DIRECTIONS}


MEAN, SD, FAR_ABOVE = "mean section speed", "standard deviation of section speed", "share > limit + 20 km/h"


@pytest.mark.long
@pytest.mark.parametrize("calibration", ["strict", "open"])
def test_section_control_in_light_traffic_has_the_published_effect(calibration: str) -> None:
    for rows in in_tunnel(calibration, share=0.1).values():
        for name in (MEAN, SD, FAR_ABOVE):
            assert (rows[name].origin, rows[name].verdict) == ("input", "within"), rows[name]


@pytest.mark.long
@pytest.mark.parametrize("calibration", ["strict", "open"])
def test_section_control_in_the_traffic_of_a_main_road(calibration: str) -> None:
    """With 600 to 800 vehicles per hour, 5 % of them trucks, the mean falls less: from 87 or 88 km/h, and not from 92.

    The spread falls as published. Of those more than 20 km/h above the limit fewer are left than published (84 % less):
    who does not care about the section is held by those who do.
    """
    for rows in in_tunnel(calibration).values():
        assert rows[MEAN].verdict == rows[SD].verdict == "within"
        assert rows[MEAN].low > -15.0, "less than published"
        assert rows[FAR_ABOVE].high < -84.0
        assert (rows[FAR_ABOVE].value == -100.0) == (calibration == "strict")


def test_strict_sections_cite_few_and_open_ones_many() -> None:
    # published of the strict case: 0.06 to 0.11 %; none is asked for of the open one, where 6 % do not care at all
    cited = {calibration: [rows["citations per traversal (+6 km/h)"].value for rows in in_tunnel(calibration).values()]
             for calibration in ("strict", "open")}
    assert all(0.0 <= share < 0.5 for share in cited["strict"])
    assert all(1.0 < share < 8.0 for share in cited["open"])
