"""A single junction with arms."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import networkx as nx
from pydantic import Field

from trafficsim.design.inference.staging import Timing
from trafficsim.design.synthetic.arguments import Lanes, LengthM, Seconds, SpeedKmh, builder, per_item
from trafficsim.design.synthetic.assembly import built, two_way
from trafficsim.spec.network import Network

Control = Literal["signal", "priority", "all_way_stop", "right_before_left", "roundabout"]
RING_RADIUS_M = 16.0  # middle of the circulating lane of a compact roundabout, 26-40 m outer diameter (FGSV 242)
RING_SPEED_KMH = 25.0  # sqrt(3 m/s2 x 16 m), the comfortable speed on that radius
RING_PRIORITY = 10


@builder
def junction(
    arms: Annotated[int, Field(strict=True, ge=3, le=8)] = 4,
    lanes: Lanes | tuple[Lanes, ...] = 1,
    control: Control = "signal",
    length_m: LengthM = 300.0,
    speed_limit_kmh: SpeedKmh = 50.0,
    turn_lanes: tuple[str, ...] | None = None,
    cycle_s: Seconds = 90.0,
    nearside_turn_on_red: bool = False,
    left_hand_traffic: bool = False,
) -> Network:
    """Make one junction of two-way streets.

    Parameters
    ----------
    arms
        Number of streets, counter-clockwise from the east; three arms make a T whose foot (arm 2) points south.
    lanes
        Lanes per direction, one number or one per arm.
    control
        Signals, priority of the street of arm 0, all-way stop, right before left, or a one-lane roundabout.
    length_m
        From the end of a street to the middle of the junction.
    speed_limit_kmh
        Speed limit in km/h.
    turn_lanes
        Marking of every approach, one entry per lane from the nearside.
    cycle_s
        Cycle of the signal program.
    nearside_turn_on_red
        Drivers may turn towards the nearside on red, after a stop.
    left_hand_traffic
        Vehicles keep to the left; a roundabout is driven clockwise.

    Notes
    -----
    Links ``in0``, ``out0``, ...; the junction is node ``centre`` (roundabout: nodes ``ring0``, ... joined by links
    of the same names).

    Raises
    ------
    InputError
        If an argument is unknown, missing or out of range.

    Examples
    --------
    >>> network = junction(arms=3, control="priority")
    >>> sorted({movement.from_link for movement in network.connections if movement.yields_to})
    ['in0', 'in2']
    """
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    angles = _angles(arms)
    major = {0, min(range(1, arms), key=lambda arm: abs(angles[arm] - math.pi))} if control == "priority" else set()
    if control != "roundabout":
        on_red = "allowed" if nearside_turn_on_red else "forbidden"
        graph.add_node("centre", x_m=0.0, y_m=0.0, control=control, nearside_turn_on_red=on_red)
    for arm, count in enumerate(per_item("junction", "lanes", lanes, arms)):
        graph.add_node(f"end{arm}", **_place(length_m, angles[arm]), control="dead_end")
        middle = "centre"
        if control == "roundabout":
            middle = f"ring{arm}"
            graph.add_node(middle, **_place(RING_RADIUS_M, angles[arm]), control="roundabout")
        two_way(graph, f"end{arm}", middle, (f"in{arm}", f"out{arm}"), lanes=count, speed_limit_kmh=speed_limit_kmh,
                priority=int(arm in major))
        if turn_lanes is not None:
            graph.edges[f"end{arm}", middle, 0]["turn_lanes"] = turn_lanes
    if control == "roundabout":
        _circle(graph, angles, -1 if left_hand_traffic else 1)
    return built(graph, {"centre": Timing(cycle_s)}, left_hand_traffic=left_hand_traffic)


def _angles(arms: int) -> list[float]:
    if arms == 3:
        return [0.0, math.pi, 1.5 * math.pi]
    return [2 * math.pi * arm / arms for arm in range(arms)]


def _place(distance_m: float, angle: float) -> dict[str, float]:
    return {"x_m": round(distance_m * math.cos(angle), 3), "y_m": round(distance_m * math.sin(angle), 3)}


def _circle(graph: nx.MultiDiGraph[Any], angles: list[float], sense: int) -> None:
    """Join the arms by a ring, counter-clockwise with ``sense`` 1 and clockwise with -1."""
    for arm, start in enumerate(angles):
        following = (arm + sense) % len(angles)
        turn = sense * (sense * (angles[following] - start) % (2 * math.pi))
        line = [tuple(_place(RING_RADIUS_M, start + turn * step / 8).values()) for step in range(9)]
        graph.add_edge(f"ring{arm}", f"ring{following}", id=f"ring{arm}", geometry=line, lanes=1,
                       speed_limit_kmh=RING_SPEED_KMH, priority=RING_PRIORITY)
