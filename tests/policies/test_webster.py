"""Webster as a policy: what it changes, what it keeps, what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from tests.policies.signal_worlds import main_road, prepared
from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.webster import webster_cycle_s
from trafficsim.plan.lower import design_volumes, lower
from trafficsim.policies.webster import Webster
from trafficsim.results.timing import timings_of
from trafficsim.spec.network import Network
from trafficsim.spec.signals import Phase, SignalProgram


def with_program(network: Network, name: str, phases: tuple[Phase, ...]) -> Network:
    programs = tuple(SignalProgram(id=name, phases=phases) if one.id == name else one for one in network.signals)
    return replace(network, signals=programs)


def test_only_greens_change_and_only_by_whole_seconds() -> None:
    lowered = lower(prepared(main_road()), [Webster()])
    before, after = lowered.baseline.signals, lowered.plan.signals
    np.testing.assert_array_equal(before.state, after.state)
    np.testing.assert_array_equal(before.offset_s, after.offset_s)
    np.testing.assert_array_equal(after.duration_s, np.rint(after.duration_s))
    for name, old in timings_of(before).items():
        new = timings_of(after)[name]
        assert [new.phase_s[k] for k in (1, 2, 4, 5)] == [old.phase_s[k] for k in (1, 2, 4, 5)]
        assert new.phase_s[0] != old.phase_s[0]


def test_cycle_and_split_of_one_crossing_by_hand() -> None:
    # One lane each: y of the main road is the larger of both directions' design volumes over 1,850, that of the cross
    # street its own; L = 10 s; C0 rounded up, greens in proportion, rounded to the same sum.
    world = prepared(main_road())
    volumes = design_volumes(world)
    y = max(volumes["east2", "east3"], volumes["west3", "west2"]) / 1850.0, volumes["south2_in", "north2_out"] / 1850.0
    cycle = np.ceil(webster_cycle_s(10.0, sum(y)))
    found = timings_of(lower(world, [Webster(on=("j2",))]).plan.signals)["j2"]
    assert found.cycle_s == cycle
    assert found.phase_s[0] == pytest.approx((cycle - 10.0) * y[0] / sum(y), abs=0.5)


def test_designed_on_one_day_and_judged_on_others() -> None:
    world = prepared(main_road())
    plans = [lower(world, [Webster()], day, demand_variation=0.2).plan for day in (0, 1, 2)]
    assert len({len(plan.trips.name) for plan in plans}) == 3
    for plan in plans[1:]:
        np.testing.assert_array_equal(plan.signals.duration_s, plans[0].signals.duration_s)


def test_chosen_programs_only() -> None:
    lowered = lower(prepared(main_road()), [Webster(on=("j2",))])
    old, new = timings_of(lowered.baseline.signals), timings_of(lowered.plan.signals)
    assert [name for name in old if old[name] != new[name]] == ["j2"]


def test_common_cycle_is_the_longest() -> None:
    world = prepared(main_road())
    own, together = ([timing.cycle_s for timing in timings_of(lower(world, [policy]).plan.signals).values()]
                     for policy in (Webster(), Webster(common_cycle=True)))
    assert len(set(own)) > 1
    assert together == [max(own)] * 3


def test_oversaturated_is_refused_with_its_reason() -> None:
    with pytest.raises(PolicyError) as refusal:
        lower(prepared(main_road(), 1300.0, (200.0, 400.0, 600.0)), [Webster()])
    told = str(refusal.value)
    for part in ("signal 'j3'", "Y = 1.", "lane 0 with", "pcu/h", "0.92", "`on`"):
        assert part in told, (part, told)


def test_the_rest_can_be_retimed_without_it() -> None:
    lowered = lower(prepared(main_road(), 1300.0, (200.0, 400.0, 600.0)), [Webster(on=("j1", "j2"))])
    assert timings_of(lowered.plan.signals)["j3"] == timings_of(lowered.baseline.signals)["j3"]


def test_minimum_greens_longer_than_the_longest_cycle_are_refused() -> None:
    with pytest.raises(PolicyError, match="minimum greens and intergreens of 40 s"):
        lower(prepared(main_road()), [Webster(minimum_cycle_s=20, maximum_cycle_s=30, minimum_green_s=15)])


def test_unknown_program_gets_a_suggestion() -> None:
    with pytest.raises(PolicyError, match="did you mean 'j2'"):
        lower(prepared(main_road()), [Webster(on=("j22",))])


def test_a_network_without_signals_is_refused() -> None:
    with pytest.raises(PolicyError, match="without signals"):
        lower(prepared(main_road(signals=())), [Webster()])


def test_a_single_stage_keeps_its_plan_unless_the_cycle_is_common() -> None:
    network = main_road()
    width = len(network.signals[0].phases[0].state)
    phases = (Phase(duration_s=40, state="G" * width), Phase(duration_s=3, state="y" * width),
              Phase(duration_s=17, state="r" * width))
    world = prepared(with_program(network, "j1", phases))
    alone, common = (timings_of(lower(world, [Webster(common_cycle=choice)]).plan.signals) for choice in (False, True))
    assert alone["j1"].phase_s == (40.0, 3.0, 17.0)
    assert common["j1"].phase_s == (common["j2"].cycle_s - 20.0, 3.0, 17.0)


def test_no_demand_gives_the_shortest_cycle_in_equal_parts() -> None:
    # Nobody comes to j1: C0 = 1.5 x 10 + 5 = 20 s, lifted to 30 s; both stages 10 s.
    lowered = lower(prepared(main_road(), 0.0, (0.0, 0.0, 300.0)), [Webster()])
    assert timings_of(lowered.plan.signals)["j1"].phase_s == (10.0, 3.0, 2.0, 10.0, 3.0, 2.0)


def test_a_stage_without_demand_keeps_its_minimum() -> None:
    # Pedestrians across the main road: 6.5 m take 9.4 s, 5 s of them in the intergreen: 5 s.
    lowered = lower(prepared(main_road(), 500.0, (0.0, 0.0, 0.0)), [Webster()])
    assert timings_of(lowered.plan.signals)["j1"].phase_s[3] == 5.0


def test_twice_on_one_program_is_a_conflict() -> None:
    with pytest.raises(PolicyError, match="both set this value"):
        lower(prepared(main_road()), [Webster(on=("j1",)), Webster(on=("j1", "j2"))])


def test_limits_in_order() -> None:
    with pytest.raises(ValidationError, match="exchange them"):
        Webster(minimum_cycle_s=90, maximum_cycle_s=60)
