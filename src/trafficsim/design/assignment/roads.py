"""The static network of a road network: lanes become capacities, speed limits become times, movements become turns."""

from __future__ import annotations

from itertools import product

import numpy as np

from trafficsim.spec.network import Network
from trafficsim.spec.static_network import StaticNetwork

LANE_CAPACITY_VEH_H = 1800.0
"""Of a lane without a capacity of its own: a headway of 2 s (modelling assumption). Signals take their share of it."""
BPR_B, BPR_POWER = 0.15, 4.0
"""Bureau of Public Roads, Traffic Assignment Manual, 1964."""
KM_PER_M, MIN_PER_H = 1e-3, 60.0


def static_network(network: Network, kind: str = "car") -> StaticNetwork:
    """Make the static network of a road network, for one kind of vehicle; every node may be a zone.

    Capacity is 1,800 veh/h per lane open to the kind, with b = 0.15 and power = 4 in the volume-delay function; links
    with ``capacity_veh_h``, ``bpr_b``, ``bpr_power`` or ``toll`` (imported ones) have those. Free-flow time is that at
    the speed limit. A pair of links that no movement joins is a banned turn. Times are in minutes.

    Parameters
    ----------
    network
        The road network.
    kind
        Kind of vehicle, for lanes that are not open to everyone.

    Examples
    --------
    >>> from trafficsim.design.synthetic import grid
    >>> float(static_network(grid(2, 2)).capacity.min())
    3600.0
    """
    lanes = {link: _open_lanes(attributes, kind) for link, attributes in network.links.items()}
    links = {link: attributes for link, attributes in network.links.items() if lanes[link]}
    node = tuple(str(one) for one in network.graph)
    place = {name: position for position, name in enumerate(node)}
    ends = {end: np.array([place[str(one[end])] for one in links.values()], np.int64) for end in ("from", "to")}
    length_km = np.array([one["length_m"] for one in links.values()]) * KM_PER_M
    speed_kmh = np.array([one["speed_limit_kmh"] for one in links.values()])
    capacity = [one.get("capacity_veh_h") or len(lanes[link]) * LANE_CAPACITY_VEH_H for link, one in links.items()]
    b, power, toll = (np.array([one.get(name, default) for one in links.values()], float)
                      for name, default in (("bpr_b", BPR_B), ("bpr_power", BPR_POWER), ("toll", 0.0)))
    return StaticNetwork(
        node, tuple(links), ends["from"], ends["to"], capacity=np.array(capacity),
        free_time=length_km / speed_kmh * MIN_PER_H, b=b, power=power, toll=toll,
        length=length_km, turns=_banned(network, lanes), time_unit="min", length_unit="km")


def _open_lanes(attributes: dict[str, object], kind: str) -> tuple[int, ...]:
    allow = attributes.get("allow")
    number = int(str(attributes.get("lanes") or 1))
    if not isinstance(allow, tuple | list):
        return tuple(range(number))
    return tuple(lane for lane, kinds in enumerate(allow) if kinds is None or kind in kinds)


def _banned(network: Network, lanes: dict[str, tuple[int, ...]]) -> dict[tuple[str, str], float]:
    """Pairs of links at one node that no connection of open lanes joins."""
    joined = {(one.from_link, one.to_link) for one in network.connections
              if one.from_lane in lanes[one.from_link] and one.to_lane in lanes[one.to_link]}
    arriving, leaving = dict[str, list[str]](), dict[str, list[str]]()
    for link, attributes in network.links.items():
        if lanes[link]:
            leaving.setdefault(attributes["from"], []).append(link)
            arriving.setdefault(attributes["to"], []).append(link)
    pairs = (pair for node, links in arriving.items() for pair in product(links, leaving.get(node, ())))
    return {pair: np.inf for pair in pairs if pair not in joined}
