"""One corridor, eight signals, in four formats: Synchro UTDF, GMNS, SUMO, and tables of signal timing."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache

import trafficsim as ts
from tests.support.real_data import data_folder, require_data
from trafficsim.design.inference.given import Movement
from trafficsim.design.inference.network import Given, assemble
from trafficsim.design.inference.osmnx import CENTRE_LENGTH
from trafficsim.io.imported import Imported
from trafficsim.spec.network import Connection, Network

FORMATS = ("utdf", "gmns", "sumo", "tables")
LENGTH_TOLERANCE = 0.01
Lane = tuple[str, int, str]
"""A movement of a lane: link, lane from the nearside, next link."""


@cache
def corridor(form: str) -> Imported:
    """Read the corridor in one format; ``tables`` is the GMNS network with the timing of the tables.

    Raises
    ------
    NoData
        If the files are not there.
    """
    folder = data_folder() / "utdf_bullhead"
    tables = folder / "utdf_to_gmns_signal_ints" / "signal_timing_plan.csv"
    require_data(folder / "UTDF.csv", folder / "utdf_to_gmns" / "link.csv", tables)
    if form == "utdf":
        return ts.read(folder / "UTDF.csv")
    if form == "sumo":
        return ts.read(folder / "utdf_to_sumo" / "utdf_to_sumo.net.xml")
    return ts.read(folder / "utdf_to_gmns", **({"signals": tables} if form == "tables" else {}))


def lanes(network: Network) -> dict[str, int]:
    """Number of lanes by link."""
    return {link: attributes["lanes"] for link, attributes in network.links.items()}


def lengths_m(network: Network) -> dict[str, float]:
    """Lengths between the middles of junctions: as the file states them, else those of the straight lines, for SUMO's
    lengths end at stop lines."""
    places = {node: (data["x_m"], data["y_m"]) for node, data in network.graph.nodes(data=True)}
    return {link: float(data.get(CENTRE_LENGTH) or math.dist(places[data["from"]], places[data["to"]]))
            for link, data in network.links.items()}


def movements(network: Network) -> set[tuple[str, str]]:
    """Pairs of links that follow each other."""
    return {(one.from_link, one.to_link) for one in network.connections}


def lane_movements(network: Network) -> set[Lane]:
    """Movements by the lane from which they go."""
    return {(one.from_link, one.from_lane, one.to_link) for one in network.connections}


@dataclass(frozen=True)
class Shown:
    """What a movement shows in a cycle: (letter, begin in s of clock time, seconds), from its first green."""

    cycle_s: float
    greens: tuple[tuple[str, float, float], ...]


def shown(network: Network) -> dict[tuple[str, str], Shown]:
    """Greens of every movement at a signal, by links, as its first lane shows them."""
    programs = {program.id: program for program in network.signals}
    found: dict[tuple[str, str], Shown] = {}
    for one in network.connections:
        key = one.from_link, one.to_link
        if one.signal in programs and key not in found:
            found[key] = _shown(one, network)
    return found


def _shown(one: Connection, network: Network) -> Shown:
    program = next(program for program in network.signals if program.id == one.signal)
    begin_s, intervals = program.offset_s, []
    for phase in program.phases:
        intervals.append((phase.state[one.signal_index or 0], begin_s, phase.duration_s))
        begin_s += phase.duration_s
    joined: list[tuple[str, float, float]] = []
    for letter, at_s, length_s in intervals:
        if joined and joined[-1][0] == letter:
            joined[-1] = (letter, joined[-1][1], joined[-1][2] + length_s)
        else:
            joined.append((letter, at_s, length_s))
    if len(joined) > 1 and joined[0][0] == joined[-1][0]:
        letter, at_s, length_s = joined.pop()
        joined[0] = (letter, at_s, length_s + joined[0][2])
    cycle_s = program.cycle_s
    greens = [(letter, round(at_s % cycle_s, 2), round(length_s, 2)) for letter, at_s, length_s in joined
              if letter in "Gg"]
    return Shown(round(cycle_s, 2), tuple(sorted(greens, key=lambda green: green[1])))


def with_timing_of(network: Network, other: Network) -> Network:
    """Return a network whose signals show what those of another one show, movement by movement."""
    letter = {(one.signal, one.from_link, one.to_link): one.signal_index or 0
              for one in other.connections if one.signal}
    programs = {program.id: program for program in other.signals}
    connections, order = [], {}
    for one in network.connections:
        source = letter.get((one.signal, one.from_link, one.to_link))
        if one.signal is None or source is None:
            connections.append(one)
            continue
        own = order.setdefault(one.signal, [])
        connections.append(one.model_copy(update={"signal_index": len(own)}))
        own.append(source)
    signals = tuple(
        programs[signal].model_copy(update={"phases": tuple(
            phase.model_copy(update={"state": "".join(phase.state[index] for index in own)})
            for phase in programs[signal].phases)})
        for signal, own in order.items())
    return replace(network, connections=tuple(connections), signals=signals)


def with_lanes_beyond_of(network: Network, other: Network) -> Network:
    """Return a network whose movements lead into the lanes into which they lead in another one."""
    head = {data["id"]: end for _, end, data in network.graph.edges(data=True)}
    stated: dict[str, list[Movement]] = {}
    for one in other.connections:
        movement = Movement(one.from_link, one.from_lane, one.to_link, one.to_lane, one.turn)
        stated.setdefault(head[one.from_link], []).append(movement)
    made = assemble(network.graph, Given(movements=stated))
    speed = {(one.from_link, one.to_link): one.speed_limit_kmh for one in network.connections}
    connections = (one.model_copy(update={"speed_limit_kmh": speed[one.from_link, one.to_link]})
                   for one in made.connections)
    return with_timing_of(replace(made, connections=tuple(connections)), network)
