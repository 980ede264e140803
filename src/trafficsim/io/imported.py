"""What a reader of any format brings: a network, and as much else as its files hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trafficsim.base.findings import Finding
from trafficsim.io.ledger import Act
from trafficsim.spec.demand import Demand, Unserved
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.network import Network
from trafficsim.spec.od_matrix import ODMatrix
from trafficsim.spec.scenario import Detector
from trafficsim.spec.static_network import StaticNetwork
from trafficsim.spec.vehicles import VehicleClass
from trafficsim.spec.zones import Zone


@dataclass(frozen=True)
class Imported:
    """The models read from a file, or from several that belong together.

    Attributes
    ----------
    network : links, connections with right of way, signal programs
    demand : trips and flows; ``demand.mixes`` holds distributions over vehicle classes
    vehicle_classes : classes that trips name
    detectors : point detectors
    drivers : driver settings where a scenario gives none
    unserved : trips and flows with unknown links or nodes, each with its reason
    findings : one per kind of thing that was read, inferred, repaired or ignored, after single warnings
    counts : how often, by act (``read``, ``inferred``, ``repaired``, ``ignored``) and thing
    description : what it was made from
    static : the network as static assignment knows it, where the file holds volume-delay functions
    matrix, zones : trips between zones, and the links by which they enter and leave
    beside : texts of further files that are written beside the scenario, by the end of their names
        (``enforcement.toml``)

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> Imported(ring(1000.0)).demand.trips
    ()
    """

    network: Network
    demand: Demand = field(default_factory=Demand)
    vehicle_classes: tuple[VehicleClass, ...] = ()
    detectors: tuple[Detector, ...] = ()
    drivers: Drivers = field(default_factory=Drivers)
    unserved: tuple[Unserved, ...] = ()
    findings: tuple[Finding, ...] = ()
    counts: Mapping[Act, Mapping[str, int]] = field(default_factory=dict)
    description: str = ""
    static: StaticNetwork | None = None
    matrix: ODMatrix | None = None
    zones: tuple[Zone, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)
