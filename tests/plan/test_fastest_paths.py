"""Fastest paths on random networks against NetworkX's own search."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.plan.small import join, link, network
from trafficsim.base.errors import DemandError
from trafficsim.plan.network import lower_network
from trafficsim.plan.routes import RouteRequest, build_routes
from trafficsim.spec.drivers import Drivers

LINKS = 8
PAIRS = [(a, b) for a in range(LINKS) for b in range(LINKS) if a != b]


@given(
    lengths=st.lists(st.integers(2, 500), min_size=LINKS, max_size=LINKS),
    turns=st.lists(st.sampled_from(PAIRS), min_size=1, max_size=25, unique=True),
    ends=st.sampled_from(PAIRS),
)
def test_path_is_as_fast_as_networkx_finds(
    lengths: list[int], turns: list[tuple[int, int]], ends: tuple[int, int]
) -> None:
    road = network(
        [link(str(n), f"{n}a", f"{n}b", length_m=float(length)) for n, length in enumerate(lengths)],
        [join(str(a), str(b), length_m=5.0) for a, b in turns],
    )
    lowered = lower_network(road, Drivers(), {})
    request = RouteRequest("trip 't'", (), (str(ends[0]), str(ends[1])), (0,))
    # All limits are alike: time is proportional to length.
    graph = nx.DiGraph()
    graph.add_nodes_from(range(LINKS))
    graph.add_weighted_edges_from((a, b, 5.0 + lengths[b]) for a, b in turns)
    try:
        expected = nx.dijkstra_path_length(graph, *ends)
    except nx.NetworkXNoPath:
        expected = None
    try:
        route = build_routes([request], lowered).link.tolist()
    except DemandError:
        assert expected is None
    else:
        assert (route[0], route[-1]) == ends
        assert all((a, b) in turns for a, b in pairwise(route))
        np.testing.assert_allclose(nx.path_weight(graph, route, "weight"), expected)
