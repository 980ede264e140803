"""Policies that let signals react: stages of the fixed program, detectors by rule, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.policies.signal_worlds import main_road, prepared
from trafficsim.base.errors import NetworkError, PolicyError
from trafficsim.design.timing.controls import control_of
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared
from trafficsim.policies import (
    Actuated,
    CoordinatedActuated,
    MaxPressure,
    Preemption,
    SelfOrganising,
    TransitPriority,
    Webster,
)
from trafficsim.spec.control import ControlPhase, SignalControl, SignalDetector
from trafficsim.spec.policy import Policy


@pytest.fixture(scope="module")
def road() -> Prepared:
    return prepared(main_road())


def plan_with(road: Prepared, *policies: Policy) -> Plan:
    return lower(road, policies).plan


@pytest.mark.parametrize(("policy", "method"), [
    (Actuated(), 1), (CoordinatedActuated(), 2), (MaxPressure(), 3), (SelfOrganising(), 4)])
def test_all_signals_react_with_the_stages_of_their_programs(road: Prepared, policy: Policy, method: int) -> None:
    lowered = lower(road, [policy])
    controls = lowered.plan.controls
    assert controls.controllers.id == lowered.plan.signals.program_id
    assert controls.controllers.method.tolist() == [method] * 3
    assert np.diff(controls.controllers.phase_start).tolist() == [2, 2, 2]
    rows = [row for row in lowered.ledger if row.field == "signal.control"]
    assert [row.before for row in rows] == [(-1.0,)] * 3
    assert not lowered.baseline.controls.any


def test_detectors_lie_at_the_stop_line_and_two_seconds_before_it(road: Prepared) -> None:
    found = plan_with(road, Actuated(on=("n1",) if "n1" in road.signals.program_id else None)).controls.detectors
    advance = [number for number, name in enumerate(found.name) if name.endswith("advance")]
    length_m = road.network.links.length_m[found.link[advance]]
    np.testing.assert_allclose(length_m - found.end_m[advance], 27.8, atol=0.05)  # 50 km/h for 2 s
    assert all(found.extends[number] for number in advance)
    assert (found.calls > 0).all()


def test_coordinated_signals_keep_the_cycle_and_offset_that_webster_gives(road: Prepared) -> None:
    webster = plan_with(road, Webster(common_cycle=True)).signals
    controls = plan_with(road, Webster(common_cycle=True), CoordinatedActuated()).controls
    cycles = np.add.reduceat(webster.duration_s, webster.phase_start[:-1])
    np.testing.assert_allclose(controls.patterns.cycle_s, cycles)


def test_priority_builds_on_what_reacts_already(road: Prepared) -> None:
    controls = plan_with(road, Actuated(), TransitPriority(check_in_m=80)).controls
    assert controls.controllers.method.tolist() == [1] * 3
    assert set(controls.turns.transit_m[controls.turns.controller >= 0]) == {80.0}
    fixed = plan_with(road, TransitPriority()).controls
    assert fixed.controllers.method.tolist() == [2] * 3


def test_two_policies_for_one_signal_and_unknown_signals_are_refused(road: Prepared) -> None:
    with pytest.raises(PolicyError, match=r"both set it"):
        plan_with(road, Actuated(), MaxPressure())
    with pytest.raises(PolicyError, match=r"no signal 'nowhere'"):
        plan_with(road, Actuated(on=("nowhere",)))
    with pytest.raises(PolicyError, match="without emergency response"):
        plan_with(road, Preemption())


def broken(road: Prepared, control: SignalControl) -> Prepared:
    network = replace(road.world.network, controls=(control,))
    return replace(road, world=replace(road.world, network=network), memory={})


def test_a_network_may_bring_its_own_control(road: Prepared) -> None:
    network = road.world.network
    control = control_of(network, network.signals[0], "actuated")
    assert control is not None
    assert lower(broken(road, control)).plan.controls.controllers.id == (network.signals[0].id,)


def test_what_does_not_fit_the_network_is_refused_with_its_place(road: Prepared) -> None:
    network = road.world.network
    control = control_of(network, network.signals[0], "actuated")
    assert control is not None
    width, link = len(control.phases[0].green), control.detectors[0].link
    cases = {
        "whose paths cross": {"phases": (ControlPhase(number=1, green="G" * width),)},
        "letters": {"phases": (ControlPhase(number=1, green="G"),)},
        "before the stop line of a link": {"detectors": (SignalDetector(id="d", link=link, distance_m=1999.0),)},
        "lane 7 of a link": {"detectors": (SignalDetector(id="d", link=link, lane=7),)},
        "which the network does not have": {"detectors": (SignalDetector(id="d", link="nowhere"),)},
        "no signal of this name": {"id": "nowhere"},
        "in two rings before one barrier": {"phases": tuple(
            one.model_copy(update={"ring": 1 + number, "position": 0}) for number, one in enumerate(control.phases))},
    }
    for said, change in cases.items():
        with pytest.raises(NetworkError, match=said):
            lower(broken(road, control.model_copy(update=change)))


@pytest.mark.parametrize(("change", "said"), [
    ({"max_green_s": 3.0}, "under min_green_s"), ({"green": "rr"}, "green to nobody"),
    ({"green": "yG"}, "come between phases"), ({"min_gap_s": 9.0}, "over extension_s"),
    ({"recall": "pedestrian"}, "without walk_s"), ({"split_s": 6.0}, "too short")])
def test_phases_that_contradict_themselves_are_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ControlPhase.model_validate({"number": 1, "green": "Gr", **change})


@pytest.mark.parametrize(("change", "said"), [
    ({"method": "coordinated"}, "without a coordinated phase"),
    ({"phases": [{"number": 1, "green": "Gr"}, {"number": 1, "green": "rG", "position": 1}]}, "two phases 1"),
    ({"detectors": [{"id": "d", "link": "in", "phases": [9]}]}, "there is no phase 9"),
    ({"phases": [{"number": 1, "green": "Gr"}, {"number": 2, "green": "rG", "ring": 2, "barrier": 2}]}, "barrier")])
def test_controllers_that_contradict_themselves_are_refused(change: dict[str, object], said: str) -> None:
    given = {"id": "j", "phases": [{"number": 1, "green": "Gr"}, {"number": 2, "green": "rG", "position": 1}]}
    with pytest.raises(ValueError, match=said):
        SignalControl.model_validate({**given, **change})
