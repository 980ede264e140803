"""Where enforcement is felt: distances through junctions, nearest ways, ends of the network, rings, chains of links."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.support.worlds import link, make_network, through
from trafficsim.design.synthetic import corridor, ring
from trafficsim.policies.halo import chains, downstream, upstream
from trafficsim.spec.behaviour import Zone
from trafficsim.spec.network import Connection, Network

Rows = list[tuple[str, float, float, float]]


def rows(zones: list[Zone]) -> Rows:
    return [(zone.link, zone.begin_m, zone.end_m, pytest.approx(zone.strength, abs=1e-12)) for zone in zones]


def in_200(distance_m: float) -> float:
    return 1.0 - distance_m / 200.0


def covered(zones: list[Zone]) -> dict[str, list[tuple[float, float]]]:
    """By link, the stretches that zones cover, joined where they touch; overlaps are refused."""
    found: dict[str, list[tuple[float, float]]] = {}
    for zone in sorted(zones, key=lambda zone: (zone.link, zone.begin_m)):
        parts = found.setdefault(zone.link, [])
        if parts and zone.begin_m < parts[-1][1] + 1e-9:
            assert zone.begin_m == pytest.approx(parts[-1][1], abs=1e-9), f"zones overlap on {zone.link}"
            parts[-1] = (parts[-1][0], zone.end_m)
        else:
            parts.append((zone.begin_m, zone.end_m))
    return found


def three() -> Network:
    """a (400 m), a junction of 10 m, b (1000 m), a junction of 20 m, c (600 m)."""
    links = [link("a", 400.0), link("b", 1000.0), link("c", 600.0)]
    return make_network(links, [*through("a", "b", length_m=10.0), *through("b", "c", length_m=20.0)])


def test_zones_before_a_place_reach_back_through_the_junction() -> None:
    # 60 m of b, the junction, and so 200 - 60 - 10 = 130 m of a. A zone has the strength of its middle:
    # on b 12.5, 37.5 and 55 m from the place, on a 70 + 12.5, 70 + 37.5, ..., and the last, 5 m long, 70 + 127.5 m.
    assert rows(upstream(three(), ("b", 60.0), 200.0, in_200)) == [
        ("b", 35.0, 60.0, 0.9375), ("b", 10.0, 35.0, 0.8125), ("b", 0.0, 10.0, 0.725),
        ("a", 375.0, 400.0, 0.5875), ("a", 350.0, 375.0, 0.4625), ("a", 325.0, 350.0, 0.3375),
        ("a", 300.0, 325.0, 0.2125), ("a", 275.0, 300.0, 0.0875), ("a", 270.0, 275.0, 0.0125),
    ]


def test_zones_beyond_a_place_go_on_through_the_junction() -> None:
    # 30 m of b, 20 m of junction, and so 50 m of c with a reach of 100 m
    assert rows(downstream(three(), ("b", 970.0), 100.0, in_200)) == [
        ("b", 970.0, 995.0, 0.9375), ("b", 995.0, 1000.0, 0.8625),
        ("c", 0.0, 25.0, 1.0 - 62.5 / 200.0), ("c", 25.0, 50.0, 1.0 - 87.5 / 200.0),
    ]


def test_zones_are_longer_further_away() -> None:
    # 25 m up to 300 m from the place, then 100 m
    lengths = [zone.end_m - zone.begin_m for zone in downstream(three(), ("b", 0.0), 550.0, lambda x: 0.5)]
    assert lengths == [25.0] * 12 + [100.0, 100.0, 50.0]


def test_a_reach_that_ends_inside_a_junction_ends_there() -> None:
    assert covered(downstream(three(), ("b", 990.0), 25.0, in_200)) == {"b": [(990.0, 1000.0)]}


def test_a_network_that_ends_sooner_ends_the_zones() -> None:
    assert covered(upstream(three(), ("b", 100.0), 5000.0, lambda x: 0.5)) == {"a": [(0.0, 400.0)], "b": [(0.0, 100.0)]}
    assert covered(downstream(three(), ("c", 600.0), 5000.0, lambda x: 0.5)) == {}
    assert covered(upstream(three(), ("a", 0.0), 5000.0, lambda x: 0.5)) == {}


def test_links_shorter_than_a_zone_are_covered_whole() -> None:
    links = [link("in", 300.0), *(link(f"s{n}", 3.0) for n in range(4)), link("out", 300.0)]
    names = [row["id"] for row in links]
    road = make_network(links, [movement for pair in pairwise(names) for movement in through(*pair)])
    zones = upstream(road, ("out", 0.0), 30.0, in_200)
    assert covered(zones) == {"in": [(282.0, 300.0)], **{f"s{n}": [(0.0, 3.0)] for n in range(4)}}
    assert [zone.strength for zone in zones[:2]] == pytest.approx([in_200(1.5), in_200(4.5)])


def test_strengths_of_zero_make_no_zone_and_none_is_above_one() -> None:
    zones = downstream(three(), ("b", 0.0), 300.0, lambda x: 2.0 if x < 50.0 else 0.0)
    assert rows(zones) == [("b", 0.0, 25.0, 1.0), ("b", 25.0, 50.0, 1.0)]


def test_the_nearest_way_counts() -> None:
    # From a to d through b (200 m) or through c (50 m): the end of a is 50 m from d, the halo of b is its own.
    links = [link("a", 500.0), link("b", 200.0), link("c", 50.0), link("d", 500.0)]
    joints = [through("a", "b"), through("a", "c"), through("b", "d"), through("c", "d")]
    road = make_network(links, [one for movement in joints for one in movement])
    zones = upstream(road, ("d", 0.0), 100.0, lambda x: 1.0 - x / 100.0)
    assert covered(zones) == {"a": [(450.0, 500.0)], "b": [(100.0, 200.0)], "c": [(0.0, 50.0)]}
    nearest = next(zone for zone in zones if (zone.link, zone.end_m) == ("a", 500.0))
    assert nearest.strength == pytest.approx(1.0 - 62.5 / 100.0)


def test_of_several_lanes_the_shortest_way_through_the_junction_counts() -> None:
    joints = [Connection(from_link="a", from_lane=lane, to_link="b", to_lane=lane, length_m=length)
              for lane, length in ((0, 30.0), (1, 10.0))]
    road = make_network([link("a", 200.0, lanes=2), link("b", 200.0, lanes=2)], joints)
    assert covered(upstream(road, ("b", 0.0), 100.0, in_200)) == {"a": [(110.0, 200.0)]}


def test_no_zone_lies_beyond_a_u_turn() -> None:
    links = [link("there", 300.0), link("back", 300.0), link("on", 300.0)]
    joints = [*through("there", "on"), *through("there", "back", turn="u_turn")]
    road = make_network(links, joints)
    beyond = covered(downstream(road, ("there", 250.0), 200.0, in_200))
    assert beyond == {"there": [(250.0, 300.0)], "on": [(0.0, 150.0)]}
    assert covered(upstream(road, ("back", 100.0), 200.0, in_200)) == {"back": [(0.0, 100.0)]}
    assert chains(road, ["there", "back"]) == [("there",), ("back",)]


@pytest.mark.parametrize("links", [1, 3])
def test_around_a_ring_no_place_counts_twice(links: int) -> None:
    # The place is at 200 of 900 m. A reach of 600 m covers 600 m, one of 900 m or more the whole ring, once.
    road, of_one = ring(900.0, links=links), 900.0 / links
    place = (f"ring{int(200.0 // of_one)}", 200.0 % of_one)

    def on_ring(zones: list[Zone]) -> float:
        return sum(end - begin for parts in covered(zones).values() for begin, end in parts)

    for reach, expected in ((600.0, 600.0), (900.0, 900.0), (2000.0, 900.0)):
        assert on_ring(upstream(road, place, reach, lambda x: 0.5)) == pytest.approx(expected)
        assert on_ring(downstream(road, place, reach, lambda x: 0.5)) == pytest.approx(expected)
    back, on = (movement(road, place, 600.0, lambda x: 1.0 - x / 600.0) for movement in (upstream, downstream))
    for zones, sign in ((back, -1.0), (on, 1.0)):
        for zone in zones:
            middle = (zone.begin_m + zone.end_m) / 2.0 + of_one * int(zone.link.removeprefix("ring"))
            assert zone.strength == pytest.approx(1.0 - (sign * (middle - 200.0) % 900.0) / 600.0)


def test_chains_follow_the_road_whatever_the_order_written() -> None:
    road = corridor(lengths_m=(500, 500, 500, 500))
    assert chains(road, ["east3", "east1", "east2"]) == [("east1", "east2", "east3")]
    assert chains(road, ["east4", "east1", "east2"]) == [("east4",), ("east1", "east2")]
    assert chains(road, []) == []


def test_both_directions_are_chains_of_their_own() -> None:
    road = corridor(lengths_m=(500, 500), two_way=True)
    assert sorted(chains(road, list(road.links))) == [("east1", "east2"), ("west2", "west1")]


def test_chains_end_where_roads_part_or_meet() -> None:
    # a -> b -> (c, d) -> e -> f
    names = "abcdef"
    joints = [through(*pair) for pair in ("ab", "bc", "bd", "ce", "de", "ef")]
    road = make_network([link(name, 100.0) for name in names], [one for movement in joints for one in movement])
    assert sorted(chains(road, list(names))) == [("a", "b"), ("c",), ("d",), ("e", "f")]
    assert sorted(chains(road, list("abcef"))) == [("a", "b", "c", "e", "f")], "d is not in it: one way only"


@pytest.mark.parametrize("links", [1, 2, 5])
def test_a_closed_ring_is_one_chain(links: int) -> None:
    names = [f"ring{number}" for number in range(links)]
    road = ring(1000.0, links=links)
    assert chains(road, names) == [tuple(names)]
    assert chains(road, names[::-1])[0][0] == names[-1]
    assert sorted(chains(road, names[::-1])[0]) == names


def test_a_road_into_a_ring_and_the_ring_are_two_chains() -> None:
    # a -> b -> c -> d -> b
    joints = [through(*pair) for pair in ("ab", "bc", "cd", "db")]
    road = make_network([link(name, 100.0) for name in "abcd"], [one for movement in joints for one in movement])
    assert sorted(chains(road, list("abcd"))) == [("a",), ("b", "c", "d")]
