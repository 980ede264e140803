"""Fixes on a network that is finished, of whatever format: where ways change, its junctions are worked out anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import networkx as nx

from trafficsim.base.errors import NetworkError
from trafficsim.design.inference.fix_signals import with_programs
from trafficsim.design.inference.fix_turns import renumbered, without_turns
from trafficsim.design.inference.fixes import FixedGraph, fixed_graph
from trafficsim.design.inference.network import Given, assemble
from trafficsim.design.timing.designed import with_designed_times
from trafficsim.spec.fixes import Fixes
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import SignalProgram


def fixed_network(network: Network, fixes: Fixes) -> Network:
    """Return a network with fixes applied; each applied and each idle entry is among its findings.

    Movements of junctions whose lanes, markings, ranks or control change are inferred again from geometry; those of
    all other junctions stay as they are.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> from trafficsim.spec.fixes import LinkFix
    >>> slower = fixed_network(ring(1000.0), Fixes(link=(LinkFix(id="ring0", speed_limit_kmh=30),)))
    >>> slower.links["ring0"]["speed_limit_kmh"], slower.links["ring0"]["origins"]["speed_limit_kmh"]
    (30.0, 'fixed: fixes, entry link[0]')
    """
    made = fixed_graph(network.graph, fixes)
    try:
        changed = _with_junctions(network, made)
    except NetworkError as error:
        made.report.impossible("junctions", f"{error.where}: {error.found}; expected {error.expected}", error.remedy)
        return replace(network, findings=(*network.findings, *made.report.findings()))
    programmed = with_programs(without_turns(changed, made, network), fixes, made.report)
    return replace(programmed, findings=(*network.findings, *made.report.findings()))


def _with_junctions(network: Network, made: FixedGraph) -> Network:
    """Put the graph in place, and the ways through touched junctions that were inferred from it."""
    graph, touched = made.graph, made.touched
    links = {str(row["id"]): head for _, head, row in graph.edges(data=True)}
    old = [(number, one) for number, one in enumerate(network.connections)
           if one.from_link in links and one.to_link in links and links[one.from_link] not in touched]
    kept = {number: new for new, (number, _) in enumerate(old)}
    connections = list(renumbered(old, kept))
    programs = {one.id: one for one in network.signals}
    still = {one.signal for one in connections}
    if touched:
        fresh = _inferred(network, made)
        names = _names(fresh.signals, still)
        for name in names.values():
            made.report.note("fix-follows", f"signal {name!r}", "its program is designed anew: its movements changed")
        programs |= {names[one.id]: one.model_copy(update={"id": names[one.id]}) for one in fresh.signals}
        connections += _shifted(fresh, links, touched, len(connections), names)
    used, before = ({one.signal for one in some} for some in (connections, network.connections))
    signals = tuple(one for one in programs.values() if one.id in used or one.id not in before)
    groups, paths = ({name: tuple(link for link in ids if link in links) for name, ids in sets.items()}
                     for sets in (network.groups, network.paths))
    return replace(network, graph=graph, connections=tuple(connections), signals=signals, groups=groups, paths=paths)


def _inferred(network: Network, made: FixedGraph) -> Network:
    """Work out the touched junctions, with the links that meet there and nothing else."""
    around = [(tail, head, key) for tail, head, key in made.graph.edges(keys=True)
              if tail in made.touched or head in made.touched]
    part: nx.MultiDiGraph[Any] = made.graph.edge_subgraph(around).copy()  # type: ignore[arg-type]
    for node in set(part) - made.touched:
        part.nodes[node]["control"] = "dead_end"
    if not part.number_of_edges():
        return Network(part)
    return with_designed_times(
        assemble(part, Given(left_hand_traffic=network.left_hand_traffic, design_signals=True)))


def _names(fresh: tuple[SignalProgram, ...], taken: Collection[str | None]) -> dict[str, str]:
    """Return names of programs that no controller elsewhere has."""
    return {one.id: f"{one.id} fixed" if one.id in taken else one.id for one in fresh}


def _shifted(
    fresh: Network, heads: Mapping[str, Any], touched: Collection[Any], by: int, names: Mapping[str, str]
) -> Iterator[Connection]:
    """Yield the connections of touched junctions, numbered after those that stay."""
    rows = [(number, one) for number, one in enumerate(fresh.connections) if heads[one.from_link] in touched]
    places = {number: new + by for new, (number, _) in enumerate(rows)}
    for one in renumbered(rows, places):
        yield one.model_copy(update={"signal": names[one.signal]}) if one.signal is not None else one
