"""A scenario with every file read and every builder run: what lowering starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from trafficsim.base.findings import Finding
from trafficsim.spec.demand import Demand, Unserved
from trafficsim.spec.network import Network
from trafficsim.spec.observations import Observations
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.vehicles import VehicleClass


class Connectors(NamedTuple):
    """Links by which the trips of a flow may enter and leave."""

    origins: tuple[str, ...]
    destinations: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """The resolved scenario.

    Attributes
    ----------
    scenario : the scenario as written
    network : its network, with the signal programs that were loaded last
    demand : all flows and trips
    vehicle_classes : every class that a trip can name, defaults first
    findings : what the import repaired, inferred or ignored
    unserved : trips and flows with unknown links, nodes or classes
    written : names of the flows given in the scenario itself: one that cannot be served is an error
    connectors : by name of the flow, the links between which it takes those of the least free-flow time
    observations : what the scenario is held against

    Examples
    --------
    >>> import trafficsim as ts
    >>> world = ts.build(ts.Scenario(name="round", network=ts.ring(1000)))
    >>> [kind.name for kind in world.vehicle_classes]
    ['car', 'van', 'truck', 'bus', 'motorcycle']
    """

    scenario: Scenario
    network: Network
    demand: Demand
    vehicle_classes: tuple[VehicleClass, ...]
    findings: tuple[Finding, ...] = ()
    unserved: tuple[Unserved, ...] = ()
    written: frozenset[str] = frozenset()
    connectors: Mapping[str, Connectors] = field(default_factory=dict)
    observations: Observations = field(default_factory=Observations)
