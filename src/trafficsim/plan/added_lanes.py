"""Lanes that policies add: the world with them, in which nobody drives there until they open.

All that names a lane by its number keeps its lane. An incident on the hard shoulder of a link whose shoulder is driven
on blocks that lane.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

import networkx as nx
import numpy as np

from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import I4
from trafficsim.plan.lane_joins import Added, joined, lane_of
from trafficsim.plan.prepare import Prepared, relaned
from trafficsim.spec.added_lanes import AddedLanes
from trafficsim.spec.demand import Trip
from trafficsim.spec.happenings import Works
from trafficsim.spec.incident import Incident
from trafficsim.spec.model import Model
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Policy
from trafficsim.spec.world import World

MOST_LANES = 8
"""Lanes of a link that drivers choose from, in both engines."""
Placed = TypeVar("Placed", bound=Model)


def with_added_lanes(prepared: Prepared, policies: Sequence[Policy]) -> Prepared:
    """Return a prepared world with the lanes that policies add to it; itself without any.

    Raises
    ------
    PolicyError
        If two policies add lanes to one link, or a link gets more than :data:`MOST_LANES`.
    """
    added = _added(prepared.world, policies)
    if not added:
        return prepared
    key = ("added lanes", tuple(added.values()))
    # a world that was prepared anew in part, with routes that drivers have learnt say, has the same memory
    parts = (prepared.world, prepared.routes, prepared.sections, prepared.signals, prepared.blocked_s)
    known, found = prepared.memory.get(key, ((), prepared))
    if len(known) != len(parts) or any(one is not other for one, other in zip(known, parts, strict=True)):
        found = relaned(prepared, widened(prepared.world, added), _moved(prepared, added))
        prepared.memory[key] = parts, found
    return cast(Prepared, found)


def _moved(prepared: Prepared, added: Added) -> I4:
    """Return by lane how many lanes of its own link it has more on its nearside."""
    network = prepared.network
    before = [added[name].number if name in added and added[name].side == "nearside" else 0
              for name in network.link_id]
    return np.array(before, np.int32)[network.lanes.link]


def _added(world: World, policies: Sequence[Policy]) -> dict[str, AddedLanes]:
    added: dict[str, AddedLanes] = {}
    links = world.network.links
    for policy in policies:
        for one in policy.lanes_added(world):
            if one.link in added:
                first, second = sorted((added[one.link].policy, one.policy))
                raise PolicyError(f"policies {first} and {second}: link {one.link!r}", "both add lanes to it",
                                  "one of them", "let them act on different links, or drop one of them")
            if links[one.link]["lanes"] + one.number > MOST_LANES:
                raise PolicyError(f"policy {one.policy}: link {one.link!r}", f"{one.number} lanes added to "
                                  f"{links[one.link]['lanes']}", f"no more than {MOST_LANES} lanes", "add fewer")
            added[one.link] = one
    return added


def widened(world: World, added: Added) -> World:
    """Return a world whose links have the added lanes."""
    scenario, demand = world.scenario, world.demand
    changed: dict[str, Any] = {
        "detectors": tuple(_one_lane(one, added) for one in scenario.detectors),
        "areas": tuple(_one_lane(one, added) for one in scenario.areas),
        "incidents": tuple(_incident(one, world.network, added) for one in scenario.incidents),
        "works": tuple(part for one in scenario.works for part in _works(one, world, added)),
    }
    trips = tuple(_trip(one, added) for one in demand.trips)
    return replace(world, scenario=scenario.model_copy(update=changed), network=_network(world.network, added),
                   demand=demand.model_copy(update={"trips": trips}))


def _network(network: Network, added: Added) -> Network:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(**network.graph.graph)
    graph.add_nodes_from(network.graph.nodes(data=True))
    lanes = {}
    for tail, head, key, attributes in network.graph.edges(keys=True, data=True):
        link = str(attributes["id"])
        lanes[link] = int(attributes["lanes"])
        one = added.get(link)
        graph.add_edge(tail, head, key=key, **(attributes if one is None else _wider(attributes, one)))
    controls = tuple(one.model_copy(update={"detectors": tuple(_one_lane(each, added) for each in one.detectors)})
                     for one in network.controls)
    return replace(network, graph=graph, connections=joined(network.connections, lanes, added), controls=controls)


def _wider(attributes: Mapping[str, Any], one: AddedLanes) -> dict[str, Any]:
    """Attributes of a link with added lanes, each like the one beside it and as long as the link."""
    lanes = int(attributes["lanes"])
    values = {"turn_lanes": "", "allow": None, "lane_length_m": attributes.get("length_m")}
    found: dict[str, Any] = {**attributes, "lanes": lanes + one.number}
    for name, value in values.items():
        if attributes.get(name):
            own, more = list(attributes[name]), [value] * one.number
            found[name] = tuple(more + own if one.side == "nearside" else own + more)
    for name in ("capacity_veh_h", "inflow_capacity_veh_h", "outflow_capacity_veh_h"):
        if attributes.get(name) is not None:
            found[name] = attributes[name] * (lanes + one.number) / lanes
    return found


def _one_lane(one: Placed, added: Added) -> Placed:
    """Something on one lane of a link, or on all."""
    link, lane = getattr(one, "link", None), getattr(one, "lane", None)
    if lane is None or link is None or link not in added:
        return one
    return one.model_copy(update={"lane": lane_of(link, lane, added)})


def _trip(one: Trip, added: Added) -> Trip:
    first = one.route[0] if one.route else one.origin
    update: dict[str, Any] = {"stops": tuple(_one_lane(stop, added) for stop in one.stops)}
    if one.depart_lane is not None and first in added:
        update["depart_lane"] = lane_of(str(first), one.depart_lane, added)
    return one.model_copy(update=update) if one.stops or len(update) > 1 else one


def _incident(one: Incident, network: Network, added: Added) -> Incident:
    """An incident on a widened link: on the lanes on which it was, and on the shoulder if it reaches onto it.

    While the added lanes are closed it leaves the capacity that the road without them has.
    """
    wider = added.get(one.link)
    if wider is None:
        return one
    lanes = tuple(lane_of(one.link, lane, added) for lane in one.lanes)
    if one.shoulder and wider.side == "nearside":
        lanes = (*range(wider.number), *lanes)
    before = one.remaining_per_lane(int(network.links[one.link]["lanes"]))
    left = one.rubbernecking if wider.is_open(one.begin_s) else before
    return one.model_copy(update={"lanes": lanes, "rubbernecking": left})


def _works(one: Works, world: World, added: Added) -> Sequence[Works]:
    """Works, for each of their links with its own numbers of lanes where these differ."""
    links = () if one.on is None else one.on.resolve(world.network)
    if not one.lanes or one.on is None or not any(link in added for link in links):
        return (one,)
    shared = one.model_copy(update={"lanes": ()})
    return (shared, *(Works(id=f"{one.id} {link}", on=type(one.on)(ids=(link,)), from_m=one.from_m,
                            length_m=one.length_m, begin_s=one.begin_s, end_s=one.end_s,
                            lanes=tuple(lane_of(link, lane, added) for lane in one.lanes)) for link in links))
