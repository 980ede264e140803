"""MAXBAND and MULTIBAND against offsets that are all tried, and against rules that textbooks give."""

from __future__ import annotations

import itertools
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trafficsim.base.errors import InputError
from trafficsim.design.timing.bandwidth import ArterialSignal, BandRules, Green, Order, widest_bands
from trafficsim.design.timing.waves import StopLine, two_way

CYCLE_S, SPEED_MS = 12, 10.0


def band(greens: list[tuple[int, int]]) -> int:
    """Width (s) of the best window common to greens (begin, length), tried at every whole second."""
    return max(min((length - (start - begin) % CYCLE_S) for begin, length in greens) for start in range(CYCLE_S))


def best_of_all(distances: list[int], greens: list[tuple[int, int, int, int]]) -> int:
    """Try all offsets in whole seconds."""
    end = distances[-1]
    best = 0
    for offsets in product(range(CYCLE_S), repeat=len(distances) - 1):
        both = list(zip((0, *offsets), distances, greens, strict=True))
        out = band([(offset + g[0] - d, g[1]) for offset, d, g in both])
        back = band([(offset + g[2] - (end - d), g[3]) for offset, d, g in both])
        best = max(best, max(out, 0) + max(back, 0))
    return best


GREENS = st.tuples(st.integers(0, 11), st.integers(3, 9), st.integers(0, 11), st.integers(3, 9))


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.integers(1, 20), min_size=1, max_size=2), greens=st.lists(GREENS, min_size=3, max_size=3))
def test_no_offsets_are_better(steps: list[int], greens: list[tuple[int, int, int, int]]) -> None:
    distances = [sum(steps[:place]) for place in range(len(steps) + 1)]
    signals = [ArterialSignal(SPEED_MS * d, (Order(Green(g[0] / 12, g[1] / 12), Green(g[2] / 12, g[3] / 12)),))
               for d, g in zip(distances, greens, strict=False)]
    ones = (1.0 / len(steps),) * len(steps)
    found = widest_bands(signals, BandRules((CYCLE_S, CYCLE_S), (SPEED_MS, SPEED_MS), ones, ones))
    assert found.worth * CYCLE_S == pytest.approx(best_of_all(distances, greens[:len(distances)]), abs=1e-4)
    by_link = widest_bands(signals, BandRules((CYCLE_S, CYCLE_S), (SPEED_MS, SPEED_MS), ones, ones, by_link=True))
    assert by_link.worth >= found.worth - 1e-6


HALF = (Order(Green(0.0, 0.5), Green(0.0, 0.5)),)


def test_double_alternate() -> None:
    # travel times of a quarter of the cycle: a quarter of the cycle in each direction (or half in one alone)
    signals = [ArterialSignal(150.0 * place, HALF) for place in range(6)]
    found = widest_bands(signals, BandRules((60.0, 60.0), (10.0, 10.0), (0.2,) * 5, (0.2,) * 5))
    assert found.worth == pytest.approx(0.5)


def test_the_cycle_and_the_speed_are_chosen() -> None:
    signals = [ArterialSignal(400.0 * place, HALF) for place in range(3)]
    cycle = widest_bands(signals, BandRules((50.0, 100.0), (10.0, 10.0), (0.5, 0.5), (0.5, 0.5)))
    assert [cycle.cycle_s, cycle.worth] == pytest.approx([80.0, 1.0])
    speed = widest_bands(signals, BandRules((60.0, 60.0), (10.0, 15.0), (0.5, 0.5), (0.5, 0.5)))
    assert speed.worth == pytest.approx(1.0)  # 13.3 m/s


def test_the_order_of_left_turns_is_chosen() -> None:
    # Lefts that lead in one direction and lag in the other shift the greens against each other.
    same = Order(Green(0.2, 0.4), Green(0.2, 0.4))
    shifted = Order(Green(0.0, 0.4), Green(0.2, 0.4))
    fixed, free = ([ArterialSignal(0.0, (same,)), ArterialSignal(240.0, orders)]
                   for orders in ((same,), (same, shifted)))
    rules = BandRules((60.0, 60.0), (10.0, 10.0), (1.0,), (1.0,))
    assert widest_bands(free, rules).worth > widest_bands(fixed, rules).worth + 0.05
    assert widest_bands(free, rules).orders[1] == 1


def test_queues_take_from_the_band() -> None:
    signals = [ArterialSignal(0.0, HALF), ArterialSignal(400.0, HALF, queue_out_s=6.0)]
    found = widest_bands(signals, BandRules((60.0, 60.0), (400 / 30, 400 / 30), (1.0,), (1.0,)))
    assert found.out_s[0] + found.back_s[0] == pytest.approx(54.0)


def test_one_signal_is_no_arterial() -> None:
    with pytest.raises(InputError, match="two signals or more"):
        widest_bands([ArterialSignal(0.0, HALF)], BandRules((60.0, 60.0), (10.0, 10.0), (), ()))


LITTLE = ((0, 0.53), (168, 0.60), (213, 0.60), (335, 0.53), (213, 0.52), (244, 0.58), (198, 0.60), (122, 0.60),
          (213, 0.60), (137, 0.58))
"""Distance from the signal before (m) and green of the ten signals of Little (1966), as LINDO Systems publish them with
their model library; the bands that he found are not at hand."""


@pytest.mark.parametrize("cycle_s", [55.0, 65.0, 75.0])
def test_the_signals_of_little_by_another_method(cycle_s: float) -> None:
    places = list(itertools.accumulate(distance for distance, _ in LITTLE))
    signals = [ArterialSignal(float(place), (Order(Green(0.0, green), Green(0.0, green)),))
               for place, (_, green) in zip(places, LITTLE, strict=True)]
    ones = (1.0 / 9.0,) * 9
    found = widest_bands(signals, BandRules((cycle_s, cycle_s), (15.0, 15.0), ones, ones))
    out, back = ([StopLine(f"j{row}", abs(end - place), ("a", "b"), 0.0, green * cycle_s)
                  for row, (place, (_, green)) in enumerate(zip(places, LITTLE, strict=True))]
                 for end in (places[0], places[-1]))
    whole = two_way(tuple(out), tuple(reversed(back)), cycle_s, 1.0, (15.0,))
    seconds = whole.band_out_s + whole.band_back_s
    assert seconds - 1e-6 <= found.worth * cycle_s <= seconds + 2.0  # of offsets in whole seconds
    limits = BandRules((55.0, 75.0), (13.4, 17.9), ones, ones)  # of the example
    assert widest_bands(signals, limits).worth >= found.worth - 1e-6
