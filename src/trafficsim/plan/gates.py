"""Where speeds and times between two points are measured: at detectors, along named routes, by enforcement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from trafficsim.base.codes import DETECTOR, PATH, ROLE_NAMES
from trafficsim.base.errors import NetworkError, PolicyError
from trafficsim.base.findings import Finding
from trafficsim.base.units import kmh_to_ms
from trafficsim.plan.arrays import DetectorArrays, GateArrays
from trafficsim.plan.network import NetworkPlan, turn_of
from trafficsim.plan.turn_means import turn_means
from trafficsim.spec.behaviour import SpeedCheck
from trafficsim.spec.resolution import STEP_S

SPOT_WINDOW_M = 50.0
"""Length over which a spot speed is taken (modelling assumption): in one step of an engine a
speed may be known only coarsely."""


class Gate(NamedTuple):
    """One row of :class:`~trafficsim.plan.arrays.GateArrays`, with links by index."""

    name: str
    role: int
    from_link: int
    from_m: float
    to_link: int
    to_m: float
    lanes: tuple[int, int]
    length_m: float
    citation_ms: float = 0.0
    way: tuple[int, ...] = ()


def gate_arrays(gates: Sequence[Gate]) -> GateArrays:
    """Join rows."""
    def whole(values: list[int]) -> np.ndarray:
        return np.array(values, np.int32)

    def real(values: list[float]) -> np.ndarray:
        return np.array(values, np.float64)

    return GateArrays(
        name=tuple(gate.name for gate in gates), role=whole([gate.role for gate in gates]),
        from_link=whole([gate.from_link for gate in gates]), from_m=real([gate.from_m for gate in gates]),
        to_link=whole([gate.to_link for gate in gates]), to_m=real([gate.to_m for gate in gates]),
        lane_start=whole([gate.lanes[0] for gate in gates]), lane_end=whole([gate.lanes[1] for gate in gates]),
        length_m=real([gate.length_m for gate in gates]), citation_ms=real([gate.citation_ms for gate in gates]),
        way=tuple(gate.way for gate in gates),
    )


def joined(first: GateArrays, second: GateArrays) -> GateArrays:
    """Return the gates of both, in this order."""
    columns = {name: np.concatenate([getattr(first, name), getattr(second, name)])
               for name in GateArrays._fields if name not in ("name", "way")}
    return GateArrays(name=first.name + second.name, way=first.way + second.way, **columns)


def spot_window(position_m: float, length_m: float) -> tuple[float, float]:
    """Begin and end of the stretch over which a spot speed is taken, kept inside the link.

    Examples
    --------
    >>> spot_window(100.0, 500.0), spot_window(0.0, 500.0), spot_window(490.0, 500.0), spot_window(5.0, 20.0)
    ((75.0, 125.0), (0.0, 50.0), (450.0, 500.0), (0.0, 20.0))
    """
    begin = min(max(position_m - SPOT_WINDOW_M / 2.0, 0.0), max(length_m - SPOT_WINDOW_M, 0.0))
    return begin, min(begin + SPOT_WINDOW_M, length_m)


def detector_gates(detectors: DetectorArrays, network: NetworkPlan) -> list[Gate]:
    """One gate per detector, link and run of neighbouring lanes."""
    gates: list[Gate] = []
    for name, lane, position in zip(detectors.name, detectors.lane.tolist(), detectors.position_m.tolist(),
                                    strict=True):
        link = int(network.lanes.link[lane])
        last = gates[-1] if gates else None
        if last is not None and (last.name, last.to_link, last.lanes[1]) == (name, link, lane):
            gates[-1] = last._replace(lanes=(last.lanes[0], lane + 1))
        else:
            gates.append(spot_gate(name, DETECTOR, (link, position), (lane, lane + 1), network))
    return gates


def spot_gate(name: str, role: int, place: tuple[int, float], lanes: tuple[int, int], network: NetworkPlan) -> Gate:
    """Return the gate that takes spot speeds around a place (link, position in m) in some lanes."""
    link, position_m = place
    begin, end = spot_window(position_m, float(network.links.length_m[link]))
    return Gate(name, role, link, begin, link, end, lanes, end - begin)


def path_gates(paths: Mapping[str, tuple[str, ...]], network: NetworkPlan) -> list[Gate]:
    """One gate per named route, from the beginning of its first link to the end of its last."""
    gates = []
    for name, members in paths.items():
        if not members:
            raise NetworkError(f"network.paths.{name}", "no links", "at least one link, in driving order",
                               "name its links, or remove the path")
        links = [network.link_index[link] for link in members]
        length_m = path_length_m(links, network)
        first, last = links[0], links[-1]
        lanes = (int(network.links.lane_start[last]), int(network.links.lane_start[last + 1]))
        end_m = float(network.links.length_m[last])
        gates.append(Gate(name, PATH, first, 0.0, last, end_m, lanes, length_m, way=tuple(links)))
    return gates


def path_length_m(links: Sequence[int], network: NetworkPlan) -> float:
    """Length of a sequence of links (by index) with the connectors between them."""
    rows = np.asarray(links, np.int64)
    turns = turn_of(network.turns, rows[:-1], rows[1:])
    known = turns[turns >= 0]
    between = turn_means(network.connections, len(network.turns.from_link))[0][known] if len(known) else np.zeros(0)
    return float(network.links.length_m[rows].sum() + between.sum())


def check_gate(check: SpeedCheck, network: NetworkPlan, policy: str) -> Gate:
    """The gate of an enforcement.

    Raises
    ------
    PolicyError
        If a link is unknown or a point lies beyond its link.
    """
    for link in check.way:
        if link not in network.link_index:
            raise PolicyError(f"policy {policy}: {check.name!r}", f"no link {link!r}", "a link of the network",
                              "correct the link")
    for link, position_m in (check.begin, check.end):
        if link not in network.link_index:
            raise PolicyError(f"policy {policy}: {check.name!r}", f"no link {link!r}", "a link of the network",
                              "correct the link")
        length_m = float(network.links.length_m[network.link_index[link]])
        if not 0.0 <= position_m <= length_m:
            raise PolicyError(f"policy {policy}: {check.name!r}", f"{position_m:g} m on link {link!r}",
                              f"a position from 0 to {length_m:g} m", "correct the position")
    first, last = network.link_index[check.begin[0]], network.link_index[check.end[0]]
    lanes = (int(network.links.lane_start[last]), int(network.links.lane_start[last + 1]))
    way = tuple(network.link_index[link] for link in check.way)
    return Gate(check.name, ROLE_NAMES.index(check.role), first, check.begin[1], last, check.end[1], lanes,
                check.length_m, kmh_to_ms(check.citation_kmh), way)


def short_gates(gates: GateArrays, network: NetworkPlan) -> tuple[Finding, ...]:
    """Warn of points on links that a vehicle may cross within one step of an engine: there it is not seen."""
    step_m = network.links.free_speed_mean_ms * STEP_S
    found = []
    for row, name in enumerate(gates.name):
        for link in dict.fromkeys((int(gates.from_link[row]), int(gates.to_link[row]))):
            length_m = float(network.links.length_m[link])
            if length_m < step_m[link]:
                found.append(Finding(
                    "warning", "short-measuring-link", f"{ROLE_NAMES[int(gates.role[row])]} {name!r}",
                    f"link {network.link_id[link]!r} is {length_m:g} m long, less than a vehicle drives in a second: "
                    "those who cross it within one step of the engine are not measured",
                    "move it, or the end of the named route, to a longer link"))
    return tuple(found)
