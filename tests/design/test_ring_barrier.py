"""Ring-barrier timing: windows of phases, programs, and what holds for any of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from trafficsim.design.timing.ring_barrier import Served, program_of, unequal_rings, windows
from trafficsim.spec.ring_barrier import RingBarrier, RingPhase

PLACES = {number: (1 + number // 5, 1 + (number - 1) % 4 // 2, 1 + (number - 1) % 2) for number in range(1, 9)}
"""Ring, barrier and position of the dual ring of NEMA."""


def phase(number: int, green_s: float, yellow_s: float = 3.0, all_red_s: float = 1.0) -> RingPhase:
    ring, barrier, position = PLACES[number]
    return RingPhase(number=number, ring=ring, barrier=barrier, position=position, green_s=green_s, yellow_s=yellow_s,
                     all_red_s=all_red_s)


TIMINGS = st.dictionaries(
    st.sampled_from(sorted(PLACES)), st.tuples(*(st.integers(low, high) for low, high in ((1, 60), (0, 6), (0, 4)))),
    min_size=1,
).map(lambda found: RingBarrier(phases=tuple(phase(number, *times) for number, times in found.items())))


@settings(max_examples=100)
@given(TIMINGS)
def test_rings_cross_barriers_together(timing: RingBarrier) -> None:
    found = windows(timing)
    for one in timing.phases:
        window = found[one.number]
        assert window.begin_s <= window.yellow_at_s <= window.red_at_s <= window.end_s
        assert window.yellow_at_s - window.begin_s >= one.green_s
        for other in timing.phases:
            follows = (other.ring, other.barrier) == (one.ring, one.barrier) and other.position > one.position
            if other.barrier > one.barrier or follows:  # never at the same time
                assert window.end_s <= found[other.number].begin_s


@settings(max_examples=100)
@given(TIMINGS, st.integers(-200, 200))
def test_programs_fill_the_cycle_and_every_green_is_there(timing: RingBarrier, offset_s: int) -> None:
    timing = timing.model_copy(update={"offset_s": offset_s, "coordinated": (timing.phases[0].number,)})
    served = [Served((one.number,)) for one in timing.phases]
    program = program_of("j", timing, served)
    assert program.cycle_s == pytest.approx(timing.cycle_s)
    assert 0 <= program.offset_s < timing.cycle_s
    for place, one in enumerate(timing.phases):
        green_s = sum(step.duration_s for step in program.phases if step.state[place] == "G")
        window = windows(timing)[one.number]
        assert green_s == pytest.approx(window.yellow_at_s - window.begin_s)
    begin_s = windows(timing)[timing.phases[0].number].begin_s
    late_s = (program.offset_s + begin_s - offset_s) % timing.cycle_s
    assert min(late_s, timing.cycle_s - late_s) == pytest.approx(0)


def test_lead_and_lag() -> None:
    timing = RingBarrier(phases=(phase(1, 10), phase(2, 20), phase(6, 34), phase(4, 20)))
    assert windows(timing)[2].begin_s == 14
    lagging = timing.model_copy(update={"phases": tuple(
        one.model_copy(update={"position": 3}) if one.number == 1 else one for one in timing.phases)})
    assert windows(lagging)[2].begin_s == 0
    assert windows(lagging)[1].begin_s == 24


def test_a_movement_of_two_phases_keeps_its_green_in_between() -> None:
    timing = RingBarrier(phases=(phase(1, 10), phase(2, 20)))
    served = [Served((1, 2)), Served((1,), (2,)), Served((2,), on_red="s"), Served(always="g")]
    program = program_of("j", timing, served)
    shown = ["".join(step.state[place] for step in program.phases) for place in range(4)]
    assert [step.duration_s for step in program.phases] == [10, 3, 1, 20, 3, 1]
    assert shown == ["GyrGyr", "Gyrgyr", "sssGys", "gggggg"]


def test_unequal_rings_are_named() -> None:
    timing = RingBarrier(phases=(phase(2, 20), phase(6, 30), phase(4, 10)))
    assert unequal_rings(timing) == ((1, 24.0, 34.0),)


def test_two_phases_in_one_place_are_refused() -> None:
    with pytest.raises(ValidationError, match="the same number"):
        RingBarrier(phases=(phase(2, 20), phase(2, 30)))
    with pytest.raises(ValidationError, match="the same place"):
        RingBarrier(phases=(phase(2, 20), phase(2, 30).model_copy(update={"number": 9})))
