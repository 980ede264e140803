"""A link's flow is the number of its traversals, whatever the network: Edie's identities on random roads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.oracles.edie import faults, watch
from tests.properties.junctions import drawn_worlds
from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.worlds import link, make_network, make_plan, make_world, through
from trafficsim.plan.arrays import Plan
from trafficsim.results.frames import Labels
from trafficsim.results.tables import links_table
from trafficsim.run.jobs import reference_of
from trafficsim.spec.demand import Trip
from trafficsim.spec.network import Connection
from trafficsim.spec.scenario import Time
from trafficsim.spec.world import World

LABELS = Labels("s", "a", 1, "ca")


def assert_edie(plan: Plan) -> None:
    watched = watch(plan)
    links = links_table(plan, watched.record, LABELS, reference_of(plan))
    assert faults(watched, links) == []


def short_run(world: World) -> Plan:
    """200 s in intervals of 50 s: vehicles stand and drive across their ends."""
    return replace(make_plan(world), end_s=200.0, interval_s=50.0)


@settings(phases=NO_SHRINKING)
@given(worlds())
def test_edie_holds_on_random_roads(world: World) -> None:
    assert_edie(short_run(world))


@settings(phases=NO_SHRINKING, max_examples=max(30, settings().max_examples // 2))
@given(drawn_worlds())
def test_edie_holds_on_networks_with_inferred_junctions(world: World) -> None:
    assert_edie(short_run(world))


def test_the_flow_of_a_link_of_a_metre_behind_connectors_of_ten_and_thirty_is_what_passes() -> None:
    """Each way counts once, long or short; the measured length is the mean of both."""
    rows = [link("a", 200.0), link("b", 200.0), link("short", 1.0), link("out", 200.0)]
    movements = [
        Connection(from_link="a", from_lane=0, to_lane=0, to_link="short", length_m=10.0, speed_limit_kmh=50.0),
        Connection(from_link="b", from_lane=0, to_lane=0, to_link="short", length_m=30.0, speed_limit_kmh=50.0),
        *through("short", "out"),
    ]
    trips = [Trip(id=f"{first}{number}", depart_s=20.0 * number + wait, route=(first, "short", "out"))
             for first, wait in (("a", 0.0), ("b", 10.0)) for number in range(10)]
    plan = make_plan(
        make_world(make_network(rows, movements), trips=trips, time=Time(analysis_s=600.0, interval_s=600.0))
    )
    watched = watch(replace(plan, end_s=600.0))
    links = links_table(plan, watched.record, LABELS, reference_of(plan)).set_index("link")
    flows = links["flow_veh_h"][["a", "b", "short", "out"]].tolist()
    assert flows == pytest.approx([60.0, 60.0, 120.0, 120.0], abs=1e-9)
    assert float(links["measured_length_m"]["short"]) == pytest.approx(1.0 + (10.0 + 30.0) / 2.0)
    assert float(links["vehicle_km"].sum()) == pytest.approx(float(watched.record.trips.distance_m.sum()) / 1000.0)


def test_who_departs_at_the_end_of_a_link_is_counted_from_where_it_stands() -> None:
    """Half a metre before the line: the last place of the link."""
    rows = [link("a", 2.0), link("b", 200.0)]
    trips = [Trip(id="t", depart_s=10.0, route=("a", "b"), depart_position_m=2.0)]
    plan = make_plan(make_world(make_network(rows, through("a", "b")), trips=trips, time=Time(interval_s=100.0)))
    watched = watch(replace(plan, end_s=100.0))
    assert faults(watched, links_table(plan, watched.record, LABELS, reference_of(plan))) == []
    assert float(watched.record.trips.distance_m[0]) == pytest.approx(200.0 + 0.5)
    assert float(watched.record.trips.entry_s[0]) <= 11.0
