"""Random small worlds for hypothesis: short and long links, several lanes, signals, priority, loops, turns."""

from __future__ import annotations

from typing import Any

import networkx as nx
from hypothesis import Phase as Stage
from hypothesis import strategies as st

from tests.support.worlds import link, make_world
from trafficsim.spec.demand import Trip
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.scenario import Time
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.world import World

# Shrinking a world takes minutes and seldom makes it easier to read.
NO_SHRINKING = (Stage.explicit, Stage.generate)
SHORT_AND_LONG_M = (2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 33.0, 60.0, 120.0, 500.0)


@st.composite
def worlds(draw: st.DrawFn, most_trips: int = 60, lengths_m: tuple[float, ...] = SHORT_AND_LONG_M) -> World:
    """A world of up to four junctions and eight links, and up to 60 vehicles that drive random routes."""
    nodes = draw(st.integers(2, 4))
    ends = [(number % nodes, (number + 1) % nodes) for number in range(nodes)]
    node = st.integers(0, nodes - 1)
    ends += draw(st.lists(st.tuples(node, node), max_size=4))
    links = [_link(draw, number, lengths_m) for number in range(len(ends))]
    connections = _connections(draw, ends, links)
    signals, connections = _signals(draw, ends, connections)
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for number in range(nodes):
        graph.add_node(number, x_m=100.0 * number, y_m=0.0, control="priority")
    for (tail, head), row in zip(ends, links, strict=True):
        graph.add_edge(tail, head, **row)
    network = Network(graph=graph, connections=tuple(connections), signals=tuple(signals))
    onward = {row["id"]: sorted({conn.to_link for conn in connections if conn.from_link == row["id"]}) for row in links}
    trips = [_trip(draw, number, onward, links) for number in range(draw(st.integers(1, most_trips)))]
    time = Time(analysis_s=120.0, clear_s=600.0)
    return make_world(network, trips=trips, time=time, drivers=Drivers())


def _link(draw: st.DrawFn, number: int, lengths_m: tuple[float, ...]) -> dict[str, Any]:
    length = draw(st.one_of(st.sampled_from(lengths_m), st.floats(min(lengths_m), 500.0)))
    limit = draw(st.sampled_from((20, 30, 50, 80, 130)))
    return link(f"l{number}", length, lanes=draw(st.integers(1, 4)), speed_limit_kmh=limit)


def _connections(draw: st.DrawFn, ends: list[tuple[int, int]], links: list[dict[str, Any]]) -> list[Connection]:
    found: list[dict[str, Any]] = []
    for one, (_, head) in enumerate(ends):
        for other, (tail, _) in enumerate(ends):
            if tail != head or other == one:
                continue
            # A movement is served by all lanes or by some of them, so that lane changes are needed.
            lanes = range(links[one]["lanes"])
            served = [lane for lane in lanes if draw(st.booleans())] or [draw(st.integers(0, len(lanes) - 1))]
            length = draw(st.sampled_from((0.0, 0.0, 4.0, 12.0, 25.0)))
            found += [
                {"from_link": links[one]["id"], "from_lane": lane, "to_link": links[other]["id"],
                 "to_lane": min(lane, links[other]["lanes"] - 1), "length_m": length,
                 "speed_limit_kmh": draw(st.sampled_from((15.0, 30.0, 200.0))), "node": head}
                for lane in served
            ]
    _priority(draw, found)
    return [Connection(**{key: value for key, value in row.items() if key != "node"}) for row in found]


def _priority(draw: st.DrawFn, found: list[dict[str, Any]]) -> None:
    """Conflicts between movements from different links: one gives way; some keep clear, stop, or wait inside."""
    for row in found:
        conflicting_ones = [
            other
            for other, conflicting in enumerate(found)
            if conflicting["node"] == row["node"]
            and conflicting["from_link"] != row["from_link"]
            and draw(st.booleans())
        ]
        row["crosses"] = tuple(conflicting_ones)
        row["yields_to"] = tuple(other for other in conflicting_ones if found[other]["from_link"] < row["from_link"])
        if row["yields_to"]:
            row["must_stop"] = draw(st.booleans())
            row["critical_gap_s"] = draw(st.sampled_from((3.0, 6.2)))
            if row["length_m"] >= 12.0 and draw(st.booleans()):
                row["waiting_area_m"] = row["length_m"] / 2 + 2
        row["keep_clear"] = draw(st.booleans())


def _signals(
    draw: st.DrawFn, ends: list[tuple[int, int]], connections: list[Connection]
) -> tuple[list[SignalProgram], list[Connection]]:
    programs = []
    for node in range(max(head for _, head in ends) + 1):
        arriving = {f"l{number}" for number, (_, head) in enumerate(ends) if head == node}
        rows = [at for at, conn in enumerate(connections) if conn.from_link in arriving]
        if not rows or not draw(st.booleans()):
            continue
        phases = tuple(
            Phase(duration_s=draw(st.integers(1, 30)), state="".join(draw(st.sampled_from("rrryGGGgsu")) for _ in rows))
            for _ in range(draw(st.integers(2, 5)))
        )
        everyone = Phase(duration_s=15, state="G" * len(rows))
        programs.append(SignalProgram(id=f"s{node}", phases=(*phases, everyone), offset_s=draw(st.integers(0, 60))))
        for index, at in enumerate(rows):
            connections[at] = connections[at].model_copy(update={"signal": f"s{node}", "signal_index": index})
    return programs, connections


def _trip(draw: st.DrawFn, number: int, onward: dict[str, list[str]], links: list[dict[str, Any]]) -> Trip:
    first = draw(st.integers(0, len(links) - 1))
    route = [links[first]["id"]]
    for _ in range(draw(st.integers(0, 11))):
        if not onward[route[-1]]:
            break
        route.append(draw(st.sampled_from(onward[route[-1]])))
    inside = draw(st.booleans()) and links[first]["length_m"] > 10.0
    return Trip(
        id=f"t{number}", depart_s=draw(st.floats(0.0, 100.0)), route=tuple(route),
        vehicle_class=draw(st.sampled_from(("car", "car", "van", "truck", "bus"))),
        depart_position_m=links[first]["length_m"] * draw(st.floats(0.0, 0.9)) if inside else None,
        depart_lane=draw(st.integers(0, links[first]["lanes"] - 1)) if inside and draw(st.booleans()) else None,
    )
