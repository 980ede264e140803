"""Schedules of a builder: what is refused, what the plan holds, and that order shows nowhere."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles.timeline import value_at
from tests.plan.small import Demand, diamond, flow, world
from trafficsim.base.errors import PolicyError
from trafficsim.plan.builder import PlanBuilder
from trafficsim.plan.lower import lower
from trafficsim.plan.timeline import change_times_s, limit_at_ms, links_at
from trafficsim.spec.behaviour import Response, ResponseRule, Zone

LIMIT, MEAN = "link.speed_limit_ms", "link.free_speed_mean_ms"
PLAN = lower(world(Demand(flows=(flow(volume_veh_h=60.0),)))).plan


@pytest.mark.parametrize(("asked", "words"), [
    ((LIMIT, ("a",), 9.0, 200.0, 100.0), ["from 200 s to 100 s", "an end after the begin"]),
    ((LIMIT, ("a",), 9.0, 100.0, 100.0), ["an end after the begin"]),
    ((LIMIT, ("a",), 9.0, 1e6, 2e6), ["from 1e+06 s", "within the run, from 0 s to"]),
    ((LIMIT, ("a",), 9.0, -200.0, 0.0), ["within the run"]),
    ((LIMIT, ("q",), 9.0, 0.0, 100.0), ["unknown value 'q'"]),
    ((LIMIT, ("a",), 0.0, 0.0, 100.0), ["link.speed_limit_ms of 'a'", "> 0"]),
    ((LIMIT, ("a",), float("nan"), 0.0, 100.0), ["finite numbers"]),
    ((LIMIT, ("a", "b"), (9.0, 8.0, 7.0), 0.0, 100.0), ["2 numbers"]),
    ((LIMIT, ("a",), 9.0, float("nan"), 100.0), ["an end after the begin"]),
    (("signal.offset_s", ("j",), 9.0, 0.0, 100.0), ["does not change within a run", LIMIT]),
    (("link.speed", ("a",), 9.0, 0.0, 100.0), ["does not change within a run"]),
])
def test_a_schedule_that_cannot_hold_is_refused(asked: tuple[Any, ...], words: list[str]) -> None:
    with pytest.raises(PolicyError) as refused:
        PlanBuilder(PLAN, diamond()).schedule(*asked)
    for word in words:
        assert word in str(refused.value)


def test_two_values_at_a_time_are_refused() -> None:
    builder = PlanBuilder(PLAN, diamond())
    builder.schedule(LIMIT, ("a", "b"), 9.0, 0.0, 100.0)
    builder.schedule(MEAN, ("a",), 8.0, 50.0, 150.0)
    builder.schedule(LIMIT, ("a",), 8.0, 100.0, 150.0)
    builder.finish()
    builder.schedule(LIMIT, ("b",), 8.0, 99.0, 150.0)
    with pytest.raises(PolicyError, match=r"link\.speed_limit_ms of 'b': found two values from 99 s on"):
        builder.finish()


def test_a_rule_that_ends_before_it_begins_is_refused() -> None:
    zone = Zone(link="b", begin_m=0.0, end_m=10.0, strength=1.0)
    for times, word in (((9.0, 8.0), "an end after the begin"), ((1e6, 2e6), "within the run")):
        rule = ResponseRule(name="post", link="b", response=Response(trait="t"), along=("b",), zones=(zone,),
                            begin_s=times[0], end_s=times[1])
        with pytest.raises(PolicyError, match=word):
            PlanBuilder(PLAN, diamond()).respond(rule)


SPANS = st.lists(st.tuples(st.sampled_from("abd"), st.integers(0, 30), st.integers(1, 10)), max_size=6)


@given(SPANS)
def test_the_plan_holds_what_was_asked_whoever_came_first(spans: list[tuple[str, int, int]]) -> None:
    kept: list[tuple[str, float, float, float]] = []
    for link, begin, length in spans:
        one = (link, 100.0 * begin, 100.0 * (begin + length), 5.0 + begin)
        if not any(one[0] == other[0] and one[1] < other[2] and other[1] < one[2] for other in kept):
            kept.append(one)
    plans = []
    for order in list(itertools.permutations(kept))[:3]:
        builder = PlanBuilder(PLAN, diamond())
        for link, begin_s, end_s, value in order:
            builder.schedule(LIMIT, (link,), value, begin_s, end_s)
        plans.append(builder.finish()[0])
    for column in ("link", "value", "begin_s", "end_s"):
        assert len({getattr(plan.timeline, column).tobytes() for plan in plans}) == 1
    plan, times = plans[0], np.arange(0.0, 4200.0, 50.0)
    for row, link in enumerate(plan.link_id):
        mine = [one[1:] for one in kept if one[0] == link]
        wanted = [value_at(float(PLAN.links.speed_limit_ms[row]), mine, time_s) for time_s in times.tolist()]
        assert limit_at_ms(plan, np.full(len(times), row), times).tolist() == wanted
        assert [float(links_at(plan, one).speed_limit_ms[row]) for one in times[:9].tolist()] == wanted[:9]
    ends = {time_s for one in kept for time_s in one[1:3]}
    assert set(change_times_s(plan)) == {one for one in ends if plan.start_s < one < plan.end_s}
