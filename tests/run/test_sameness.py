"""The real engine gives the same digest whatever the number of processes."""

from __future__ import annotations

from tests.plan.small import Demand, flow, world
from trafficsim.run.runner import run_scenario


def test_the_cellular_automaton_gives_the_same_digest_over_processes() -> None:
    plain = world(Demand(flows=(flow(volume_veh_h=60.0),)))
    digests = {run_scenario(plain, replications=3, workers=workers).as_json()["digest"] for workers in (1, 2)}
    assert len(digests) == 1
