"""Cheapest paths under times that change, against plain Python: first in, first out."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracles.timed_paths import least_times, nobody_overtakes, time_at
from tests.plan.small import Demand, diamond, flow, join, link, network, trip, world
from trafficsim.plan.network import turn_of
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.plan.route_book import UNKNOWN, RouteBook
from trafficsim.plan.routes import IGNORING
from trafficsim.plan.time_dependent import (
    NEVER,
    Profile,
    Roots,
    TimedSearch,
    paths_of,
    profile_of,
    route_costs,
    route_hashes,
)
from trafficsim.spec.vehicles import KINDS

LINKS, MOMENTS, WIDTH_S = 6, 4, 60.0
NAMES = "abcdef"
PAIRS = [pair for pair in product(range(LINKS), repeat=2) if pair[0] != pair[1]]


def meshed(pairs: list[tuple[int, int]]) -> Prepared:
    """Links whose ends are all one node, joined by some movements."""
    roads = network([link(name, "n", "n") for name in NAMES], [join(NAMES[a], NAMES[b]) for a, b in sorted(pairs)])
    return prepare(world(Demand(trips=(trip(route=("a",)),)), roads))


def roots_of(origins: list[int], clock: int, targets: int) -> Roots:
    count = len(origins)
    return Roots(np.array(origins, np.int64), np.full(count, clock, np.int64), np.arange(count + 1) * targets)


@given(st.sets(st.sampled_from(PAIRS), min_size=4), st.data())
def test_trees_are_those_of_plain_python(pairs: set[tuple[int, int]], data: st.DataObject) -> None:
    prepared = meshed(list(pairs))
    turns = prepared.network.turns
    order = list(zip(turns.from_link.tolist(), turns.to_link.tolist(), strict=True))
    seconds = data.draw(st.lists(st.lists(st.integers(1, 300), min_size=MOMENTS, max_size=MOMENTS),
                                 min_size=len(order), max_size=len(order)))
    clock = data.draw(st.integers(0, 400_000))
    profile = profile_of(np.array(seconds, float).T, WIDTH_S)
    slow = {pair: nobody_overtakes([1000 * one for one in row], 60_000)
            for pair, row in zip(order, seconds, strict=True)}
    search = TimedSearch(prepared.network, IGNORING, profile)
    target = np.tile(np.arange(LINKS), LINKS)
    found, before = search.trees(roots_of(list(range(LINKS)), clock, LINKS), target)
    expected = {origin: least_times(slow, 30_000, 60_000, origin, clock) for origin in range(LINKS)}
    root = np.repeat(np.arange(LINKS), LINKS)
    some = np.flatnonzero(found.cost < NEVER)
    assert {(int(root[row]), int(target[row])) for row in some} == {
        (origin, end) for origin, ends in expected.items() for end in ends}
    start, links = paths_of(before, root[some], target[some], found.links[some])
    for row, (first, last) in zip(some.tolist(), pairwise(start.tolist()), strict=True):
        entered, *path = expected[int(root[row])][int(target[row])]
        assert (int(found.cost[row]) + clock, links[first:last].tolist()) == (entered, path)
    np.testing.assert_array_equal(route_hashes(start, links), found.hash[some])
    book = RouteBook(start, links, turns)
    np.testing.assert_array_equal(
        route_costs(profile, book.start, book.turn, np.arange(len(book)), np.full(len(book), clock)), found.cost[some])


@given(st.lists(st.integers(1, 500), min_size=2, max_size=6), st.integers(0, 500_000), st.integers(0, 50_000))
def test_who_enters_later_never_leaves_earlier(seconds: list[int], clock: int, later: int) -> None:
    profile = profile_of(np.array([seconds], float).T, WIDTH_S)
    leaving = []
    for now in (clock, clock + later):
        cost = route_costs(profile, np.array([0, 2]), np.array([0, -1]), np.zeros(1, np.int64), np.array([now]))
        assert int(cost[0]) == time_at(nobody_overtakes([1000 * one for one in seconds], 60_000), 30_000, 60_000, now)
        leaving.append(now + int(cost[0]))
    assert leaving[0] <= leaving[1]


def test_times_of_a_measured_fall_are_raised_until_nobody_overtakes() -> None:
    profile = profile_of(np.array([[200.0, 5.0], [100.0, 5.0], [10.0, 5.0]]), WIDTH_S)
    assert profile.time[:, :-1].tolist() == [[200_000, 140_000, 80_000], [5_000, 5_000, 5_000]]


def search_of(prepared: Prepared, kind: str, extra_s: float = 0.0) -> tuple[TimedSearch, int, int]:
    index = prepared.network.link_index
    turns = prepared.network.turns
    seconds = np.full((1, len(turns.from_link)), 10.0)
    extra = np.zeros_like(seconds)
    extra[0, turn_of(turns, np.array([index["a"]]), np.array([index["b"]]))] = extra_s
    return (TimedSearch(prepared.network, KINDS.index(kind), profile_of(seconds, WIDTH_S, extra if extra_s else None)),
            index["a"], index["d"])


@pytest.mark.parametrize(("kind", "extra_s", "cost"), [("car", 0.0, 20), ("car", 5.0, 25), ("bus", 5.0, 20)])
def test_permissions_and_costs_beyond_time_count(kind: str, extra_s: float, cost: int) -> None:
    prepared = prepare(world(Demand(flows=(flow(),)), diamond()))
    search, origin, target = search_of(prepared, kind, extra_s)
    found, _ = search.trees(roots_of([origin], 0, 1), np.array([target]))
    assert int(found.cost[0]) == cost * 1000


def test_a_movement_that_does_not_exist_is_never_driven() -> None:
    prepared = meshed([(0, 1), (1, 2)])
    profile = Profile(30_000, 60_000, np.full((2, 2), 1000, np.int32), np.zeros((2, 0), np.int32))
    search = TimedSearch(prepared.network, IGNORING, profile)
    found, _ = search.trees(roots_of([0, 2], 0, 1), np.array([2, 0]))
    assert found.cost.tolist() == [2000, int(NEVER)]


def test_a_book_tells_routes_by_their_ends_and_length_too() -> None:
    turns = meshed([(0, 1), (1, 2), (0, 2)]).network.turns
    book = RouteBook(np.array([0, 3]), np.array([0, 1, 2]), turns)
    assert book.number_of(np.array([0, 2], np.int32)) == 1
    assert book.number_of(np.array([0, 1, 2], np.int32)) == 0
    assert book.turn.tolist() == [0, 2, -1, 1, -1]
    from trafficsim.plan.time_dependent import Found

    same_hash = Found(np.zeros(1, np.int64), route_hashes(np.array([0, 2]), np.array([0, 2])), np.array([3]))
    assert book.known(same_hash, np.array([0]), np.array([2])).tolist() == [UNKNOWN]
