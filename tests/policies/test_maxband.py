"""The policy of widest bands: offsets of a corridor, beside those of the green wave, and what is refused."""

from __future__ import annotations

import pytest

import trafficsim as ts
from trafficsim.base.errors import PolicyError
from trafficsim.base.units import kmh_to_ms
from trafficsim.design.synthetic import corridor
from trafficsim.design.timing.waves import Wave, band_s, stop_lines
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
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
