"""Decisions that engines share, called with plain numbers, against their slow reference models."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles import decisions as plain
from tests.oracles import entry as slow_entry
from trafficsim.base.codes import GREEN, PERMITTED, RED, RED_AMBER, STOP_ARROW, YELLOW
from trafficsim.kernels.decisions import all_way_stop, desired, gaps, insertion, keep_clear, signals, yellow
from trafficsim.kernels.decisions.insertion import NOBODY_BEHIND, WAITS, Entrant, Opening

SPEEDS = st.integers(0, 120)
INSTANTS = st.floats(-100.0, 100.0)
NOT_STOPPED = 1.0  # cells: where float32 and float64 may disagree on whether a vehicle can stop
DRIVERS = 4000


@given(SPEEDS, st.integers(0, 600), st.floats(2.0, 12.0))
def test_who_has_no_choice_at_yellow(speed: int, available: int, hardest: float) -> None:
    told = plain.at_yellow(speed, available, hardest)
    made = yellow.forced_at_yellow(np.int32(speed), np.int32(available), np.float32(hardest))
    if speed == 0 or abs(plain.stopping_distance(speed, hardest) - available) > NOT_STOPPED:
        assert made == {"stop": yellow.DECIDED_STOP, "go": yellow.DECIDED_GO, "choose": yellow.UNDECIDED}[told]
    red = yellow.decided_at_red(np.int32(speed), np.int32(available), np.float32(hardest))
    assert red == (yellow.DECIDED_GO if made == yellow.DECIDED_GO else yellow.DECIDED_STOP)


@given(st.integers(1, 120), st.integers(-3, 600))
def test_the_time_to_the_line_is_counted_in_eighths(speed: int, available: int) -> None:
    assert yellow.parts_to_line(np.int32(speed), np.int32(available)) == int(8 * max(available, 0) / speed)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_as_many_choose_to_stop_as_the_chance_says(share: float) -> None:
    keys = np.random.default_rng(3).integers(0, 2**32, DRIVERS, dtype=np.uint32)
    with np.errstate(over="ignore"):
        made = [yellow.chosen_at_yellow(key, np.uint32(17), np.int32(round(share * 65536))) for key in keys]
    assert made.count(yellow.DECIDED_STOP) / DRIVERS == pytest.approx(share, abs=0.03)  # four standard errors
    assert set(made) <= {yellow.DECIDED_STOP, yellow.DECIDED_GO}


@given(st.integers(0, 2**32 - 1), st.integers(0, 10_000), st.floats(0.0, 10_000.0), st.floats(0.0, 10_000.0))
def test_who_does_not_see_a_signal(key: int, place: int, one: float, other: float) -> None:
    def unseen(per_10000: float) -> bool:
        with np.errstate(over="ignore"):
            return bool(yellow.overlooks(np.uint32(key), np.uint32(place), np.int64(round(per_10000 / 1e4 * 2**32))))

    assert unseen(one) == plain.overlooks(key, place, one)
    assert unseen(min(one, other)) <= unseen(max(one, other)), "those of a small share are among those of a larger one"
    assert unseen(10_000.0)
    assert not unseen(0.0)


@given(st.integers(0, 2**32 - 1), st.integers(0, 10_000), st.floats(0.0, 1.0))
def test_who_stops_hard_at_yellow(key: int, place: int, share: float) -> None:
    with np.errstate(over="ignore"):
        hard = yellow.stops_hard(np.uint32(key), np.uint32(place), np.int32(round(share * 65536)))
    assert bool(hard) == plain.brakes_hard(key, place, share)


@pytest.mark.parametrize("state", [RED, YELLOW, GREEN, PERMITTED, STOP_ARROW, RED_AMBER])
def test_what_a_state_allows(state: int) -> None:
    codes = {signals.OPEN: "enter", signals.YIELD: "give way", signals.CLOSING: "decide", signals.CLOSED: "stay"}
    assert codes[signals.permission(state)] == plain.MAY[state]
    assert signals.is_red(state) == (plain.MAY[state] == "stay")
    assert signals.is_protected(state) == (plain.MAY[state] == "enter")
    assert signals.is_green(state) == (state in (GREEN, PERMITTED))
    assert signals.may_wait_inside(state) == (plain.MAY[state] in ("enter", "give way"))
    for marked in (False, True):
        assert signals.requires_stop(marked, state) == (marked or state == STOP_ARROW)
        assert signals.gives_way_to_all(marked, state) == (marked or state == STOP_ARROW)


def test_without_a_signal_nothing_is_closed() -> None:
    none = signals.NO_SIGNAL
    assert not signals.is_red(none)
    assert not signals.requires_stop(False, none)
    assert signals.may_wait_inside(none)
    assert signals.permission_of_sign(True) == signals.YIELD
    assert signals.permission_of_sign(False) == signals.OPEN


def test_every_second_driver_starts_late_and_not_always_the_same() -> None:
    keys = np.random.default_rng(4).integers(0, 2**32, DRIVERS, dtype=np.uint32)
    with np.errstate(over="ignore"):
        occasions = [signals.occasion_of(np.int64(tick), np.int32(3)) for tick in (90, 180)]
        late = np.array([[signals.starts_late(key, occasion) for key in keys] for occasion in occasions])
    assert late.mean(axis=1) == pytest.approx(0.5, abs=0.03)
    assert (late[0] == late[1]).mean() == pytest.approx(0.5, abs=0.03)


@given(st.floats(1.0, 10.0), st.floats(0.0, 300.0), st.floats(1.0, 200.0))
def test_the_critical_gap_falls_with_the_wait(gap: float, waited: float, impatience_time: float) -> None:
    asked = gaps.critical_gap(gap, waited, impatience_time)
    assert asked == pytest.approx(plain.critical_gap(gap, waited, impatience_time))
    assert 0.7 * gap * (1 - 1e-12) <= asked <= gap


@given(INSTANTS, INSTANTS, st.floats(0.0, 5.0), INSTANTS, INSTANTS, st.floats(0.5, 9.0))
def test_who_enters_waited_for_all_before_it_and_leaves_the_gap(
    since: float, entered: float, follow_up: float, passed: float, arrival: float, gap: float
) -> None:
    instant = gaps.entry_instant(since, entered, follow_up, passed)
    assert instant == plain.first_instant(since, entered, follow_up, [passed])
    tick = 3
    assert gaps.accepts(instant, tick, arrival, gap) == (instant <= tick and arrival - instant >= gap)


@given(st.integers(0, 1000), st.booleans(), st.booleans(), st.floats(0.5, 4.0))
def test_since_when_a_driver_looks(tick: int, looked: bool, moves_up: bool, move_up: float) -> None:
    since = gaps.looks_since(tick, looked, moves_up, move_up)
    assert since == min([float(tick), *[tick - 1.0] * looked, *[tick - move_up] * moves_up])


@given(INSTANTS, st.integers(-100, 100), st.floats(0.0, 8.0))
def test_a_granted_instant_holds_for_a_while(instant: float, tick: int, resolve: float) -> None:
    assert gaps.stays_decided(instant, tick, resolve) == (tick - instant <= resolve)
    assert not gaps.stays_decided(gaps.NEVER, tick, resolve)
    assert gaps.moves_up_behind(instant, tick, 2.5, resolve) == (tick - instant <= 2.5 + resolve)


@given(st.integers(0, 500), SPEEDS, st.integers(1, 10))
def test_who_stands_is_expected_to_come_at_the_lowest_speed(distance: int, speed: int, least: int) -> None:
    took = gaps.time_to_conflict(np.int32(distance), np.int32(speed), np.int32(least))
    assert took == distance / (speed if speed > least else least)


@pytest.mark.parametrize("conflicts", [False, True])
@pytest.mark.parametrize("others", range(5))
def test_headways_at_an_all_way_stop_grow_with_the_conflict(others: int, conflicts: bool) -> None:
    assert all_way_stop.stop_headway(others, conflicts) == pytest.approx(plain.headway_share(others, conflicts))


@given(st.integers(0, 50), st.integers(0, 50), st.booleans())
def test_who_came_first_goes_first(stood: int, waited: int, has_priority: bool) -> None:
    ranked = sorted([(-stood, not has_priority, "other"), (-waited, has_priority, "self")])
    assert all_way_stop.came_first(stood, waited, has_priority) == (ranked[0][2] == "other")


@given(st.floats(1.0, 70.0), st.floats(0.0, 0.4), st.floats(-3.0, 3.0))
def test_desired_speeds_are_bounded(mean: float, cv: float, z: float) -> None:
    assert desired.desired_of_driver(mean, cv, z) == pytest.approx(plain.desired(mean, cv, z))


@given(st.floats(1.0, 140.0), st.floats(1.0, 70.0), st.sampled_from([0.9, 1.0, 1.1, np.inf]))
def test_who_is_held_drives_at_a_multiple_of_the_limit_at_most(wanted: float, limit: float, factor: float) -> None:
    assert desired.held_to_limit(wanted, limit, factor) == plain.held(wanted, limit, factor)


def test_who_keeps_clear_is_nested() -> None:
    keys = np.random.default_rng(5).integers(0, 2**32, DRIVERS, dtype=np.uint32)

    def those(share: float) -> set[int]:
        with np.errstate(over="ignore"):
            return {int(key) for key in keys if keep_clear.keeps_clear(key, round(share * 65536))}

    few, most = those(0.6), those(0.9)
    assert few < most
    assert len(few) / DRIVERS == pytest.approx(0.6, abs=0.03)
    assert those(1.0) == set(map(int, keys))
    assert not those(0.0)


entrants = st.builds(
    slow_entry.Newcomer, cells=st.integers(4, 34), wanted=st.integers(1, 70),
    theta=st.integers(40, 150).map(lambda part: part / 128.0),
    brake=st.integers(160, 320).map(lambda part: part / 32.0), line=st.integers(0, 200),
    begin=st.integers(-200, -1), passed=st.floats(0.0, 1.0),
)
neighbours = st.tuples(st.integers(0, 80), st.integers(4, 34), st.integers(0, 70))
"""Distance to the newcomer's begin, length and speed."""


