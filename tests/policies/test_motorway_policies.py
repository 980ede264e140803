"""Policies that react on motorways: what they record, what contradicts, and what is refused in one message."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tests.support.merges import merge_network, merge_world
from tests.support.worlds import fixed_time, link, make_network, make_world, through
from trafficsim.base.errors import PolicyError, TrafficsimError
from trafficsim.engines.registry import engine_named
from trafficsim.plan.ledger import ledger_table
from trafficsim.plan.lower import lower
from trafficsim.plan.meters import meter_groups
from trafficsim.policies import LineControl, MovingJamLimit, RampMetering
from trafficsim.spec.demand import Flow
from trafficsim.spec.policy import Policy
from trafficsim.spec.selectors import Links

ROAD = Links(ids=("main", "up"))
ALL_FOLLOW = {"on": ROAD, "compliance": 1.0}
METER = RampMetering(ramp="on", occupancy_percent=15)


def ledger(*policies: Policy) -> Any:
    table = ledger_table(lower(merge_world(1000.0, 300.0), policies, 1).ledger)
    return table[table["operation"] == "react"]


def test_signs_are_recorded_with_the_lowest_limit_that_they_may_show() -> None:
    rows = ledger(LineControl(**ALL_FOLLOW))
    assert rows["cell"].tolist() == ["up", "main"], "in driving order"
    assert (rows["field"] == "roadside.limit").all()
    assert (rows["before"] * 3.6).tolist() == pytest.approx([100.0, 100.0])
    assert (rows["after"] * 3.6).tolist() == pytest.approx([60.0, 60.0])


def test_a_meter_puts_a_signal_where_there_is_none() -> None:
    world = merge_world(1000.0, 300.0)
    before, after = (lower(world, policies, 1).plan for policies in ((), (METER,)))
    assert before.signals.program_id == ()
    assert after.signals.program_id == ("ramp meter on",)
    assert meter_groups(after) == {0: (0,)}
    metered = np.flatnonzero(after.connections.signal_group >= 0)
    assert [after.link_id[link] for link in after.lanes.link[after.connections.from_lane[metered]]] == ["on"]
    assert after.roadside.reactions[0].measured == "merge"  # type: ignore[union-attr]
    assert ledger(METER)["field"].tolist() == ["roadside.rate"]


def test_a_signal_of_the_ramp_alone_becomes_the_meter() -> None:
    network = merge_network("own", (fixed_time("own", 20.0, 40.0),))
    plan = lower(merge_world(1000.0, 300.0, network), (METER,), 1).plan
    assert plan.signals.program_id == ("own",)
    assert meter_groups(plan) == {0: (0,)}
    record = engine_named("ca").run(plan, engine_named("ca").settings_of(merge_world(1000.0, 300.0, network)))
    assert np.diff(record.signals.since_s[record.signals.state == 3]).min() == 4.0, "the program is no longer run"


@pytest.mark.parametrize(("policies", "message"), [
    ((RampMetering(ramp="onn", occupancy_percent=10),), "ramp 'onn': found no such link"),
    ((RampMetering(ramp="on", measured="downn", occupancy_percent=10),), "measured 'downn': found no such link"),
    ((RampMetering(ramp="down", measured="up", occupancy_percent=10),), "nothing leads on"),
    ((RampMetering(ramp="down", occupancy_percent=10),), "it leads onto no link"),
    ((RampMetering(ramp="on", occupancy_percent=10, most_veh_h=1000),), "at most 900 veh/h"),
    ((METER, RampMetering(ramp="on", measured="down", occupancy_percent=20)), "a second reaction of this name"),
    ((LineControl(**ALL_FOLLOW), MovingJamLimit(**ALL_FOLLOW)), "both put signs that react there"),
    ((LineControl(**ALL_FOLLOW), LineControl(on=Links(ids=("main",)), compliance=0.5)), "both put signs"),
    ((LineControl(on=Links(ids=("up", "merge")), compliance=1.0),), "does not lie on one road"),
    ((LineControl(on=Links(ids=("main", "on", "merge")), compliance=1.0),), "does not lie on one road"),
    ((MovingJamLimit(on=Links(ids=("nowhere",)), compliance=1.0),), "link 'nowhere'"),
])
def test_what_contradicts_is_refused(policies: tuple[Policy, ...], message: str) -> None:
    with pytest.raises(TrafficsimError, match=message):
        lower(merge_world(1000.0, 300.0), policies, 1)


def test_a_circle_is_no_road() -> None:
    rows = [link("a", 500.0, road_class="motorway"), link("b", 500.0, road_class="motorway")]
    ring = make_network(rows, [*through("a", "b"), *through("b", "a")])
    world = make_world(ring, [Flow(id="f", route=("a", "b"), volume_veh_h=100.0)])
    with pytest.raises(PolicyError, match="a gap, a fork or a circle"):
        lower(world, (LineControl(on=Links(ids=("a", "b")), compliance=1.0),), 1)


def test_a_signal_that_others_have_too_is_no_meter() -> None:
    rows = [link(name, 300.0, lanes=1, road_class="motorway") for name in ("main", "on", "out")]
    both = [one.model_copy(update={"signal": "s", "signal_index": index})
            for index, name in enumerate(("main", "on")) for one in through(name, "out")]
    network = make_network(rows, both, (fixed_time("s", 20.0, 40.0, groups=2),))
    world = make_world(network, [Flow(id="f", route=("on", "out"), volume_veh_h=100.0)])
    with pytest.raises(PolicyError, match="signal 's', which is not that of the whole ramp alone"):
        lower(world, (METER,), 1)


@pytest.mark.parametrize(("policy", "given", "message"), [
    (RampMetering, {"ramp": "on", "occupancy_percent": 0.0}, "greater than 0"),
    (RampMetering, {"ramp": "on", "occupancy_percent": 100.0}, "less than 100"),
    (RampMetering, {"ramp": "on"}, "Field required"),
    (RampMetering, {"ramp": "on", "occupancy_percent": 10.0, "most_veh_h": 200.0}, "below least_veh_h"),
    (RampMetering, {"ramp": "on", "occupancy_percent": 10.0, "measured": "on"}, "the ramp itself"),
    (RampMetering, {"ramp": "on", "occupancy_percent": 10.0, "every_s": 1.0}, "greater than or equal to 5"),
    (MovingJamLimit, {**ALL_FOLLOW, "free_speed_kmh": 40.0}, "cannot be free and jammed"),
    (MovingJamLimit, {**ALL_FOLLOW, "front_kmh": 0.0}, "greater than 0"),
    (MovingJamLimit, {**ALL_FOLLOW, "compliance": 1.2}, "less than or equal to 1"),
    (LineControl, {**ALL_FOLLOW, "steps": ()}, "at least 1"),
    (LineControl, {**ALL_FOLLOW, "funnel_kmh": 0.0}, "greater than 0"),
])
def test_parameters_out_of_range_are_refused(policy: type[Policy], given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        policy.model_validate(given)
