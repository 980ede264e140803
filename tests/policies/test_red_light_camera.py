"""Red-light cameras: the ledger, zero effect, conflicts, what is refused, and what they move in traffic."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support.worlds import make_world
from trafficsim.base.codes import LATE, PROCESS_OF_EVENT, RED_RUNS
from trafficsim.base.errors import PolicyError
from trafficsim.design.synthetic import junction
from trafficsim.engines.ca.loop import run as simulate
from trafficsim.plan.fields import FIELDS
from trafficsim.plan.lower import lower
from trafficsim.policies import RedLightCamera
from trafficsim.results.digest import digest
from trafficsim.results.offences import sanctions
from trafficsim.spec.calendar import Hours, Schedule
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.scenario import Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.world import World

IN0, TREATED = Links(ids=("in0",)), ("in0", "in2")


def world(analysis_s: float = 1200.0, **drivers: Any) -> World:
    flows = [Flow(id=f"{arm}", origin=f"in{arm}", destination=f"out{(arm + 2) % 4}", volume_veh_h=500.0)
             for arm in range(4)]
    return make_world(junction(), flows, time=Time(analysis_s=analysis_s), drivers=Drivers(**drivers))


def run(asked: World, policies: list[RedLightCamera]) -> tuple[str, dict[str, int]]:
    """Digest of a run, and its red runs by approaches and process."""
    plan = lower(asked, policies).plan
    record = simulate(plan)
    events, found = record.events, dict.fromkeys(("treated late", "others late", "inattention"), 0)
    for code, link in zip(events.code.tolist(), events.link.tolist(), strict=True):
        if code in RED_RUNS:
            late = PROCESS_OF_EVENT[code] == LATE
            here = "treated" if plan.link_id[link] in TREATED else "others"
            found[f"{here} late" if late else "inattention"] += 1
    return digest(plan, record), found


def test_the_ledger_says_what_moves() -> None:
    lowered = lower(world(), [RedLightCamera(on=IN0, hard_stop_share=0.05)])
    rows = {row.field: (row.operation, row.cells, row.before, row.after) for row in lowered.ledger}
    hours = rows.pop("deployment.hours")
    assert hours[:3] == ("deploy", ("red-light camera in0",), (0.0,))
    assert rows == {"approach.tau50_s": ("set", ("in0",), (2.9,), (pytest.approx(2.3),)),
                    "approach.hard_stop_share": ("set", ("in0",), (0.0,), (0.05,))}
    approaches, other = lowered.plan.approaches, lowered.baseline.approaches
    np.testing.assert_array_equal(approaches.inattention, other.inattention)
    np.testing.assert_array_equal(approaches.spread_s, other.spread_s)
    assert np.count_nonzero(approaches.tau50_s != other.tau50_s) == 1


def test_a_camera_without_effect_changes_no_bit() -> None:
    nothing = run(world(), [])
    assert run(world(), [RedLightCamera(on=IN0, shift_s=0.0)]) == nothing
    # everybody stops who can: there are no late decisions to move
    polite = run(world(at_yellow="if_possible"), [])
    assert run(world(at_yellow="if_possible"), [RedLightCamera(on=IN0)]) == polite
    assert polite[1] == {"treated late": 0, "others late": 0, "inattention": 0}


def test_more_stop_at_yellow_where_the_camera_is_and_the_unaware_go_on() -> None:
    asked = world(7200.0, tau50_s=4.5, inattention_per_10000=2000.0)
    _, before = run(asked, [])
    _, after = run(asked, [RedLightCamera(on=Links(ids=TREATED), shift_s=1.5)])
    assert before["treated late"] >= 8
    assert after["treated late"] < before["treated late"] / 2
    assert abs(after["others late"] - before["others late"]) <= 2
    assert before["inattention"] >= 30
    assert after["inattention"] == pytest.approx(before["inattention"], rel=0.1)


def test_who_crosses_late_enough_is_sanctioned_at_the_camera_alone() -> None:
    asked = world(3600.0, tau50_s=5.0, inattention_per_10000=2000.0)
    found = []
    for tolerance_s in (0.0, 2.0):
        camera = RedLightCamera(on=IN0, shift_s=0.0, tolerance_s=tolerance_s, fine_eur=90.0, points=1)
        lowered = lower(asked, [camera])
        plan, record = lowered.plan, simulate(lowered.plan)
        given, events = sanctions(plan, record), record.events
        here = np.isin(events.code, RED_RUNS) & (events.link == plan.link_id.index("in0"))
        late = here & (events.value_s >= tolerance_s) & (events.time_s < plan.analysis_end_s)
        assert sorted(given.trip.tolist()) == sorted(events.trip[late].tolist())
        assert (lowered.deployments[0].kind, lowered.deployments[0].devices) == ("red_light_camera", 1)
        found.append(len(given.trip))
    assert found[0] > found[1] > 0


def test_a_fine_that_nobody_ever_pays_is_refused() -> None:
    with pytest.raises(ValueError, match="detection is 0"):
        RedLightCamera(on=IN0, detection=0.0, fine_eur=50.0)


@pytest.mark.parametrize(("schedule", "tau50_s"), [
    (Schedule(first_day=2), 2.9), (Schedule(last_day=1), 2.3), (Schedule(hours=(Hours(begin_h=20, end_h=22),)), 2.3),
])
def test_drivers_know_the_place_and_not_its_hours(schedule: Schedule, tau50_s: float) -> None:
    lowered = lower(world(), [RedLightCamera(on=IN0, schedule=schedule)])
    assert lowered.plan.approaches.tau50_s[0] == pytest.approx(tau50_s)
    assert lowered.deployments[0].schedule == schedule


def test_two_cameras_on_one_approach_are_refused() -> None:
    with pytest.raises(PolicyError, match="red-light camera in0': found a second place of this name"):
        lower(world(), [RedLightCamera(on=IN0), RedLightCamera(on=Links(ids=("in0", "in1")), shift_s=0.5)])


@pytest.mark.parametrize(("ids", "told"), [
    (("in9",), "link 'in9': found no such link in the network"),
    (("in0", "out1"), "link 'out1': found no signal at its end"),
])
def test_places_that_are_no_approach_are_refused(ids: tuple[str, ...], told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        lower(world(), [RedLightCamera(on=Links(ids=ids))])


def test_a_network_without_signals_has_no_place_for_it() -> None:
    flow = Flow(id="f", origin="in0", destination="out2", volume_veh_h=100.0)
    asked = make_world(junction(control="priority"), [flow])
    assert len(lower(asked).plan.approaches.link) == 0
    with pytest.raises(PolicyError, match="no link of this network has one"):
        lower(asked, [RedLightCamera(on=IN0)])


@pytest.mark.parametrize("wrong", [{"shift_s": -0.1}, {"hard_stop_share": 1.2}, {"hard_stop_share": -0.1},
                                   {"shift_s": float("nan")}])
def test_numbers_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RedLightCamera.model_validate({"on": {"ids": ["in0"]}, **wrong})


@pytest.mark.parametrize("wrong", [{"inattention_per_10000": -1}, {"inattention_per_10000": 10_001}, {"tau50_s": -1},
                                   {"tau_spread_s": 0}])
def test_drivers_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Drivers.model_validate(wrong)


def test_fields_of_approaches_have_ends() -> None:
    plan, field = lower(world()).plan, FIELDS["approach.inattention"]
    assert field.cells(plan) == tuple(f"in{arm}" for arm in range(4))
    assert field.allows(np.array([-0.1, 0.0, 1.0, 1.1])).tolist() == [False, True, True, False]
