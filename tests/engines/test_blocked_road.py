"""A road that an incident blocks: who knows goes round, who meets it turns off, and who has no other way waits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import trafficsim as ts
from tests.support.worlds import link, make_network, through
from trafficsim.base.codes import CAUSE_CLOSED, COMPLETED, EN_ROUTE
from trafficsim.base.errors import InputError
from trafficsim.engines.asking import check_asked
from trafficsim.engines.registry import engine_named
from trafficsim.plan.lower import lower
from trafficsim.plan.record import Record
from trafficsim.spec.network import Connection, Network

ENGINES = ("ca", "queue")


def fork() -> Network:
    """a -> (short | long) -> z: one way is shorter."""
    links = [link("a", 300.0), link("short", 300.0), link("long", 600.0), link("z", 200.0)]
    rest = [Connection(from_link=tail, from_lane=0, to_link=head, to_lane=0, speed_limit_kmh=200.0)
            for tail, head in (("a", "long"), ("long", "z"))]
    return make_network(links, [*through("a", "short"), *through("short", "z"), *rest])


def run(engine: str, duration_s: float = 300.0, informed: float = 0.0, to: str = "z") -> tuple[Record, tuple[str, ...]]:
    crash = ts.Incident(id="crash", link="short", position_m=150.0, lanes=(0,), begin_s=60.0, duration_s=duration_s)
    flow = ts.Flow(id="f", origin="a", destination=to, volume_veh_h=500.0, end_s=300.0)
    scenario = ts.Scenario(name="fork", network=fork(), demand=ts.Demand(flows=(flow,), routes="free_flow"),
                           incidents=(crash,), route_choice=ts.RouteChoice(informed_share=informed, update_s=60.0),
                           time=ts.Time(analysis_s=300.0, clear_s=600.0, interval_s=60.0))
    plan = lower(ts.build(scenario)).plan
    chosen = engine_named(engine)
    return chosen.run(plan, chosen.settings()), plan.link_id


def driven(record: Record, names: tuple[str, ...]) -> list[list[str]]:
    assert record.routes is not None
    start, links = record.routes.route_start, record.routes.route_link
    return [[names[row] for row in links[begin:end]] for begin, end in pairwise(start)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("informed", [0.0, 1.0])
def test_who_comes_later_goes_round_and_all_arrive(engine: str, informed: float) -> None:
    record, names = run(engine, informed=informed)
    assert (record.trips.status == COMPLETED).all()
    late = np.flatnonzero((record.trips.entry_s > 70.0) & (record.trips.entry_s < 240.0))
    assert len(late) > 10
    assert all("long" in driven(record, names)[row] for row in late.tolist())


@pytest.mark.parametrize("engine", ENGINES)
def test_who_has_no_other_way_drives_up_to_it_and_waits_there(engine: str) -> None:
    """Trips that end on the blocked link queue on it: nobody is turned away, and nobody vanishes."""
    record, _ = run(engine, to="short")
    assert (record.trips.status == COMPLETED).all()
    stopped = record.links.entered[1:5].sum(axis=0) - record.links.left[1:5].sum(axis=0)
    assert stopped[1] > 10
    for_ever, names = run(engine, duration_s=5000.0, to="short")
    left = for_ever.trips.status == EN_ROUTE
    assert left.sum() > 20
    assert for_ever.left.vehicles.sum() == left.sum()
    before = [names[row] for row in for_ever.left.link[for_ever.left.cause == CAUSE_CLOSED]]
    assert before == ["short"], "who has no way on is named, and why"
    assert for_ever.demanded == for_ever.waiting + for_ever.en_route + for_ever.completed


def test_an_engine_without_closed_lanes_refuses_them() -> None:
    crash = ts.Incident(id="crash", link="short", position_m=150.0, lanes=(0,), begin_s=60.0, duration_s=60.0)
    flow = ts.Flow(id="f", origin="a", destination="z", volume_veh_h=500.0)
    plan = lower(ts.build(ts.Scenario(name="fork", network=fork(), incidents=(crash,), demand=ts.Demand(flows=(flow,),
                                      routes="free_flow")))).plan
    with pytest.raises(InputError, match=r"hybrid.*the closure of link"):
        check_asked(engine_named("hybrid"), plan)
