"""Signals of which only the junction is known, designed: stages from conflicts, Webster for expected volumes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import networkx as nx

from trafficsim.design.inference.stage_design import DESIGNED
from trafficsim.design.timing.design import Junction, design, junction_of
from trafficsim.design.timing.webster import critical_ratios, webster_cycle_s
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
"""Expected volumes of a junction are lowered until the sum of its flow ratios is this share of what the longest cycle
serves: nobody builds a signal for less."""
FIRST_GREEN_S = 20.0
"""Greens from which a design begins."""

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
    (32.0, 'designed: 2 stages from conflicts, intergreens by RiLSA, Webster for 1200 veh/h expected by road class')
    """
    alone = _alone(network)
    return replace(network, signals=tuple(
        _timed(alone[program.id], program, volumes or {})
        if program.id in alone and program.origin.startswith(DESIGNED) else program for program in network.signals))


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
    """Return the program with cycle and greens by Webster; ``network`` is that of the signal alone."""
    own = {(one.from_link, one.to_link) for one in _movements(network, program.id)}
    known = {movement: volume for movement, volume in volumes.items() if movement in own}
    wanted = known or expected_volumes(network, program.id)
    phase_s = [phase.duration_s for phase in program.phases]
    junction = junction_of(network, program.id, wanted, phase_s)
    stages = len(junction.approaches.stages.phase)
    if stages < 2:
        return program.model_copy(update={"origin": f"{DESIGNED}one stage and a crossing for pedestrians, called in "
                                                    "every cycle"})
    found, served = (list(design(junction).phase_s), 1.0) if known else _by_hand(junction)
    phases = tuple(phase.model_copy(update={"duration_s": duration_s})
                   for phase, duration_s in zip(program.phases, found, strict=True))
    kind = "given" if known else "expected by road class"
    origin = (f"{DESIGNED}{stages} stages from conflicts, intergreens by RiLSA, Webster for "
              f"{served * sum(wanted.values()):.0f} veh/h {kind}")
    return program.model_copy(update={"phases": phases, "origin": origin})


def _by_hand(junction: Junction) -> tuple[list[float], float]:
    """Return Webster's durations in whole seconds, and the share of the volumes that they are for.

    As by hand: flow ratios of the critical lanes, the cycle for them, greens in proportion, none shorter than vehicles
    or pedestrians need; twice, for what giving way costs depends on the greens.
    """
    stages, bounds, lost_s = junction.approaches.stages, junction.bounds, junction.lost_s
    greens, shortest, longest = [FIRST_GREEN_S] * len(stages.phase), *junction.rules.cycle_s
    served = 1.0
    for _ in range(2):
        rows = [row for row in junction.rows(stages.phases_s(junction.phase_s, greens)) if row.rate.any()]
        ratios = critical_ratios(rows, len(greens), sum(greens) + lost_s).ratio
        total = sum(ratios)
        served = min(1.0, FILLED * (1.0 - lost_s / longest) / total) if total > 0.0 else 1.0
        flow_ratio = total * served
        cycle_s = min(max(webster_cycle_s(lost_s, flow_ratio), shortest), longest)
        shares = [ratio / total for ratio in ratios] if total > 0.0 else [1.0 / len(ratios)] * len(ratios)
        greens = [max(float(math.ceil((cycle_s - lost_s) * share)), least)
                  for share, least in zip(shares, bounds.least_s, strict=True)]
    for run, needed_s in bounds.runs:
        greens[run[-1]] += max(0.0, needed_s - sum(greens[stage] for stage in run))
    return stages.phases_s(junction.phase_s, greens), served


def _alone(network: Network) -> dict[str, Network]:
    """Return the network of every signal alone: its links and movements."""
    numbers: dict[str, list[int]] = {}
    for place, movement in enumerate(network.connections):
        if movement.signal is not None:
            numbers.setdefault(movement.signal, []).append(place)
    rows = {str(row["id"]): (tail, head, row) for tail, head, row in network.graph.edges(data=True)}
    programs = {program.id: (program,) for program in network.signals}
    found = {}
    for signal, places in numbers.items():
        position = {place: new for new, place in enumerate(places)}
        own = [network.connections[place] for place in places]
        graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
        for link in dict.fromkeys(link for one in own for link in (one.from_link, one.to_link)):
            tail, head, row = rows[link]
            graph.add_node(tail, **network.graph.nodes[tail])
            graph.add_node(head, **network.graph.nodes[head])
            graph.add_edge(tail, head, **row)
        found[signal] = Network(graph, tuple(one.model_copy(update={
            "yields_to": tuple(position[other] for other in one.yields_to if other in position),
            "crosses": tuple(position[other] for other in one.crosses if other in position)}) for one in own),
            programs.get(signal, ()))
    return found
