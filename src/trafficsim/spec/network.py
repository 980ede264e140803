"""The road network: a NetworkX graph with documented attributes, lane-to-lane connections and signal programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import networkx as nx
from pydantic import Field

from trafficsim.base.errors import NetworkError
from trafficsim.base.findings import Finding
from trafficsim.spec.control import SignalControl
from trafficsim.spec.crossing import PedestrianCrossing
from trafficsim.spec.model import Model
from trafficsim.spec.schema import within
from trafficsim.spec.signal_schedule import SignalSchedule
from trafficsim.spec.signals import SignalProgram

Turn = Literal["through", "left", "right", "u_turn"]
MIRRORED: dict[Turn, Turn] = {"left": "right", "right": "left", "through": "through", "u_turn": "u_turn"}
"""Turns as the other side of the road sees them."""


class Connection(Model):
    """A connection through a junction: from the stop line of a lane to the start of a lane beyond.

    Lanes are counted from the nearside: 0 is the one nearest to it.

    Parameters
    ----------
    from_link, from_lane, to_link, to_lane
        The two lanes that it connects.
    length_m, speed_limit_kmh
        Length of the path through the junction, and its speed.
    turn
        Direction of the movement, for drawing, saturation flow and critical gaps.
    signal, signal_index
        Signal program and the index of its state letter; ``None`` without a signal.
    yields_to
        Positions (in ``Network.connections``) of the connections it has to give way to.
    crosses
        Positions of all conflicting connections, whose paths cross or merge with its own (a blocked one blocks it).
    critical_gap_s, follow_up_s
        Gap acceptance (HCM 2016 ch. 20 base values by movement); used where ``yields_to`` is not empty.
    must_stop
        Stop sign: every vehicle stops once at the stop line (in a moving queue: before it).
    first_come
        All-way stop: vehicles go in the order in which they came to a stop; ``follow_up_s`` is then the departure
        headway of a single approach, and increases with the number of other approaches where vehicles wait.
    waiting_area_m
        Distance beyond the stop line at which a vehicle that has to give way may wait inside the junction (as left
        turners do); 0: it waits at the stop line.
    keep_clear
        A driver does not enter unless the vehicle fits beyond the junction.

    Examples
    --------
    >>> Connection(from_link="in", from_lane=0, to_link="out", to_lane=0, turn="right").critical_gap_s
    6.2
    """

    from_link: str
    from_lane: int = Field(ge=0)
    to_link: str
    to_lane: int = Field(ge=0)
    length_m: float = Field(default=0.0, ge=0, le=500)
    speed_limit_kmh: float = Field(default=50.0, **within("speed_limit_kmh"))
    turn: Turn = "through"
    signal: str | None = None
    signal_index: int | None = Field(default=None, ge=0)
    yields_to: tuple[int, ...] = ()
    crosses: tuple[int, ...] = ()
    critical_gap_s: float = Field(default=6.2, gt=0, le=20)
    follow_up_s: float = Field(default=3.3, gt=0, le=20)
    must_stop: bool = False
    first_come: bool = False
    keep_clear: bool = True
    waiting_area_m: float = Field(default=0.0, ge=0, le=100)


@dataclass(frozen=True)
class Network:
    """A road graph with its connections and signals.

    Attributes
    ----------
    graph : `networkx.MultiDiGraph` whose nodes and edges carry the attributes of :mod:`trafficsim.spec.schema`;
        every edge has a unique ``id``
    connections : lane-to-lane connections through the junctions
    signals : one program per signal controller
    groups : named sets of link ids, for selectors (``links(group="tunnel")``)
    paths : named routes (sequences of link ids), for travel times
    findings : what was inferred, repaired or ignored when it was made
    left_hand_traffic : vehicles keep to the left; lane 0 is still the one nearest to the kerb
    schedules : controllers whose programs change by time of day; ``signals`` has what each of them runs
    controls : signal controllers that react; ``signals`` has the fixed program of each, which it replaces
    crossings : crossings for pedestrians that have signal indices of their own

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> road = ring(1000, links=2)
    >>> [attributes["length_m"] for attributes in road.links.values()]
    [500.0, 500.0]
    """

    graph: nx.MultiDiGraph
    connections: tuple[Connection, ...] = ()
    signals: tuple[SignalProgram, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    left_hand_traffic: bool = False
    schedules: tuple[SignalSchedule, ...] = ()
    controls: tuple[SignalControl, ...] = ()
    crossings: tuple[PedestrianCrossing, ...] = ()

    @property
    def links(self) -> dict[str, dict[str, Any]]:
        """Attributes of every link by id, in graph order, with ``from`` and ``to`` node added.

        Raises
        ------
        NetworkError
            If two edges share an id.
        """
        found: dict[str, dict[str, Any]] = {}
        for tail, head, attributes in self.graph.edges(data=True):
            link = str(attributes["id"])
            if link in found:
                raise NetworkError(f"link {link!r}", "two edges with this id", "unique ids", "rename one of the edges")
            found[link] = {**attributes, "from": tail, "to": head}
        return found
