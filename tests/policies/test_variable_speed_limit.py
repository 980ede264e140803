"""Limits by time of day: hours as clock times, who follows, what is cited, and means that would mix two limits."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.support.worlds import link, make_network, make_world, through
from trafficsim.base.errors import BelowResolution, InputError, PolicyError
from trafficsim.engines import registry
from trafficsim.engines.ca.engine import CellularAutomatonEngine
from trafficsim.plan.ledger import ledger_table
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.policies import CameraPlace, SpeedCamera, SpeedLimit, VariableSpeedLimit
from trafficsim.policies.hours import windows_s
from trafficsim.report.changes import changes
from trafficsim.results.frames import Labels
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.calendar import Hours
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Detector, Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.study import Study

START_S = 7.0 * 3600
EVENING = (Hours(begin_h=7.1, end_h=9.0),)
ALL_DAY = (Hours(begin_h=0, end_h=24),)
ROAD = Links(ids=("a", "b"))


@cache
def prepared() -> Any:
    rows = [link(name, 700.0, lanes=2, speed_limit_kmh=100.0, road_class="motorway") for name in ("a", "b")]
    world = make_world(
        make_network(rows, through("a", "b", 2)), flows=[Flow(id="f", route=("a", "b"), volume_veh_h=700.0)],
        time=Time(start_s=START_S, analysis_s=720.0, clear_s=60.0), detectors=(
            Detector(id="d", link="b", position_m=400.0),),
        drivers=Drivers(motorway=SpeedChoice(share_over_limit=0.4, cv=0.11)))
    return prepare(world)


@cache
def tables(*policies: Policy) -> dict[str, pd.DataFrame]:
    return simulate(prepared(), Job(Labels("s", "x", 1, "ca"), policies))


def digest(*policies: Policy) -> str:
    return str(tables(*policies)["runs"]["digest"].iloc[0])


def variable(**more: Any) -> VariableSpeedLimit:
    return VariableSpeedLimit(**{"on": ROAD, "limit_kmh": 80.0, "hours": EVENING, "compliance": 0.5, **more})


def test_hours_of_every_day_within_the_run() -> None:
    night = [Hours(begin_h=22, end_h=6)]
    assert windows_s(night, (7200.0, 3 * 3600.0), "p") == [(-7200.0, 21600.0)]
    assert windows_s(night, (20 * 3600.0, 50 * 3600.0), "p") == [(79200.0, 108000.0), (165600.0, 194400.0)]
    with pytest.raises(PolicyError, match=r"hours 22 to 6: found no part of the run in them"):
        windows_s(night, (7 * 3600.0, 9 * 3600.0), "p")


def test_a_limit_all_day_by_the_clock_is_a_limit_for_the_whole_run_bit_for_bit() -> None:
    always, clocked = (SpeedLimit(on=ROAD, limit_kmh=70.0, hours=hours) for hours in (None, ALL_DAY))
    assert digest(always) == digest(clocked) != digest()
    for name in ("speeds", "speed_counts", "indicators", "links"):
        pd.testing.assert_frame_equal(tables(always)[name], tables(clocked)[name])


@pytest.mark.parametrize("policy", [
    SpeedLimit(on=ROAD, limit_kmh=100.0, hours=EVENING), variable(compliance=0.0),
    variable(compliance=0.0, limit_kmh=100.0),
])
def test_what_changes_no_speed_leaves_traffic_bit_for_bit(policy: Policy) -> None:
    assert digest(policy) == digest()


def test_the_ledger_says_what_holds_when() -> None:
    table = ledger_table(lower(prepared(), [variable()]).ledger)
    rows = table[table["operation"] == "schedule"]
    assert rows["cell"].tolist() == ["a", "b"]
    assert set(rows["begin_s"]) == {7.1 * 3600}
    assert set(rows["end_s"]) == {9.0 * 3600}
    np.testing.assert_allclose(rows[["before", "after"]].to_numpy() * 3.6, [[100.0, 80.0]] * 2)
    respond = table[table["operation"] == "respond"]
    assert set(respond["begin_s"]) == {7.1 * 3600}
    assert "begin_s" not in ledger_table(lower(prepared(), [SpeedLimit(on=ROAD, limit_kmh=70.0)]).ledger)
    stored = tables(variable())["ledger"]
    assert set(stored["begin_s"]) == {7.1 * 3600}


def test_more_followers_are_slower_and_less_spread_after_the_change_only() -> None:
    means = []
    for share in (0.0, 0.5, 1.0):
        links = tables(variable(compliance=share))["links"]
        km, hours = (links.groupby("begin_s")[name].sum() for name in ("vehicle_km", "vehicle_h"))
        means.append((km / hours).to_numpy(np.float64))
    assert means[0][0] == means[1][0] == means[2][0], "the first five minutes are before the change"
    assert means[0][2] > means[1][2] > means[2][2]
    spot = [tables(variable(compliance=share))["speeds"].iloc[0] for share in (0.0, 0.5, 1.0)]
    assert spot[0]["mean_kmh"] > spot[1]["mean_kmh"] > spot[2]["mean_kmh"]
    assert spot[0]["share_over_limit"] > spot[1]["share_over_limit"] > spot[2]["share_over_limit"]


def test_shares_over_the_limit_are_over_the_limit_in_force() -> None:
    # nobody follows: speeds are the same, and more of them are above the lower limit
    plain, lower_limit = (tables(*policies)["speeds"].iloc[0] for policies in ((), (variable(compliance=0.0),)))
    assert plain["mean_kmh"] == lower_limit["mean_kmh"]
    assert lower_limit["share_over_limit"] > plain["share_over_limit"] + 0.2


def test_cameras_cite_above_the_limit_in_force() -> None:
    camera = SpeedCamera(at=(CameraPlace(link="b", position_m=400.0),), unaffected=1.0, tolerance_kmh=3.0)
    cited = [int(tables(*policies)["speeds"].query("role == 'camera'")["citations"].iloc[0])
             for policies in ((camera,), (camera, variable(compliance=0.0)),
                              (camera, variable(compliance=0.0, limit_kmh=100.0)))]
    assert cited[1] > cited[0] == cited[2] > 0


def test_casualties_are_not_read_from_a_mean_over_two_limits() -> None:
    from trafficsim.run.free_speeds import measuring_free_speeds

    def free(policy: Policy) -> pd.DataFrame:
        study = Study(name="x", scenarios=("s",), alternatives={"do nothing": (), "x": (policy,)})
        world = measuring_free_speeds(study, {"s": prepared()})["s"]
        return simulate(world, Job(Labels("s", "x", 1, "ca"), (policy,)))["free_speeds"]

    assert not free(variable())["steady"].any()
    assert free(variable(hours=ALL_DAY))["steady"].all()
    assert free(SpeedLimit(on=ROAD, limit_kmh=70.0))["steady"].all()
    assert not free(SpeedLimit(on=ROAD, limit_kmh=70.0, hours=EVENING))["steady"].any()


@pytest.mark.parametrize(("policies", "words"), [
    ([variable(limit_kmh=110.0)], ["110 km/h on link 'a'", "100 km/h"]),
    ([variable(hours=(Hours(begin_h=10, end_h=11),))], ["hours 10 to 11", "7 h to 7.21667 h"]),
    ([variable(), variable(limit_kmh=60.0)], ["variable_speed_limit #1 and variable_speed_limit #2", "of 'a'",
                                              "two values from"]),
    ([variable(on=Links(ids=("c",)))], ["link 'c'"]),
])
def test_what_cannot_hold_is_refused_with_names(policies: list[Policy], words: list[str]) -> None:
    with pytest.raises(PolicyError) as refused:
        lower(prepared(), policies)
    for word in words:
        assert word in str(refused.value)


def test_an_engine_without_a_timeline_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain(CellularAutomatonEngine):
        name = "plain"
        represents = frozenset({"signals", "stops"})

    monkeypatch.setitem(registry.ENGINES, "plain", Plain())
    with pytest.raises(InputError, match=r"engine 'plain': the schedule of link 'a'.*choose engine 'ca'"):
        simulate(prepared(), Job(Labels("s", "x", 1, "plain"), (variable(),)))


def test_a_change_below_the_resolution_is_refused() -> None:
    with pytest.raises(BelowResolution, match=r"link\.free_speed_mean_ms of 'a'"):
        tables(SpeedLimit(on=ROAD, limit_kmh=99.9999, mean_response=0.01, hours=EVENING))


def test_the_report_says_at_which_hours_a_change_holds() -> None:
    found = {one.operation: one for one in changes(tables(variable())["ledger"], "x")}
    assert [cell.times for cell in found["schedule"].cells] == ["07:06–09:00"] * 2
    assert [(cell.before, cell.after) for cell in found["schedule"].cells] == [pytest.approx((100.0, 80.0))] * 2
    always = {one.operation: one for one in changes(tables(SpeedLimit(on=ROAD, limit_kmh=70.0))["ledger"], "x")}
    assert {cell.times for cell in always["set"].cells} == {""}