@given(entrants, st.one_of(st.none(), neighbours), st.one_of(st.none(), neighbours))
def test_a_vehicle_enters_between_two_others_as_the_reference_model_says(
    new: slow_entry.Newcomer, ahead: tuple[int, int, int] | None, behind: tuple[int, int, int] | None
) -> None:
    lane = slow_entry.Lane([], (30_000, 400), 7.0, 6)
    opening = Opening(*(np.int32(value) for value in (30_000, 400, NOBODY_BEHIND, 0)), np.float32(7.0), np.int32(6))
    if ahead:
        lane.vehicles.append((new.begin + 1 + ahead[0], ahead[1], ahead[2]))
        opening = opening._replace(rear_ahead=np.int32(new.begin + 1 + ahead[0] - ahead[1]),
                                   speed_ahead=np.int32(ahead[2]))
    if behind:
        lane.vehicles.append((new.begin - behind[0], behind[1], behind[2]))
        opening = opening._replace(front_behind=np.int32(new.begin - behind[0]), speed_behind=np.int32(behind[2]))
    who = Entrant(np.int32(new.cells), np.int32(new.wanted), np.float32(new.theta), np.float32(new.brake),
                  np.int32(new.line))
    v, place = insertion.furthest_entry(who, opening, np.int32(new.begin), new.passed)
    assert (None if v == WAITS else (int(place), int(v))) == slow_entry.entry(lane, new)


def test_a_lane_that_leads_on_is_taken_before_a_faster_one() -> None:
    ranked = [(True, 10, 5), (True, 10, 90), (True, 9, 60), (False, 200, 0), (False, 199, 0)]
    scores = [insertion.lane_score(v, leads_on, vehicles) for leads_on, v, vehicles in ranked]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
