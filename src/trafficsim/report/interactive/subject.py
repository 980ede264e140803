"""What an interactive map shows: a network, what came with it, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trafficsim.base.findings import Finding
from trafficsim.spec.demand import Demand
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Detector
from trafficsim.spec.zones import Zone


@dataclass(frozen=True)
class Subject:
    """A network with what stands in it.

    Attributes
    ----------
    title : name of the scenario or file
    network : links, connections, signal programs
    findings : all that was found while reading and checking
    demand : trips and flows; their stops are drawn
    detectors, zones : as in the scenario
    builder : name of the network builder that made it; empty for a network that was read
    enforced : places of enforcement of a study, as tables of kind, name, link or links, and position
    written_signals : names of the signal programs that the scenario itself gives
    """

    title: str
    network: Network
    findings: tuple[Finding, ...] = ()
    demand: Demand = field(default_factory=Demand)
    detectors: tuple[Detector, ...] = ()
    zones: tuple[Zone, ...] = ()
    builder: str = ""
    enforced: tuple[Mapping[str, Any], ...] = ()
    written_signals: frozenset[str] = frozenset()
