"""Green waves: offsets against the formula, bands and two directions against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from trafficsim.base.errors import PolicyError
from trafficsim.design.synthetic import corridor
from trafficsim.design.timing.waves import StopLine, Wave, band_s, green_run, one_way_offsets, stop_lines, two_way
from trafficsim.spec.signals import Phase, SignalProgram


def line(program: str, distance_m: float, begin_s: float = 0.0, green_s: float = 30.0) -> StopLine:
    return StopLine(program, distance_m, (f"to {program}", f"from {program}"), begin_s, green_s)


def sampled_band(wave: Wave, cycle_s: int, offsets: dict[str, float], step_s: float = 0.25) -> float:
    """Longest run of departures, every quarter of a second over two cycles, that meet green everywhere."""
    times = np.arange(0.0, 2.0 * cycle_s, step_s)
    fine = np.ones(len(times), np.bool_)
    for one in wave.lines:
        within = (times + wave.travel_s(one) - offsets[one.program] - one.green_at_s) % cycle_s
        fine &= within < one.green_s - 1e-9
    longest = run = 0
    for good in fine:
        run = run + 1 if good else 0
        longest = max(longest, run)
    return min(longest * step_s, float(cycle_s))


def test_one_way_offsets_are_travel_times() -> None:
    # 50 km/h: 400 m take 28.8 s. Cycle 80 s.
    wave = Wave(tuple(line(f"j{number}", 400.0 * number) for number in range(6)), 50.0 / 3.6)
    expected = {f"j{number}": float(round(28.8 * number % 80.0)) for number in range(6)}
    assert one_way_offsets(wave, 80.0) == expected
    assert expected == {"j0": 0.0, "j1": 29.0, "j2": 58.0, "j3": 6.0, "j4": 35.0, "j5": 64.0}


def test_begin_of_green_is_what_is_aligned() -> None:
    # Green begins 10 s into the first program and 45 s into the second; the platoon takes 20 s: offset 10 + 20 - 45.
    wave = Wave((line("a", 100.0, 10.0), line("b", 300.0, 45.0)), 10.0)
    assert one_way_offsets(wave, 60.0) == {"a": 0.0, "b": (10.0 + 20.0 - 45.0) % 60.0}
    assert one_way_offsets(wave, 60.0, first_offset_s=7.0) == {"a": 7.0, "b": 52.0}
    assert one_way_offsets(wave, 60.0, lead_s=3.0)["b"] == 42.0


def test_a_one_way_wave_has_the_shortest_green_as_band() -> None:
    wave = Wave((line("a", 0.0, 5.0, 40.0), line("b", 420.0, 12.0, 25.0), line("c", 700.0, 0.0, 33.0)), 14.0)
    assert band_s(wave, 80.0, one_way_offsets(wave, 80.0)) == pytest.approx(25.0)


def test_bands_agree_with_sampling() -> None:
    draw = np.random.default_rng(1)
    for _ in range(50):
        lines = tuple(line(f"j{number}", 12.0 * float(draw.integers(0, 60)), float(draw.integers(0, 60)),
                           float(draw.integers(20, 55))) for number in range(3))
        offsets = {f"j{number}": float(draw.integers(0, 60)) for number in range(3)}
        wave = Wave(lines, 12.0)
        assert band_s(wave, 60.0, offsets) == pytest.approx(sampled_band(wave, 60, offsets)), (lines, offsets)


def test_always_green_leaves_the_others_to_decide() -> None:
    wave = Wave((line("a", 0.0, 0.0, 60.0), line("b", 100.0, 0.0, 20.0)), 10.0)
    assert band_s(wave, 60.0, {"a": 0.0, "b": 33.0}) == pytest.approx(20.0)


@pytest.mark.parametrize("weight", [0.5, 1.0, 2.0])
def test_two_movements_against_all_offsets(weight: float) -> None:
    # Whole seconds of travel, so that whole-second offsets hold the optimum: 20^2 cases for three signals.
    draw = np.random.default_rng(int(10 * weight))
    for _ in range(8):
        places = [0.0, *(10.0 * draw.integers(1, 40, 2)).tolist()]
        far = max(places) + 50.0
        greens, begins = draw.integers(5, 13, 3).astype(float), draw.integers(0, 20, 3).astype(float)
        out = tuple(line(f"j{n}", places[n], 0.0, float(greens[n])) for n in range(3))
        back = tuple(line(f"j{n}", far - places[n], float(begins[n]), float(greens[n])) for n in (2, 1, 0))
        found = two_way(out, back, 20.0, weight, (10.0,))
        best = max(band_s(Wave(out, 10.0), 20.0, offsets) + weight * band_s(Wave(back, 10.0), 20.0, offsets)
                   for pair in product(range(20), repeat=2)
                   for offsets in [{"j0": 0.0, "j1": float(pair[0]), "j2": float(pair[1])}])
        assert found.offsets["j0"] == 0.0
        assert found.band_out_s + weight * found.band_back_s == pytest.approx(best)


def test_ideal_spacing_gives_full_bands_both_movements() -> None:
    # Signals C v / 2 = 500 m apart (C 80 s, 45 km/h): alternating offsets, every green used in both directions.
    out = tuple(line(f"j{n}", 500.0 * n, 0.0, 40.0) for n in range(4))
    back = tuple(line(f"j{n}", 500.0 * (3 - n), 0.0, 40.0) for n in (3, 2, 1, 0))
    found = two_way(out, back, 80.0, 1.0, (12.5,))
    assert found.offsets == {"j0": 0.0, "j1": 40.0, "j2": 0.0, "j3": 40.0}
    assert (found.band_out_s, found.band_back_s) == (40.0, 40.0)


def test_a_slower_wave_where_it_is_wider() -> None:
    # 400 m and C 80 s suit 36 km/h; 50 km/h does not.
    out = tuple(line(f"j{n}", 400.0 * n, 0.0, 35.0) for n in range(6))
    back = tuple(line(f"j{n}", 400.0 * (5 - n), 0.0, 35.0) for n in reversed(range(6)))
    speeds = tuple((50.0 - step) / 3.6 for step in range(21))
    found = two_way(out, back, 80.0, 1.0, speeds)
    assert found.speed_ms * 3.6 == pytest.approx(36.0)
    assert found.band_out_s + found.band_back_s == pytest.approx(70.0)
    fixed = two_way(out, back, 80.0, 1.0, speeds[:1])
    assert fixed.speed_ms * 3.6 == pytest.approx(50.0)
    assert fixed.band_out_s + fixed.band_back_s < 40.0


def test_stop_lines_along_links_and_connectors() -> None:
    network = corridor((300, 400, 500), signals=(1, 2), side_streets=(1, 2), cycle_s=60)
    times = {program.id: [phase.duration_s for phase in program.phases] for program in network.signals}
    found = stop_lines(network, network.paths["east"], times)
    links = network.links
    through = {movement.from_link: movement.length_m for movement in network.connections
               if movement.turn == "through" and movement.from_link.startswith("east")}
    assert [one.program for one in found] == ["j1", "j2"]
    assert found[0].distance_m == pytest.approx(links["east1"]["length_m"])
    assert found[1].distance_m == pytest.approx(sum(links[name]["length_m"] for name in ("east1", "east2"))
                                                + through["east1"])
    assert (found[0].green_at_s, found[0].green_s) == (0.0, times["j1"][0])


def test_a_path_with_a_gap_is_refused() -> None:
    network = corridor((300, 400, 500), signals=(1,))
    with pytest.raises(PolicyError, match="no connection to 'east3'"):
        stop_lines(network, ("east1", "east3"), {"j1": [40.0, 3.0, 47.0]})


def test_the_longest_run_of_green_counts() -> None:
    # Green from 70 to 90 and on to 15 (35 s, across the end of the cycle), and from 40 to 55 (15 s).
    network = corridor((300, 400), signals=(1,))
    movement = next(movement for movement in network.connections if movement.signal == "j1")
    phases = [Phase(duration_s=seconds, state=state * 1) for seconds, state in
              ((15, "G"), (25, "r"), (15, "g"), (15, "r"), (20, "G"))]
    program = SignalProgram(id="j1", phases=tuple(phases))
    assert green_run(program, [15.0, 25.0, 15.0, 15.0, 20.0], [movement]) == (70.0, 35.0)
    with pytest.raises(PolicyError, match="no green"):
        green_run(SignalProgram(id="j1", phases=(Phase(duration_s=9, state="r"),)), [9.0], [movement])
