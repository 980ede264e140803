"""A chequerboard of streets."""

from __future__ import annotations

import itertools
import random
from collections.abc import Hashable, Iterator
from typing import Any, Literal

import networkx as nx

from trafficsim.design.inference.staging import Timing
from trafficsim.design.synthetic.arguments import Count, Lanes, LengthM, Seconds, Seed, SpeedKmh, builder
from trafficsim.design.synthetic.assembly import built, two_way
from trafficsim.spec.network import Network


@builder
def grid(
    rows: Count,
    columns: Count,
    spacing_m: LengthM = 250.0,
    lanes: Lanes = 2,
    speed_limit_kmh: SpeedKmh = 50.0,
    signals: bool = True,
    cycle_s: Seconds = 90.0,
    offsets: Literal["random", "zero"] = "random",
    seed: Seed = 1,
    left_hand_traffic: bool = False,
) -> Network:
    """Make a grid of ``rows`` x ``columns`` junctions with two-way streets, and entries and exits all around.

    Parameters
    ----------
    rows, columns
        Number of junctions from south to north, and from west to east.
    spacing_m
        Distance between the middles of junctions; links are shorter by the extent of the junctions.
    lanes
        Lanes per direction.
    speed_limit_kmh
        Speed limit in km/h.
    signals
        Fixed-time signals with two stages and permitted left turns; else the vehicle from the right goes first (in
        left-hand traffic the other way round).
    cycle_s, offsets, seed
        Cycle in s; offsets are zero, or whole seconds drawn with the seed.
    left_hand_traffic
        Vehicles keep to the left.

    Notes
    -----
    Junction ``r1c2`` is in row 1 from the south and column 2 from the west. ``w0``, ``e0``, ``s0``, ``n0`` are ends of
    the road outside. The link from ``a`` to ``b`` is called ``a_b``. Groups: ``entries``, ``exits``, ``inner``.

    Raises
    ------
    InputError
        If an argument is unknown, missing or out of range.

    Examples
    --------
    >>> network = grid(2, 3)
    >>> len(network.links), len(network.signals), network.links["r0c0_r0c1"]["length_m"]
    (34, 6, 225.0)
    """
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    control = "signal" if signals else "right_before_left"
    for name, column, row in _junctions(rows, columns):
        graph.add_node(name, x_m=column * spacing_m, y_m=row * spacing_m, control=control)
    for name, column, row in _ends(rows, columns):
        graph.add_node(name, x_m=column * spacing_m, y_m=row * spacing_m, control="dead_end")
    for a, b in _streets(rows, columns):
        two_way(graph, a, b, (f"{a}_{b}", f"{b}_{a}"), lanes=lanes, speed_limit_kmh=speed_limit_kmh)
    draw = random.Random(seed)
    timing: dict[Hashable, Timing] = {
        name: Timing(cycle_s, float(draw.randrange(int(cycle_s))) if offsets == "random" and cycle_s >= 1 else 0.0)
        for name, _, _ in _junctions(rows, columns)
    }
    ends = {name for name, _, _ in _ends(rows, columns)}
    groups: dict[str, list[str]] = {"entries": [], "exits": [], "inner": []}
    for tail, head, attributes in graph.edges(data=True):
        groups["entries" if tail in ends else "exits" if head in ends else "inner"].append(attributes["id"])
    return built(graph, timing, {name: tuple(ids) for name, ids in groups.items() if ids},
                 left_hand_traffic=left_hand_traffic)


def _junctions(rows: int, columns: int) -> Iterator[tuple[str, int, int]]:
    for row in range(rows):
        for column in range(columns):
            yield f"r{row}c{column}", column, row


def _ends(rows: int, columns: int) -> Iterator[tuple[str, int, int]]:
    for row in range(rows):
        yield f"w{row}", -1, row
        yield f"e{row}", columns, row
    for column in range(columns):
        yield f"s{column}", column, -1
        yield f"n{column}", column, rows


def _streets(rows: int, columns: int) -> Iterator[tuple[str, str]]:
    for row in range(rows):
        along = [f"w{row}", *(f"r{row}c{column}" for column in range(columns)), f"e{row}"]
        yield from itertools.pairwise(along)
    for column in range(columns):
        up = [f"s{column}", *(f"r{row}c{column}" for row in range(rows)), f"n{column}"]
        yield from itertools.pairwise(up)
