"""Green waves as a policy: offsets only, on top of earlier retiming, and refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from tests.policies.signal_worlds import main_road, prepared
from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.waves import stop_lines
from trafficsim.plan.lower import lower
from trafficsim.policies.green_wave import GreenWave
from trafficsim.policies.webster import Webster
from trafficsim.results.timing import timings_of

WAVE = GreenWave(along="east", speed_kmh=50)


def test_offsets_are_travel_times_from_the_first_signal() -> None:
    world = prepared(main_road(offsets_s=(11.0, 0.0, 0.0)))
    lowered = lower(world, [WAVE])
    network = world.world.network
    timings = timings_of(lowered.plan.signals)
    lines = stop_lines(network, network.paths["east"], {name: one.phase_s for name, one in timings.items()})
    for line in lines:
        travel_s = (line.distance_m - lines[0].distance_m) / (50.0 / 3.6)
        assert timings[line.program].offset_s == np.floor((11.0 + travel_s) % 80.0 + 0.5)
    np.testing.assert_array_equal(lowered.plan.signals.duration_s, lowered.baseline.signals.duration_s)


def test_the_way_back_runs_the_other_way() -> None:
    world = prepared(main_road())
    east, west = (timings_of(lower(world, [GreenWave(along=path, speed_kmh=50)]).plan.signals)
                  for path in ("east", "west"))
    assert [east[name].offset_s for name in ("j1", "j2", "j3")] == [0.0, 29.0, 58.0]
    assert [west[name].offset_s for name in ("j3", "j2", "j1")] == [0.0, 29.0, 58.0]


def test_it_builds_on_retiming_of_the_same_alternative() -> None:
    world = prepared(main_road())
    both = lower(world, [WAVE, Webster(common_cycle=True)]).plan.signals
    first = lower(world, [Webster(common_cycle=True), WAVE]).plan.signals
    np.testing.assert_array_equal(both.offset_s, first.offset_s)
    cycle = timings_of(both)["j1"].cycle_s
    assert cycle != 80.0
    assert timings_of(both)["j3"].offset_s == round(2 * 28.8 % cycle)


def test_different_cycles_are_named() -> None:
    with pytest.raises(PolicyError) as refusal:
        lower(prepared(main_road()), [WAVE, Webster()])
    told = str(refusal.value)
    assert "'j1'" in told
    assert "'j3'" in told
    assert "common_cycle = true" in told


def test_an_unknown_path_gets_a_suggestion() -> None:
    with pytest.raises(PolicyError, match="did you mean 'east'"):
        lower(prepared(main_road()), [GreenWave(along="eastt", speed_kmh=50)])


def test_a_path_with_an_unknown_link_or_one_signal_is_refused() -> None:
    network = main_road()
    paths = {"odd": ("east1", "no such link"), "short": ("east1", "east2")}
    world = prepared(network)
    world = replace(world, world=replace(world.world, network=replace(network, paths=paths)))
    with pytest.raises(PolicyError, match="no link 'no such link'"):
        lower(world, [GreenWave(along="odd", speed_kmh=50)])
    with pytest.raises(PolicyError, match="at least two"):
        lower(world, [GreenWave(along="short", speed_kmh=50)])


def test_a_cycle_of_part_seconds_is_refused() -> None:
    with pytest.raises(PolicyError, match="whole number of seconds"):
        lower(prepared(main_road(cycle_s=80.5)), [WAVE])


def test_both_directions() -> None:
    world = prepared(main_road())
    fixed = timings_of(lower(world, [GreenWave(along="east", back="west", speed_kmh=36)]).plan.signals)
    assert [fixed[name].offset_s for name in ("j1", "j2", "j3")] == [0.0, 40.0, 0.0]
    free = timings_of(lower(world, [GreenWave(along="east", back="west", speed_kmh=50, slowest_kmh=30)]).plan.signals)
    assert free == fixed


def test_a_heavy_weight_gives_the_way_back_its_full_band() -> None:
    world = prepared(main_road())
    weighted = GreenWave(along="east", back="west", speed_kmh=50, weight_back=50.0)
    found, alone = (timings_of(lower(world, [policy]).plan.signals)
                    for policy in (weighted, GreenWave(along="west", speed_kmh=50)))
    for first, second in (("j2", "j3"), ("j1", "j2")):
        steps = [(timings[first].offset_s - timings[second].offset_s) % 80.0 for timings in (found, alone)]
        assert steps[0] == pytest.approx(steps[1], abs=1.0)


def test_lead_makes_green_begin_earlier() -> None:
    world = prepared(main_road())
    plain, early = (timings_of(lower(world, [GreenWave(along="east", speed_kmh=50, lead_s=lead)]).plan.signals)
                    for lead in (0.0, 5.0))
    assert early["j1"] == plain["j1"]
    assert early["j2"].offset_s == plain["j2"].offset_s - 5.0


@pytest.mark.parametrize("wrong", [{"slowest_kmh": 30.0}, {"back": "west", "slowest_kmh": 60.0},
                                   {"back": "west", "lead_s": 3.0}])
def test_contradictions_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        GreenWave(along="east", speed_kmh=50, **wrong)  # type: ignore[arg-type]
