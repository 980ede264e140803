"""Which links lead up to a junction together."""

from __future__ import annotations

import numpy as np

from tests.support.worlds import fixed_time, link, make_network, make_plan, make_world, through
from trafficsim.plan.approaches import Approaches, approaches_of
from trafficsim.spec.demand import Trip
from trafficsim.spec.network import Connection, Network


def found(network: Network, *route: str) -> tuple[dict[str, list[str]], Approaches]:
    """Chains by the name of their last link."""
    plan = make_plan(make_world(network, trips=[Trip(id="t", depart_s=0.0, route=route)]))
    approaches = approaches_of(plan)
    return {plan.link_id[at]: [plan.link_id[one] for one in approaches.links(at)]
            for at in np.flatnonzero(approaches.last == np.arange(len(plan.link_id)))}, approaches


def connection(first: str, second: str, **more: object) -> Connection:
    return Connection(from_link=first, from_lane=0, to_link=second, to_lane=0, speed_limit_kmh=50.0, **more)


def test_links_in_a_row_are_one_approach_with_the_connectors_between_them() -> None:
    links = [link(name, 100.0) for name in "abc"]
    connections = [connection("a", "b", length_m=10.0), connection("b", "c", length_m=5.0)]
    chains, approaches = found(make_network(links, connections), "a", "b")
    assert chains == {"c": ["a", "b", "c"]}
    assert approaches.storage_m.tolist() == [100.0, 210.0, 315.0]


def test_every_link_knows_the_ends_of_its_approach_and_what_all_of_it_holds() -> None:
    links = [link(name, 100.0) for name in ("c", "a", "b", "side")]
    _, approaches = found(make_network(links, [connection("a", "b"), connection("b", "c")]), "a", "b")
    assert approaches.last.tolist() == [0, 0, 0, 3]
    assert approaches.first.tolist() == [1, 1, 1, 3]
    assert approaches.following.tolist() == [-1, 2, 0, -1]
    assert approaches.total(np.array([1.0, 2.0, 4.0, 8.0])).tolist() == [7.0, 7.0, 7.0, 8.0]


def test_a_signal_ends_an_approach_wherever_it_stands() -> None:
    connections = [*through("a", "b", signal="s", signal_index=0), *through("b", "c")]
    network = make_network([link(name, 100.0) for name in "abc"], connections, [fixed_time("s", 30.0, 60.0)])
    chains, _ = found(network, "a", "b")
    assert chains == {"a": ["a"], "c": ["b", "c"]}


def test_where_movements_part_or_meet_another_approach_begins() -> None:
    links = [link(name, 100.0) for name in ("a", "b", "left", "right", "c")]
    connections = [
        connection("a", "b"),
        connection("b", "left"),
        connection("b", "right"),
        connection("left", "c"),
        connection("right", "c"),
    ]
    chains, _ = found(make_network(links, connections), "a", "b")
    assert chains == {"b": ["a", "b"], "left": ["left"], "right": ["right"], "c": ["c"]}


def test_turning_round_is_no_way_on() -> None:
    links = [link(name, 100.0) for name in ("a", "b", "back")]
    chains, _ = found(make_network(links, [connection("a", "b"), connection("a", "back", turn="u_turn")]), "a", "b")
    assert chains == {"b": ["a", "b"], "back": ["back"]}


def test_a_ring_without_a_junction_has_no_beginning() -> None:
    network = make_network([link("a", 100.0), link("b", 50.0)], [connection("a", "b"), connection("b", "a")])
    chains, approaches = found(network, "a", "b")
    assert chains == {"a": ["a"], "b": ["b"]}
    assert approaches.storage_m.tolist() == [100.0, 50.0]
