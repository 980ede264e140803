"""Signals of which only the junction is known, designed: stages from conflicts, Webster for expected volumes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trafficsim.design.inference.stage_design import DESIGNED
from trafficsim.design.timing.design import Design, design, junction_of
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import SignalProgram

EXPECTED_VEH_H: Mapping[int, float] = {7: 700.0, 6: 450.0, 5: 400.0, 4: 300.0, 3: 200.0, 2: 100.0, 1: 50.0, 0: 30.0}
"""Vehicles per hour and lane that are expected on an approach at a busy hour, by its rank at junctions, which follows
the class of the road (7 motorway, 6 trunk, 5 primary, 4 secondary, 3 tertiary, 2 residential, 1 service). Modelling
assumption: well below the saturation flow of a lane that shares its green, and roads of one class more carry a third
more. Counts of the place always beat it."""
STRAIGHT_ON = 4.0
"""An exit straight on is chosen so many times as often as a turn into a road of the same size (modelling assumption:
two thirds straight on where both turns are open)."""
FILLED = 0.9
"""Expected volumes of a junction are lowered until no lane is fuller than this: nobody builds a signal for less."""
STEPS = 12

Volumes = Mapping[tuple[str, str], float]


def with_designed_times(network: Network, volumes: Volumes | None = None) -> Network:
    """Give designed signals their cycle and greens: Webster, for volumes that are given or expected.

    Parameters
    ----------
    network
        Made by :func:`trafficsim.network_from_graph` with ``design_signals``; other programs stay as they are.
    volumes
        Vehicles per hour by (link, next link) that are known; signals with none of them are designed for expected ones
        (:data:`EXPECTED_VEH_H`).

    Examples
    --------
    >>> import networkx as nx
    >>> from trafficsim.design.inference.network import network_from_graph
    >>> graph = nx.MultiDiGraph()
    >>> for node, x, y in (("m", 0, 0), ("n", 0, 200), ("e", 200, 0), ("s", 0, -200), ("w", -200, 0)):
    ...     graph.add_node(node, x_m=x, y_m=y, control="signal" if node == "m" else "priority")
    >>> for node in "nesw":
    ...     _ = graph.add_edge(node, "m", priority=4), graph.add_edge("m", node, priority=4)
    >>> program = with_designed_times(network_from_graph(graph, design_signals=True)).signals[0]
    >>> program.cycle_s, program.origin
    (35.0, 'designed: 2 stages from conflicts, intergreens by RiLSA, Webster for 1200 veh/h expected by road class')
    """
    return replace(network, signals=tuple(
        _timed(network, program, volumes or {}) if program.origin.startswith(DESIGNED) else program
        for program in network.signals))


def expected_volumes(network: Network, signal: str) -> dict[tuple[str, str], float]:
    """Return the vehicles per hour by (link, next link) that a signal is designed for where nobody counted.

    Every approach has the volume of its class and lanes; its vehicles choose exits by their size, and mostly straight
    on.
    """
    links = network.links
    exits: dict[str, dict[str, float]] = {}
    for movement in _movements(network, signal):
        weight = _size(links[movement.to_link]) * (STRAIGHT_ON if movement.turn == "through" else 1.0)
        exits.setdefault(movement.from_link, {})[movement.to_link] = weight
    return {(link, other): _size(links[link]) * weight / sum(weights.values())
            for link, weights in exits.items() for other, weight in weights.items()}


def _movements(network: Network, signal: str) -> list[Connection]:
    return [movement for movement in network.connections if movement.signal == signal]


def _size(link: Mapping[str, Any]) -> float:
    rank = min(max(int(link["priority"]), min(EXPECTED_VEH_H)), max(EXPECTED_VEH_H))
    return EXPECTED_VEH_H[rank] * int(link["lanes"])


def _timed(network: Network, program: SignalProgram, volumes: Volumes) -> SignalProgram:
    """Return the program with cycle and greens by Webster."""
    own = {(one.from_link, one.to_link) for one in _movements(network, program.id)}
    known = {movement: volume for movement, volume in volumes.items() if movement in own}
    wanted = known or expected_volumes(network, program.id)
    kind = "given" if known else "expected by road class"
    phase_s = [phase.duration_s for phase in program.phases]
    made = _designed(network, program.id, wanted, phase_s, lower=not known)
    if made is None:
        return program.model_copy(update={"origin": "designed: one stage and a crossing for pedestrians, called in "
                                                    "every cycle"})
    found, factor = made
    phases = tuple(phase.model_copy(update={"duration_s": duration_s})
                   for phase, duration_s in zip(program.phases, found.phase_s, strict=True))
    stages = len([one for one in program.phases if not set(one.state) & set("yu") and set(one.state) & set("Gg")])
    origin = (f"designed: {stages} stages from conflicts, intergreens by RiLSA, Webster for "
              f"{factor * sum(wanted.values()):.0f} veh/h {kind}")
    return program.model_copy(update={"phases": phases, "origin": origin})


def _designed(
    network: Network, signal: str, volumes: Volumes, phase_s: list[float], *, lower: bool
) -> tuple[Design, float] | None:
    """Return a design and the share of the volumes that it serves; nothing where there is one stage only."""
    factor = 1.0
    for _ in range(STEPS):
        junction = junction_of(network, signal, {key: factor * volume for key, volume in volumes.items()}, phase_s)
        if len(junction.approaches.stages.phase) < 2:
            return None
        found = design(junction)
        if not lower or found.saturation <= FILLED:
            break
        factor *= 0.9
    return found, factor
