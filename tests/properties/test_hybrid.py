"""The hybrid engine on random networks with random borders: nobody is lost, nobody is twice, storage is kept."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.junctions import drawn_worlds
from tests.support.hybrids import divided, looked_at
from tests.support.worlds import make_plan
from trafficsim.engines.hybrid.checks import check_conservation
from trafficsim.engines.hybrid.loop import Run, run
from trafficsim.plan.arrays import Plan
from trafficsim.spec.world import World


def plan_of(world: World) -> Plan:
    """Lower a world without its stops, which queues do not represent."""
    trips = tuple(trip.model_copy(update={"stops": ()}) for trip in world.demand.trips)
    return make_plan(replace(world, demand=world.demand.model_copy(update={"trips": trips})))


@given(drawn_worlds(), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_everybody_is_somewhere_once_after_every_tick(world: World, chance: Random) -> None:
    plan = plan_of(world)
    parts = divided(plan, chance)

    def look(this: Run, tick: int) -> None:
        check_conservation(this.programs)
        queues, border = this.programs.queues, this.programs.border
        open_links = border.closed == 0
        most = queues.net.spacing.max()
        assert np.all((queues.links.taken <= queues.net.room)[open_links] | (queues.links.taken <= most)[open_links])

    looked_at(plan, parts, look)


@given(drawn_worlds(), st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_records_add_up(world: World, chance: Random) -> None:
    plan = plan_of(world)
    parts = divided(plan, chance)
    record = run(plan, parts)
    assert record.demanded == record.waiting + record.en_route + record.completed
    assert record.left.vehicles.sum() == record.waiting + record.en_route
    assert np.all(record.links.entered.sum(axis=0) >= record.links.left.sum(axis=0))
    through = record.trips.exit_s >= 0
    assert np.all(record.trips.exit_s[through] > record.trips.entry_s[through])
    if record.completed == record.demanded:
        assert np.isclose(record.links.vehicle_m.sum(), record.trips.distance_m.sum(), rtol=1e-9, atol=1e-6)
        taken_s = (record.trips.exit_s - record.trips.entry_s).sum()
        assert np.isclose(record.links.vehicle_s.sum(), taken_s, atol=1e-3)
    again = run(plan, parts)
    assert (again.state, again.trips.exit_s.tolist()) == (record.state, record.trips.exit_s.tolist())
