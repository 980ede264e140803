"""The world of a run: all that a step reads and writes beside the vehicles on the road."""

from __future__ import annotations

from typing import Any, NamedTuple

from trafficsim.kernels.ca.network import Net
from trafficsim.kernels.ca.rules import CarFollowingRule
from trafficsim.kernels.ca.sensing import Sensing
from trafficsim.kernels.ca.signal_tables import Signals
from trafficsim.kernels.ca.state import Work
from trafficsim.kernels.ca.trips import Queues, Trips
from trafficsim.kernels.ca.zones import Zones
from trafficsim.kernels.control.tables import Control
from trafficsim.kernels.measurement.tables import Counters, MeasurementSections


class World(NamedTuple):
    """Constants of a run, and the memory of everything that is not a vehicle on the road."""

    net: Net
    signals: Signals
    trips: Trips
    queues: Queues
    zones: Zones
    sections: MeasurementSections
    work: Work
    counters: Counters
    clock: Any
    rule: CarFollowingRule
    control: Control
    sensing: Sensing
