"""Signals that react against sequences worked out by hand (verification: NEMA and stage logic)."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.support.reacting import NEMA, Conflicts, events, greens, nema, run, tables_of, two_stages, vehicles
from trafficsim.base.codes import (
    CONTROL_BARRIER,
    CONTROL_DETECTOR_FAULT,
    CONTROL_FALLBACK,
    CONTROL_FORCE_OFF,
    CONTROL_GAP_OUT,
    CONTROL_GREEN,
    CONTROL_MAX_OUT,
    CONTROL_PED_CLEARANCE,
    CONTROL_PLAN,
    CONTROL_PREEMPT_CUT,
    CONTROL_PREEMPT_DWELL,
    CONTROL_PREEMPT_EXIT,
    CONTROL_PREEMPT_ON,
    CONTROL_PRIORITY_EARLY,
    CONTROL_PRIORITY_EXTENDED,
    CONTROL_REFUSED,
    CONTROL_WALK,
)
from trafficsim.spec.control import ControlPhase, ControlPlan, Overlap, SignalControl
from trafficsim.spec.control_options import MaxPressureOptions, PreemptionOptions, PriorityOptions, SotlOptions

CROSS = Conflicts([(0, 1)])
ALWAYS = [(0, 10_000)]
SPLITS = {1: 15, 2: 35, 3: 15, 4: 35, 5: 15, 6: 35, 7: 15, 8: 35}


def changed(control: SignalControl, **more: Any) -> SignalControl:
    """The controller with other values for all of its phases."""
    return control.model_copy(update={"phases": tuple(one.model_copy(update=more) for one in control.phases)})


def coordinated(**more: Any) -> SignalControl:
    """Eight phases in a cycle of 100 s; the main street, 2 and 6, is coordinated. Windows from the first barrier:
    1 and 5 green 0-11, 2 and 6 15-46, 3 and 7 50-61, 4 and 8 65-96."""
    given = {f"p{n}": {"split_s": SPLITS[n], "coordinated": n in (2, 6), "max_green_s": 60} for n in SPLITS}
    return nema("coordinated", **{"cycle_s": 100, "offset_s": 15, **given, **more})


def shown_greens(control: SignalControl, ticks: int, at: dict[int, Any], conflicts: Conflicts = NEMA
                 ) -> tuple[list[list[tuple[int, int]]], Any]:
    tables = tables_of([control], conflicts)
    shown = run(tables, ticks, vehicles(at))
    return [greens(shown, index) for index in range(len(shown[0]))], tables


def test_a_stage_ends_at_a_gap_and_the_call_of_a_vehicle_that_left_is_remembered() -> None:
    control = changed(two_stages(min_green_s=5, max_green_s=20, yellow_s=3, red_clearance_s=2), locking=True)
    # Vehicles at detector 0 until second 9, so the gap of 3 s is over at 12; 3 s of yellow, 2 s of red.
    found, tables = shown_greens(control, 60, {0: [(0, 10), (40, 41)], 1: [(3, 4)]}, CROSS)
    assert found == [[(0, 12), (45, 60)], [(17, 40)]]
    assert events(tables, CONTROL_GAP_OUT) == [(12, "gap_out", 1), (40, "gap_out", 2)]


def test_without_memory_a_call_goes_with_its_vehicle() -> None:
    found, _ = shown_greens(two_stages(), 60, {1: [(3, 4)]}, CROSS)
    assert found == [[(0, 60)], []]


def test_a_stage_ends_at_its_maximum_which_counts_from_the_conflicting_call() -> None:
    found, tables = shown_greens(two_stages(max_green_s=20), 60, {0: ALWAYS, 1: [(7, 60)]}, CROSS)
    assert found[0][0] == (0, 27)
    assert events(tables, CONTROL_MAX_OUT)[0] == (27, "max_out", 1)


def test_a_gap_is_reduced_in_time() -> None:
    # Vehicles every 4 s keep a passage time of 5 s. Reduced from 5 to 2 s between seconds 5 and 15, it is 3.2 s at
    # second 11, when 3 s have passed; the next vehicle comes at 12, and at 15 only 2 s are allowed.
    control = two_stages(extension_s=5, min_gap_s=2, before_reduction_s=5, to_reduce_s=10, max_green_s=60)
    every = [(tick, tick + 1) for tick in range(0, 200, 4)]
    found, _ = shown_greens(control, 60, {0: every, 1: ALWAYS}, CROSS)
    assert found[0][0] == (0, 15)
    assert shown_greens(two_stages(extension_s=5, max_green_s=60), 80, {0: every, 1: ALWAYS}, CROSS)[0][0][0] == (0, 60)


def test_minimum_recall_serves_a_stage_without_vehicles() -> None:
    control = changed(two_stages(min_green_s=6), recall="min")
    found, _ = shown_greens(control, 40, {}, CROSS)
    assert found == [[(0, 6), (22, 28)], [(11, 17), (33, 39)]]


def test_maximum_recall_is_fixed_time() -> None:
    control = changed(two_stages(max_green_s=20), recall="max")
    found, _ = shown_greens(control, 110, {}, CROSS)
    assert found == [[(0, 20), (50, 70), (100, 110)], [(25, 45), (75, 95)]]


def test_phases_1_and_5_become_2_and_5_when_1_gaps_out_and_barriers_are_crossed_together() -> None:
    control = nema(p1={"max_green_s": 12}, p5={"max_green_s": 20})
    found, tables = shown_greens(control, 120, {0: [(0, 6)], 4: [(0, 15)], 1: ALWAYS, 5: ALWAYS, 3: ALWAYS, 7: ALWAYS})
    assert (found[0][0], found[4][0]) == ((0, 8), (0, 17))  # gaps of 3 s after seconds 5 and 14
    assert (found[1][0][0], found[5][0][0]) == (12, 21)  # 2 runs with 5, then with 6
    assert found[1][0][1] == found[5][0][1] == 51  # 6 has its maximum of 30 s; 2 waits for it
    assert events(tables, CONTROL_BARRIER)[0] == (51, "barrier", 2)
    assert found[3][0][0] == found[7][0][0] == 55


def test_rings_need_their_gaps_at_once_to_cross_unless_they_may_wait_in_theirs() -> None:
    # Ring 1 has its gap at 8 s, and vehicles again from 10 s on; ring 2 has its gap at 13 s.
    at = {1: [(0, 5), (10, 16)], 5: [(0, 11)], 3: ALWAYS, 7: ALWAYS}
    control = nema(numbers=(2, 4, 6, 8))
    at = dict(zip(range(4), (at[1], at[3], at[5], at[7]), strict=True))
    both, _ = shown_greens(control, 40, at)
    single, _ = shown_greens(control.model_copy(update={"simultaneous_gap": False}), 40, at)
    assert both[1][0] == both[5][0] == (0, 18)
    assert single[1][0] == single[5][0] == (0, 13)


def test_a_coordinated_signal_with_queues_everywhere_runs_its_plan() -> None:
    found, _ = shown_greens(coordinated(), 200, dict.fromkeys(range(8), ALWAYS))
    for ring in (0, 4):
        assert found[ring][:2] == [(0, 11), (100, 111)]
        assert found[ring + 1] == [(15, 46), (115, 146)]
        assert found[ring + 2] == [(50, 61), (150, 161)]
        assert found[ring + 3] == [(65, 96), (165, 196)]


def test_the_offset_refers_to_the_begin_of_green_or_of_yellow() -> None:
    queues = dict.fromkeys(range(8), ALWAYS)
    ts2, _ = shown_greens(coordinated(reference="first_begin_of_green"), 200, queues)
    type170, _ = shown_greens(coordinated(reference="first_begin_of_yellow"), 200, queues)
    assert ts2[1][1][0] == 115
    assert type170[1][1][1] == 115


def test_spare_green_goes_to_the_next_phase_or_to_the_coordinated_ones() -> None:
    at = {2: [(0, 52)], 3: ALWAYS}
    fixed, tables = shown_greens(coordinated(force_off="fixed"), 200, at)
    floating, _ = shown_greens(coordinated(force_off="floating"), 200, at)
    assert fixed[2] == floating[2] == [(50, 55)]  # its minimum of 5 s: 6 s are left
    assert fixed[3][0] == (59, 96)  # all of them, until its force-off
    assert floating[3][0] == (59, 90)  # its own split of 31 s of green
    assert (fixed[1][1][0], floating[1][1][0]) == (100, 94)
    assert (96, "force_off", 4) in events(tables, CONTROL_FORCE_OFF)


def test_a_phase_begins_only_while_it_fits_in_before_its_force_off() -> None:
    # Phase 3 needs 3 + 1 s of clearance and 5 s of green before second 61: its call at 52 is in time, at 53 it is not.
    early, _ = shown_greens(coordinated(), 140, {2: [(52, 90)]})
    late, _ = shown_greens(coordinated(), 140, {2: [(53, 90)]})
    assert early[2][0] == (56, 61)
    assert late[2] == []


def test_pedestrians_have_walk_and_clearance_whoever_waits() -> None:
    control = changed(two_stages(min_green_s=5), walk_s=7, ped_clearance_s=9, recall="pedestrian")
    found, tables = shown_greens(control, 60, {}, CROSS)
    assert found == [[(0, 16), (42, 58)], [(21, 37)]]
    assert events(tables, CONTROL_WALK, CONTROL_PED_CLEARANCE)[-2:] == [(42, "walk", 1), (49, "ped_clearance", 1)]


def test_an_overlap_stays_green_between_its_phases() -> None:
    phases = tuple(ControlPhase(number=n, position=n, green=green, recall="max", max_green_s=10)
                   for n, green in ((1, "Grrr"), (2, "rGrr"), (3, "rrGr")))
    control = SignalControl(id="j", phases=phases, overlaps=(Overlap(indices=(3,), phases=(1, 2)),))
    found, _ = shown_greens(control, 60, {}, Conflicts([(0, 1), (0, 2), (1, 2), (2, 3)]))
    assert (found[0][0], found[1][0], found[2][0]) == ((0, 10), (15, 25), (30, 40))
    assert found[3] == [(0, 25), (45, 60)]


def test_protected_turns_permitted_by_way_of_yellow_when_others_get_green() -> None:
    # Index 1 turns left across index 0: protected alone, permitted beside it.
    phases = (ControlPhase(number=1, green="rG", recall="max", max_green_s=10),
              ControlPhase(number=2, position=1, green="Gg", recall="max", max_green_s=10))
    tables = tables_of([SignalControl(id="j", phases=phases)], Conflicts([(1, 0)], [(1, 0)]))
    shown = run(tables, 40)
    assert [letters[1] for letters in shown[8:20]] == list("GGyyyggggggg")
    assert greens(shown, 0)[0] == (15, 25)
    assert shown[29][1] == "g"
    assert shown[30][1] == "G"


def turning_left(asked: dict[int, int], min_green_s: float = 5.0) -> list[str]:
    """What is shown where index 1 turns left across index 0: protected alone (request 1), permitted beside it (2), or
    permitted alone (4)."""
    phases = tuple(ControlPhase(number=n, position=n, green=green, min_green_s=min_green_s, max_green_s=60, split_s=20)
                   for n, green in ((1, "rG"), (2, "Gg"), (3, "rg")))
    tables = tables_of([SignalControl(id="j", method="requested", phases=phases)], Conflicts([(1, 0)], [(1, 0)]))

    def ask(control: Any, tick: int) -> None:
        control.controller[0].request = asked.get(tick, control.controller[0].request)

    return run(tables, 40, ask)


def test_a_protected_turn_keeps_its_minimum_before_it_is_cleared_for_oncoming_traffic() -> None:
    shown = turning_left({0: 1, 3: 2}, min_green_s=10.0)
    assert [letters[1] for letters in shown[:16]] == list("GGGGGGGGGGyyyggg")
    assert greens(shown, 0)[0][0] == 15  # 3 s of yellow and 2 s of red later


def test_a_protected_turn_becomes_permitted_at_once_where_nobody_comes_and_who_comes_then_waits() -> None:
    shown = turning_left({0: 1, 8: 4, 10: 2})
    assert [letters[1] for letters in shown[6:16]] == list("GGgggggggg")
    assert greens(shown, 0)[0][0] == 13  # the intergreen, 5 s, counts from the end of protection
    assert greens(turning_left({0: 1, 8: 4, 20: 2}), 0)[0][0] == 20


def test_requests_of_conflicting_phases_are_refused_and_a_failed_controller_falls_back_on_the_plan() -> None:
    control = two_stages(split_s=20).model_copy(update={"method": "requested"})
    tables = tables_of([control], CROSS)

    def drive(control: Any, tick: int) -> None:
        request = {0: 1, 2: 2, 20: 3}.get(tick)
        if request is not None:
            control.controller[0].request = request
        control.controller[0].fallback = tick >= 33
    shown = run(tables, 60, drive)
    assert greens(shown, 0) == [(0, 5), (40, 55)]
    assert greens(shown, 1) == [(10, 35)]
    assert events(tables, CONTROL_REFUSED, CONTROL_FALLBACK) == [(20, "request_refused", 0), (33, "fallback", 0)]


def test_nobody_asks_so_the_plan_runs_by_the_clock() -> None:
    tables = tables_of([two_stages(split_s=20).model_copy(update={"method": "requested"})], CROSS)
    shown = run(tables, 60)
    assert greens(shown, 0) == [(0, 15), (40, 55)]
    assert greens(shown, 1) == [(20, 35)]


def test_detectors_that_are_missing_or_stuck_call_their_stages_for_the_maximum() -> None:
    faulty = two_stages(max_green_s=20)
    missing = faulty.model_copy(update={"detectors": (faulty.detectors[0],
                                                      faulty.detectors[1].model_copy(update={"fault": "missing"}))})
    found, tables = shown_greens(missing, 50, {0: ALWAYS}, CROSS)
    assert found[1] == [(25, 45)]
    assert events(tables, CONTROL_DETECTOR_FAULT) == [(0, "detector_fault", 2)]
    stuck = faulty.model_copy(update={"detectors": (faulty.detectors[0],
                                                    faulty.detectors[1].model_copy(update={"fault": "stuck_off"}))})
    found, _ = shown_greens(stuck, 3700, {}, CROSS)
    assert len(found[1]) == 2
    assert found[1][0][0] == 3625  # an hour without any vehicle, the maximum of the other stage, clearance


def test_max_pressure_serves_the_longest_queues_less_those_beyond() -> None:
    control = two_stages().model_copy(update={"method": "max_pressure",
                                              "max_pressure": MaxPressureOptions(interval_s=10)})
    tables = tables_of([control], CROSS)

    def drive(control: Any, tick: int) -> None:
        control.sensors.waiting[:2] = (3, 5) if tick < 30 else (9, 5)
    assert tables.sensors.wanted[0] == 1
    shown = run(tables, 80, drive)
    assert greens(shown, 1) == [(15, 35)]  # decisions after every 10 s of green: at 10, 25 and 35 s
    assert greens(shown, 0) == [(0, 10), (40, 80)]


def test_cyclic_max_pressure_shares_the_cycle_in_proportion() -> None:
    control = two_stages(split_s=30, min_green_s=5).model_copy(update={
        "method": "max_pressure", "max_pressure": MaxPressureOptions(cyclic=True)})
    tables = tables_of([control], CROSS)

    def drive(control: Any, tick: int) -> None:
        control.sensors.waiting[:2] = (30, 10)
    # 60 s less 10 s of clearance and 10 s of minimums leave 40 s: 30 for the first, 10 for the second.
    shown = run(tables, 200, drive)
    lengths = [end - begin for index in (0, 1) for begin, end in greens(shown, index)[1:2]]
    assert lengths == [35, 15]


def test_self_organising_signals_serve_those_who_have_waited_enough_together() -> None:
    control = two_stages().model_copy(update={"method": "sotl", "sotl": SotlOptions(threshold_veh_s=40)})
    tables = tables_of([control], CROSS)

    def drive(control: Any, tick: int) -> None:
        control.sensors.waiting[:2] = (0, 4)
    shown = run(tables, 40, drive)
    # 4 vehicles from second 1 on have waited 40 vehicle seconds at 10 s.
    assert greens(shown, 0) == [(0, 10)]
    assert greens(shown, 1) == [(15, 40)]


def bus(begin: int, end: int, turn: int) -> Any:
    def drive(control: Any, tick: int) -> None:
        control.sensors.occupied[:] = 1
        control.sensors.transit[turn] = begin <= tick < end
        control.sensors.emergency[turn] = begin <= tick < end
    return drive


def test_transit_has_its_green_extended_or_earlier_and_the_signal_is_back_in_step() -> None:
    control = changed(two_stages(), max_green_s=60)
    phases = tuple(one.model_copy(update={"split_s": 30.0, "coordinated": one.number == 1}) for one in control.phases)
    control = control.model_copy(update={"method": "coordinated", "phases": phases, "cycle_s": 60.0,
                                         "priority": PriorityOptions(extension_s=8, lockout_s=30)})
    late = tables_of([control], CROSS)
    shown = run(late, 200, bus(20, 30, 0))
    assert greens(shown, 0)[0] == (0, 30)
    assert greens(shown, 0)[1] == (60, 85)
    assert events(late, CONTROL_PRIORITY_EXTENDED) == [(25, "priority_extension", 1)]
    early = tables_of([control], CROSS)
    shown = run(early, 200, bus(36, 50, 0))
    assert greens(shown, 1)[0] == (30, 36)
    assert greens(shown, 0)[1] == (41, 85)
    assert events(early, CONTROL_PRIORITY_EARLY) == [(36, "priority_early_green", 2)]


def test_an_emergency_vehicle_has_green_until_it_has_passed_and_then_the_signal_goes_on() -> None:
    control = two_stages(max_green_s=60, min_green_s=5).model_copy(update={
        "preemption": PreemptionOptions(longest_s=40)})
    tables = tables_of([control], CROSS)
    shown = run(tables, 120, bus(3, 30, 1))
    assert greens(shown, 0)[0] == (0, 5)
    assert greens(shown, 1)[0][0] == 10
    assert events(tables, CONTROL_PREEMPT_ON, CONTROL_PREEMPT_DWELL, CONTROL_PREEMPT_EXIT) == [
        (3, "preempt_call", 1), (11, "preempt_dwell", 1), (30, "preempt_exit", 1)]
    standing = tables_of([control], CROSS)
    run(standing, 120, bus(3, 120, 1))
    assert events(standing, CONTROL_PREEMPT_CUT) == [(43, "preempt_cut", 1)]


def test_plans_by_time_of_day_get_into_step_faster_or_slower_or_in_their_coordinated_green() -> None:
    queues = dict.fromkeys(range(8), ALWAYS)
    plan = ControlPlan(begin_s=200, cycle_s=100, offset_s=35, splits_s=SPLITS)
    begins = {}
    for way in ("dwell", "shorten", "lengthen", "best"):
        found, tables = shown_greens(coordinated(plans=(plan,), transition=way), 900, queues)
        assert events(tables, CONTROL_PLAN) == [(200, "plan_change", 2)]
        begins[way] = [begin for begin, _ in found[1]]
        assert begins[way][-1] % 100 == 35  # the reference, begin of green of phase 2
        assert all(np.diff(begins[way]) >= 80)
    assert max(np.diff(begins["dwell"])) == 120  # all 20 s at once
    assert max(np.diff(begins["lengthen"])) <= 125
    assert min(np.diff(begins["shorten"])) >= 83


def test_events_have_the_codes_of_the_field() -> None:
    _, tables = shown_greens(two_stages(max_green_s=20), 40, {0: ALWAYS, 1: ALWAYS}, CROSS)
    codes = [int(row.code) for row in tables.log[: int(tables.logged[0])] if row.controller == 0]
    assert codes[:2] == [82, 82]
    assert [code for code in codes if code < 80] == [1, 5, 7, 8, 9, 10, 11, 1]
    assert CONTROL_GREEN == 1
