"""Random closures and shares of informed drivers on a small town: nobody is lost, and all who are left are named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plan.small import Demand, world
from trafficsim.base.codes import COMPLETED, EN_ROUTE
from trafficsim.design import synthetic
from trafficsim.engines.registry import engine_named
from trafficsim.plan.lower import lower
from trafficsim.plan.network import turn_of
from trafficsim.plan.prepare import prepare
from trafficsim.policies import Closure
from trafficsim.spec.calendar import Hours
from trafficsim.spec.demand import Flow
from trafficsim.spec.route_choice import RouteChoice
from trafficsim.spec.scenario import Time
from trafficsim.spec.selectors import Links

TOWN = synthetic.grid(rows=3, columns=3, spacing_m=150.0, lanes=2)
ENTRIES, EXITS = sorted(TOWN.groups["entries"]), sorted(TOWN.groups["exits"])
INNER = sorted(set(TOWN.links) - set(ENTRIES) - set(EXITS))
CLOSURES = st.lists(st.tuples(st.sampled_from(INNER), st.integers(0, 4), st.integers(1, 6)), min_size=1, max_size=4,
                    unique_by=lambda one: one[0])


@pytest.mark.parametrize("engine", ["ca", "queue"])
@settings(max_examples=10)
@given(closures=CLOSURES, share=st.sampled_from([0.0, 0.3, 1.0]), seed=st.integers(1, 3))
def test_nobody_is_lost_and_who_is_left_is_named(
        engine: str, closures: list[tuple[str, int, int]], share: float, seed: int) -> None:
    flows = tuple(Flow(id=f"f{number}", volume_veh_h=250.0, origin=entry, destination=EXITS[(number + 5) % len(EXITS)])
                  for number, entry in enumerate(ENTRIES[::2]))
    given = world(Demand(flows=flows, routes="free_flow"), TOWN, seed=seed,
                  time=Time(analysis_s=300.0, clear_s=900.0, interval_s=60.0),
                  route_choice=RouteChoice(informed_share=share, update_s=45.0))
    policies = [Closure(on=Links(ids=(link,)), hours=(Hours(begin_h=begin / 60.0, end_h=(begin + length) / 60.0),))
                for link, begin, length in closures]
    plan = lower(prepare(given), policies).plan
    chosen = engine_named(engine)
    record = chosen.run(plan, chosen.settings())
    assert record.demanded == record.waiting + record.en_route + record.completed
    assert int(record.left.vehicles.sum()) == record.waiting + record.en_route
    assert record.routes is not None
    start, links = record.routes.route_start, record.routes.route_link
    before = plan.trips.route_start
    for trip in range(len(plan.trips.key)):
        route = links[start[trip]:start[trip + 1]]
        planned = plan.trips.route_link[before[trip]:before[trip + 1]]
        assert (route[0], route[-1]) == (planned[0], planned[-1])
        assert (turn_of(plan.turns, route[:-1], route[1:]) >= 0).all()
        if record.routes.changes[trip] == 0:
            assert route.tolist() == planned.tolist()
    entered = record.links.entered
    for link, begin, length in closures:
        column = entered[begin + 1:begin + length, plan.link_id.index(link)]
        assert column.sum() == 0.0
    status = record.trips.status
    assert np.isin(status[record.routes.changes > 0], [EN_ROUTE, COMPLETED, 0]).all()
