"""Crashes matched to sites: the nearest by brute force, ambiguity, junctions, places, and wrong coordinate systems."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.base.errors import InputError
from trafficsim.design.synthetic import grid
from trafficsim.outcomes.sites.matching import AMBIGUOUS, MATCHED, NOWHERE, OUTSIDE, Matches, match
from trafficsim.outcomes.sites.places import Site, sites_of
from trafficsim.spec.crashes import History
from trafficsim.spec.network import Network

TOWN = grid(rows=2, columns=2)
SITES = sites_of(TOWN)
NODES = {str(node): (one["x_m"], one["y_m"]) for node, one in TOWN.graph.nodes(data=True)}
EAST, NORTH = (max(one[axis] for one in NODES.values()) for axis in (0, 1))


def history(**changed: Any) -> History:
    given = {"crashes": "crashes.csv", "begin": "2020-01-01", "end": "2021-12-31", "expansion_factor": 10.0}
    return History(**{**given, **changed})


def crashes(points: list[tuple[float, float]], places: list[str] | None = None) -> pd.DataFrame:
    names = places or [""] * len(points)
    return pd.DataFrame({"place": names, "x_m": [one[0] for one in points], "y_m": [one[1] for one in points]})


def matched(points: list[tuple[float, float]], network: Network = TOWN, **changed: Any) -> Matches:
    return match(crashes(points), sites_of(network), network, history(**changed))


def line(link: str) -> list[tuple[float, float]]:
    one = TOWN.links[link]
    return list(one["geometry"]) or [NODES[str(one["from"])], NODES[str(one["to"])]]


def distance_m(point: tuple[float, float], site: Site) -> float:
    """The same without arrays: to a junction, or to the nearest of a thousand points along each piece of a road."""
    if site.kind == "junction":
        return math.dist(point, NODES[site.id])
    nearest = math.inf
    for link in site.links:
        for begin, end in itertools.pairwise(line(link)):
            for step in range(1001):
                at = tuple(b + step / 1000 * (e - b) for b, e in zip(begin, end, strict=True))
                nearest = min(nearest, math.dist(point, at))
    return nearest


@given(x=st.floats(-50.0, EAST + 50.0), y=st.floats(-50.0, NORTH + 50.0))
def test_nearest_by_brute_force(x: float, y: float) -> None:
    outside_too = [(x, y), NODES[SITES[0].id]]  # the second is at a site, so that the table is not refused
    found = matched(outside_too)
    junctions, roads = (sorted((distance_m((x, y), site), position) for position, site in enumerate(SITES)
                               if site.kind == kind) for kind in ("junction", "segment"))
    expected = junctions[0] if junctions[0][0] < 19.9 else roads[0] if roads[0][0] < 29.9 else None
    if 19.9 <= junctions[0][0] <= 20.1 or 29.9 <= roads[0][0] <= 30.1:
        return
    if expected is None:
        assert found.status[0] == OUTSIDE
        assert found.site[0] == NOWHERE
    else:
        assert found.distance_m[0] == pytest.approx(expected[0], abs=0.3)
        assert found.status[0] == (AMBIGUOUS if found.second[0] != NOWHERE else MATCHED)


def test_two_roads_about_as_near_are_ambiguous() -> None:
    x, y = NODES["r0c0"]
    found = matched([(x + 22.0, y + 22.0), (x + 22.0, y + 29.0), (x + 60.0, y + 2.0)])
    assert found.status.tolist() == [AMBIGUOUS, MATCHED, MATCHED]
    assert found.second[0] not in (found.site[0], NOWHERE)
    assert SITES[found.site[1]].kind == "segment"
    assert found.counts() == {MATCHED: 2, AMBIGUOUS: 1, OUTSIDE: 0}


def test_both_directions_are_one_road() -> None:
    roads = [site for site in SITES if site.kind == "segment"]
    assert all(len(site.links) == 2 for site in roads)
    assert sorted(link for site in roads for link in site.links) == sorted(TOWN.links)


def test_junctions_before_roads_within_their_radius() -> None:
    x, y = NODES["r0c0"]
    near, wide = matched([(x + 25.0, y)]), matched([(x + 25.0, y)], junction_radius_m=30.0)
    assert SITES[near.site[0]].kind == "segment"
    assert SITES[wide.site[0]].id == "r0c0"


def test_places_go_before_coordinates() -> None:
    road = next(site for site in SITES if site.kind == "segment")
    table = crashes([(np.nan, np.nan)] * 4, ["r1c1", road.links[1], "nowhere", ""])
    found = match(table, SITES, TOWN, history())
    assert found.status.tolist() == [MATCHED, MATCHED, OUTSIDE, OUTSIDE]
    assert [SITES[position].id for position in found.site[:2]] == ["r1c1", road.id]


def test_a_name_of_two_sites_counts_at_none() -> None:
    network = grid(rows=2, columns=2)
    for _, _, one in network.graph.edges(data=True):
        one["name"] = "King Road"
    found = match(crashes([(np.nan, np.nan)] * 2, ["King Road", "r0c0"]), sites_of(network), network, history())
    assert found.status.tolist() == [AMBIGUOUS, MATCHED]
    assert found.site[0] == NOWHERE
    with pytest.raises(InputError, match="none at a site"):
        match(crashes([(np.nan, np.nan)], ["King Road"]), sites_of(network), network, history())


def test_the_name_of_a_street_of_several_roads_leaves_it_to_the_coordinates() -> None:
    network = grid(rows=2, columns=2)
    for _, _, one in network.graph.edges(data=True):
        one["name"] = "King Road"
    x, y = NODES["r0c0"]
    points = [(x + 60.0, y + 2.0), (EAST + 400.0, y), (np.nan, np.nan)]
    found = match(crashes(points, ["King Road"] * 3), sites_of(network), network, history())
    assert found.status.tolist() == [MATCHED, AMBIGUOUS, AMBIGUOUS]
    assert found.site[0] == matched(points[:1]).site[0] != NOWHERE
    assert found.site[1:].tolist() == [NOWHERE, NOWHERE]


POINTS = [(x + 3.0 * row, y + 2.0) for row, (x, y) in enumerate(list(NODES.values())[:6])]


@pytest.mark.parametrize(("points", "says"), [
    ([(8.5 + x / 1e6, 50.1 + y / 1e6) for x, y in POINTS], "degrees"),
    ([(x + 4_500_000.0, y + 5_800_000.0) for x, y in POINTS], "another system"),
    ([(5_000.0, 5_000.0)], "another system"),
    ([(EAST + 600.0, NORTH + 600.0)], "none at a site"),
])
def test_coordinates_that_cannot_be_right(points: list[tuple[float, float]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        matched(points)


def test_exchanged_coordinates() -> None:
    network = grid(rows=2, columns=2)
    for _, one in network.graph.nodes(data=True):
        one["x_m"] += 100_000.0
    for _, _, one in network.graph.edges(data=True):
        one["geometry"] = tuple((x + 100_000.0, y) for x, y in one["geometry"])
    right = [(x + 100_000.0, y) for x, y in POINTS]
    assert (matched(right, network).status != OUTSIDE).all()
    with pytest.raises(InputError, match="exchanged"):
        matched([(y, x) for x, y in right], network)


def test_a_shift_of_the_origin() -> None:
    moved = [(x + 4_500_000.0, y + 5_800_000.0) for x, y in POINTS]
    shifted = matched(moved, offset_x_m=-4_500_000.0, offset_y_m=-5_800_000.0)
    plain = matched(POINTS)
    assert shifted.site.tolist() == plain.site.tolist()
    assert shifted.distance_m == pytest.approx(plain.distance_m)


def test_types_follow_from_legs_lanes_and_control() -> None:
    kinds = {site.id: (site.facility, site.reason) for site in SITES}
    assert kinds["r0c0"] == ("4SG", "")
    chosen = sites_of(TOWN, {"r0c0": "none", SITES[-1].links[1]: "4D"})
    assert (chosen[0].facility, chosen[0].reason) == ("", "left without a function by site_types")
    assert chosen[-1].facility == "4D"
    one_way = [site.reason for site in sites_of(one_way_street()) if site.kind == "segment"]
    assert "no function for a one-way road" in one_way


def one_way_street() -> Network:
    from trafficsim.design.synthetic import corridor

    return corridor([300, 200], signals=[1], side_streets=[1])
