"""The policy of widest bands: offsets of a corridor, beside those of the green wave, and what is refused."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

import trafficsim as ts
from trafficsim.base.errors import PolicyError
from trafficsim.base.units import kmh_to_ms
from trafficsim.design.synthetic import corridor
from trafficsim.design.timing.bandwidth import ArterialSignal, BandRules, Green, Order, widest_bands
from trafficsim.design.timing.conflicts import crossing_pairs, gaps_s
from trafficsim.design.timing.stage_orders import orders_of
from trafficsim.design.timing.waves import Wave, band_s, stop_lines
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.results.timing import programs_with
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

INNER = (1, 2, 3)


def prepared(lengths_m: tuple[float, ...]) -> Prepared:
    network = corridor(lengths_m=lengths_m, two_way=True, signals=INNER, side_streets=INNER, cycle_s=80.0)
    flow = Flow(id="f", origin="east1", destination="east4", volume_veh_h=100.0)
    scenario = Scenario(name="bands", network=network, time=Time(analysis_s=60.0))
    return prepare(World(scenario, network, Demand(flows=(flow,)), DEFAULT_CLASSES))


def bands_s(world: Prepared, policy: ts.Policy) -> tuple[float, float]:
    """Bands of both directions at 50 km/h under a policy."""
    network, signals = world.world.network, lower(world, [policy]).plan.signals
    offsets = dict(zip(signals.program_id, signals.offset_s.tolist(), strict=True))
    programs = {one.id: [phase.duration_s for phase in one.phases] for one in network.signals}
    return tuple(band_s(Wave(stop_lines(network, network.paths[name], programs), kmh_to_ms(50.0)), 80.0, offsets)
                 for name in ("east", "west"))  # type: ignore[return-value]


@pytest.mark.parametrize("lengths_m", [(400.0, 400.0, 400.0, 400.0), (300.0, 250.0, 520.0, 300.0)])
def test_no_wave_in_whole_seconds_has_wider_bands(lengths_m: tuple[float, ...]) -> None:
    world = prepared(lengths_m)
    at_one_speed = {"along": "east", "back": "west", "speed_kmh": 50.0}
    widest = bands_s(world, ts.policies.Maxband(slowest_kmh=50.0, **at_one_speed))
    wave = bands_s(world, ts.policies.GreenWave(**at_one_speed))
    assert sum(widest) >= sum(wave) - 1e-6
    assert sum(widest) > 0.0


def test_what_does_not_fit_is_refused() -> None:
    world = prepared((400.0, 400.0, 400.0, 400.0))
    with pytest.raises(PolicyError, match="opposite order"):
        lower(world, [ts.policies.Maxband(along="east", back="east", slowest_kmh=40, speed_kmh=50)])
    with pytest.raises(PolicyError, match="no named route"):
        lower(world, [ts.policies.Maxband(along="east", back="north", slowest_kmh=40, speed_kmh=50)])
    with pytest.raises(ValueError, match="slowest_kmh 60 is over"):
        ts.policies.Maxband(along="east", back="west", slowest_kmh=60, speed_kmh=50)


def programs_after(world: Prepared, policy: ts.Policy) -> dict[str, ts.SignalProgram]:
    found = lower(world, [policy])
    return {one.id: one for one in programs_with(world.world.network, found.plan.signals)}


def bands_of(world: Prepared, programs: dict[str, ts.SignalProgram]) -> float:
    """Sum of both bands at 50 km/h, of programs with their offsets; as a share of the cycle."""
    network = replace(world.world.network, signals=tuple(programs.values()))
    durations = {name: [phase.duration_s for phase in one.phases] for name, one in programs.items()}
    offsets, cycle_s = {name: one.offset_s for name, one in programs.items()}, programs["j1"].cycle_s
    return sum(band_s(Wave(stop_lines(network, network.paths[name], durations), kmh_to_ms(50.0)), cycle_s, offsets)
               for name in ("east", "west")) / cycle_s


AT_50 = {"along": "east", "back": "west", "speed_kmh": 50.0, "slowest_kmh": 50.0}


def test_the_cycle_is_chosen_and_greens_follow_it() -> None:
    world = prepared((300.0, 250.0, 520.0, 300.0))
    kept, free = (ts.policies.Maxband(**AT_50, **more) for more in ({}, {"cycle_s": (50.0, 100.0)}))
    before, after = programs_after(world, kept), programs_after(world, free)
    (cycle_s,) = {round(one.cycle_s, 6) for one in after.values()}
    assert 50.0 <= cycle_s == round(cycle_s) <= 100.0
    assert cycle_s != 80.0
    best = max(free.model_copy(update={"cycle_s": (one, one)}).plan(world.world.network).bands.worth / 2
               for one in (50.0, 57.0, 64.0, 80.0, 92.0, 100.0, cycle_s))
    assert bands_of(world, after) == pytest.approx(best, abs=2e-3)
    assert bands_of(world, after) > bands_of(world, before) + 0.01
    for name, one in after.items():
        old = {phase.state: phase.duration_s for phase in before[name].phases}
        assert all(phase.duration_s == old[phase.state] for phase in one.phases if "y" in phase.state)
    with pytest.raises(PolicyError, match=r"a stage of .* at a cycle of 14 s"):
        lower(world, [ts.policies.Maxband(**AT_50, cycle_s=(14.0, 14.0))])
    with pytest.raises(ValueError, match="the least and the largest cycle"):
        ts.policies.Maxband(**AT_50, cycle_s=(90.0, 60.0))


def one_side_first() -> Prepared:
    """Signals that serve one direction of the main road, then the other, then the side streets."""
    world = prepared((300.0, 250.0, 520.0, 300.0))
    network = world.world.network
    signals = []
    for program in network.signals:
        here = [one for one in network.connections if one.signal == program.id]
        sides = [{one.signal_index for one in here if one.from_link.startswith(start)} for start in ("east", "west")]
        sides.append({one.signal_index for one in here} - sides[0] - sides[1])
        width, phases = len(program.phases[0].state), []
        for side, lasts_s in zip(sides, (26.0, 21.0, 18.0), strict=True):
            for letter, more_s in (("G", lasts_s), ("y", 3.0), ("r", 2.0)):
                state = "".join(letter if index in side else "r" for index in range(width))
                phases.append(ts.Phase(duration_s=more_s, state=state))
        signals.append(program.model_copy(update={"phases": tuple(phases)}))
    scenario = world.world.scenario
    return prepare(World(scenario, replace(network, signals=tuple(signals)), world.world.demand, DEFAULT_CLASSES))


def test_the_order_of_stages_is_the_best_of_all() -> None:
    world = one_side_first()
    network, policy = world.world.network, ts.policies.Maxband(**AT_50, stage_order="free", gap=0.0)
    found = policy.plan(network)
    orders = [orders_of(network, one, "here") for one in network.signals]
    assert [len(some) for some in orders] == [2, 2, 2]
    kept = policy.model_copy(update={"stage_order": "kept"})
    every = [kept.plan(replace(network, signals=some)).bands.worth for some in itertools.product(*orders)]
    assert found.bands.worth == pytest.approx(max(every), abs=1e-6)
    assert found.bands.worth > every[0] + 0.05
    after = programs_after(world, policy)
    assert bands_of(world, after) == pytest.approx(found.bands.worth / 2, abs=1e-3)  # worth counts two links
    assert {round(one.cycle_s, 9) for one in after.values()} == {80.0}
    for name, program in after.items():
        old = next(one for one in network.signals if one.id == name)
        for before, later in crossing_pairs(network, name):
            one, other = (network.connections[number].signal_index or 0 for number in (before, later))
            assert min(gaps_s(program, one, other), default=5.0) >= min(gaps_s(old, one, other), default=5.0)


def test_a_search_that_was_ended_says_how_far_it_came() -> None:
    signals = [ArterialSignal(170.0 * place, (Order(Green(0.1 * place % 1, 0.4), Green(0.37 * place % 1, 0.45)),))
               for place in range(5)]
    rules = BandRules((60.0, 60.0), (10.0, 12.0), (1.0,) * 4, (1.0,) * 4, by_link=True)
    exact, ended = widest_bands(signals, rules), widest_bands(signals, replace(rules, gap=0.2))
    assert exact.gap <= 1e-4
    assert exact.gap < ended.gap <= 0.2
    assert exact.worth * (1.0 - ended.gap) - 1e-6 <= ended.worth <= exact.worth + 1e-6
