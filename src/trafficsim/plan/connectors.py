"""Connectors of least cost: of the links by which the trips of a flow may enter and leave, the fastest pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from trafficsim.plan.arrays import F8
from trafficsim.plan.network import NetworkPlan
from trafficsim.plan.routes import Access, link_of
from trafficsim.spec.demand import Flow
from trafficsim.spec.world import Connectors, World

Permissions = tuple[int, ...]


def with_least_cost_connectors(world: World, network: NetworkPlan, permissions: Sequence[Permissions]) -> World:
    """Let flows that may enter and leave by several links take those between which the free-flow time is least.

    The time is that of the links at their limits, the first one included; where a flow has several kinds of vehicles
    it is the sum over them, so that a pair that all can drive goes before one that some cannot. Of equal times the
    links named first count.

    Parameters
    ----------
    world
        Its flows and their connectors.
    network
        The lowered network.
    permissions
        Permissions of the vehicles of each flow.

    Raises
    ------
    DemandError
        If a link is unknown.
    """
    if not world.connectors:
        return world
    costs = _Costs(world, network)
    flows = tuple(_connected(flow, world.connectors.get(flow.id), costs, of_flow)
                  for flow, of_flow in zip(world.demand.flows, permissions, strict=False))
    return replace(world, demand=world.demand.model_copy(update={"flows": flows}), connectors={})


def _connected(flow: Flow, links: Connectors | None, costs: _Costs, permissions: Permissions) -> Flow:
    if links is None:
        return flow
    first, last = costs.cheapest(links, permissions)
    return flow.model_copy(update={"origin": first, "destination": last})


class _Costs:
    """Free-flow times from and to all connectors, by permission."""

    def __init__(self, world: World, network: NetworkPlan) -> None:
        self._network = network
        names = {link: flow for flow, links in world.connectors.items()
                 for link in (*links.origins, *links.destinations)}
        self._link = {name: link_of(name, f"flow {flow!r}: connectors", network) for name, flow in names.items()}
        origins = sorted({self._link[name] for links in world.connectors.values() for name in links.origins})
        self._row = {link: row for row, link in enumerate(origins)}
        self._origins = np.array(origins, np.int64)
        self._of: dict[int, F8] = {}

    def cheapest(self, links: Connectors, permissions: Permissions) -> tuple[str, str]:
        """Return the first and the last link of the fastest way; the first ones where nobody can drive any."""
        pairs = list(product(links.origins, links.destinations))
        rows = [self._row[self._link[first]] for first, _ in pairs]
        columns = [self._link[last] for _, last in pairs]
        time = np.array([self._times(permission)[rows, columns] for permission in permissions])
        unable = np.isinf(time).sum(axis=0)
        order = np.lexsort((np.where(np.isinf(time), 0.0, time).sum(axis=0), unable))
        return pairs[int(order[0])]

    def _times(self, permission: int) -> F8:
        if permission not in self._of:
            self._of[permission] = Access(self._network, permission).times(self._origins)
        return self._of[permission]
