"""Signs and meters in both engines: what is measured, what is shown, what drivers do, and what is kept of it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from tests.support.merges import merge_world
from trafficsim.base.codes import PERMITTED, RED, YELLOW
from trafficsim.base.errors import InputError
from trafficsim.control.metered import controller_of
from trafficsim.engines.asking import check_asked
from trafficsim.engines.registry import engine_named
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.plan.record import Record
from trafficsim.plan.timeline import limit_at_ms, links_at, rules_at
from trafficsim.policies import LineControl, RampMetering, VariableSpeedLimit
from trafficsim.results.digest import digest
from trafficsim.results.frames import Labels
from trafficsim.results.routes import as_driven
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.calendar import Hours
from trafficsim.spec.policy import Policy
from trafficsim.spec.roadside import LimitStep
from trafficsim.spec.selectors import Links

ENGINES = ("ca", "queue")
START_S = 7 * 3600.0
ROAD = Links(ids=("up", "main"))
SIGNS = LineControl(on=ROAD, compliance=1.0, hold_s=0.0, steps=(LimitStep(limit_kmh=60, flow_veh_h_lane=900),))
METER = RampMetering(ramp="on", occupancy_percent=13)


@cache
def ran(engine: str, *policies: Policy, road_veh_h: float = 3600.0, ramp_veh_h: float = 700.0) -> tuple[Plan, Record]:
    world = merge_world(road_veh_h, ramp_veh_h)
    plan = lower(world, policies, 1).plan
    record = engine_named(engine).run(plan, engine_named(engine).settings_of(world))
    return as_driven(plan, record), record


@cache
def tables(engine: str, *policies: Policy) -> dict[str, pd.DataFrame]:
    return simulate(prepare(merge_world(3600.0, 700.0)), Job(Labels("s", "x", 1, engine), policies))


def seconds(record: Record, plan: Plan, name: str) -> float:
    mine = [row for row, trip in enumerate(plan.trips.name) if trip.startswith(name) and record.trips.exit_s[row] > 0]
    return float((record.trips.exit_s[mine] - plan.trips.depart_s[mine]).mean())


@pytest.mark.parametrize("engine", ENGINES)
def test_signs_show_a_limit_for_what_was_measured_and_drivers_follow(engine: str) -> None:
    table = tables(engine, SIGNS)["roadside"]
    assert set(table["shows"]) == {"limit"}
    assert set(table["value"].dropna()) == {60.0}
    assert set(table["link"]) == {"up", "main"}
    assert ((table["time_s"] - START_S) % 60.0 == 0.0).all()
    assert table["reason"].str.contains("veh/h per lane at").all()
    first = table[table["link"] == "main"].iloc[0]
    links = tables(engine, SIGNS)["links"]
    mine = links[(links["link"] == "main") & (links["end_s"] == first["time_s"])].iloc[0]
    assert first["reason"].startswith(f"{mine['flow_veh_h'] / 2.0:.0f} veh/h per lane at {mine['speed_kmh']:.0f} km/h")
    speed = links[(links["link"] == "main") & (links["begin_s"] >= START_S + 600.0)]["speed_kmh"].max()
    assert speed <= 61.0, "all follow"


@pytest.mark.parametrize("engine", ENGINES)
def test_drivers_who_do_not_follow_are_not_touched(engine: str) -> None:
    nobody = SIGNS.model_copy(update={"compliance": 0.0})
    assert digest(*ran(engine, nobody)) == digest(*ran(engine))
    assert len(ran(engine, nobody)[1].roadside.since_s) > 0  # type: ignore[union-attr]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_run_shows_the_same(engine: str) -> None:
    plan, record = ran.__wrapped__(engine, SIGNS, METER)
    again_plan, again = ran(engine, SIGNS, METER)
    assert digest(plan, record) == digest(again_plan, again)
    assert record.roadside is not None
    assert again.roadside is not None
    assert record.roadside.reason == again.roadside.reason
    assert np.array_equal(record.roadside.value, again.roadside.value, equal_nan=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_plan_as_driven_knows_the_limits_in_force(engine: str) -> None:
    plan, record = ran(engine, SIGNS)
    shown, main = record.roadside, plan.link_id.index("main")
    assert shown is not None
    row = int(np.flatnonzero((shown.link[shown.shown] == main) & ~np.isnan(shown.value))[0])
    since = float(shown.since_s[row])
    limits = limit_at_ms(plan, np.array([main, main]), np.array([since - 1.0, since]))
    assert (limits * 3.6).tolist() == pytest.approx([100.0, 60.0])
    assert links_at(plan, since).speed_limit_ms[main] * 3.6 == pytest.approx(60.0)
    rule = int(shown.rule[shown.shown[row]])
    assert plan.behaviour.rule_name[rule] == "sign of line control from up on main"
    assert [bool(rules_at(plan, time_s)[rule]) for time_s in (since - 1.0, since)] == [False, True]


def test_a_limit_by_the_clock_and_one_by_traffic_hold_together() -> None:
    clock = VariableSpeedLimit(on=ROAD, limit_kmh=80, compliance=1.0, hours=(Hours(begin_h=7.2, end_h=7.3),))
    plan, _ = ran("ca", clock, SIGNS)
    main, at = plan.link_id.index("main"), np.array([7.25 * 3600.0])
    assert limit_at_ms(plan, np.array([main]), at)[0] * 3.6 == pytest.approx(60.0), "the lower one"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_meter_keeps_the_road_moving_and_lets_the_ramp_wait(engine: str) -> None:
    plan, without = ran(engine)
    metered, record = ran(engine, METER)
    assert seconds(record, metered, "road") < seconds(without, plan, "road")
    assert seconds(record, metered, "ramp") > seconds(without, plan, "ramp")
    table = tables(engine, METER)["roadside"]
    assert table["value"].between(240.0, 900.0).all()
    assert table["reason"].str.contains("occupancy").all()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rate", [300.0, 480.0])
def test_one_vehicle_goes_per_green(engine: str, rate: float) -> None:
    plan, record = ran(engine, RampMetering(ramp="on", occupancy_percent=90, most_veh_h=rate), road_veh_h=300.0)
    signals = record.signals
    ramp = plan.link_id.index("on")
    since = signals.since_s - START_S
    greens = int(((signals.state == PERMITTED) & (since >= 600.0) & (since < 1800.0)).sum())
    assert greens == pytest.approx(rate / 3.0, abs=1), "1,200 s"
    left = float(record.links.left[10:30, ramp].sum())
    assert 0.8 * greens <= left <= 1.1 * greens, "one each; some drivers start too late for the green"


@pytest.mark.parametrize("engine", ENGINES)
def test_what_the_meter_showed_follows_from_its_rates(engine: str) -> None:
    plan, record = ran(engine, METER)
    last = round(record.end_s - START_S)
    asked = controller_of(plan, 1.0).switches(1, last)
    shown = (record.signals.since_s > START_S) & (record.signals.since_s < record.end_s)
    assert record.signals.state[shown].tolist() == asked.state.tolist()
    assert (record.signals.since_s[shown] - START_S).tolist() == asked.tick.tolist()
    states = record.signals.state[shown]
    assert set(zip(states[:-1].tolist(), states[1:].tolist(), strict=True)) == {
        (PERMITTED, YELLOW), (YELLOW, RED), (RED, PERMITTED)}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_without_reactions_has_no_such_table(engine: str) -> None:
    assert "roadside" not in tables(engine)


def test_the_hybrid_engine_refuses_what_it_does_not_represent() -> None:
    with pytest.raises(InputError, match="roadside"):
        check_asked(engine_named("hybrid"), lower(merge_world(3600.0, 700.0), (METER,), 1).plan)
