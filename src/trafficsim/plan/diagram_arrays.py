"""What a network gives of the fundamental diagrams and the merges of its links, as arrays of the plan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class DiagramArrays(NamedTuple):
    """By link; NaN where nothing is given, without any entry where no link gives something.

    Flows are of passenger cars and of all lanes over the whole length of a link, densities of one lane.
    """

    capacity_veh_s: NDArray[np.float64]
    jam_density_veh_m: NDArray[np.float64]
    backward_wave_ms: NDArray[np.float64]
    inflow_veh_s: NDArray[np.float64]
    outflow_veh_s: NDArray[np.float64]
    merge_priority: NDArray[np.float64]
    node_capacity_veh_s: NDArray[np.float64]
    """Of the node at the end of the link; ``node`` is its number."""
    node: NDArray[np.int32]
    unlimited: NDArray[np.bool_]
    """Whether its storage is: its queues are vertical."""


def no_diagrams() -> DiagramArrays:
    """Return the diagrams of a plan whose network gives none."""
    none = np.zeros(0)
    return DiagramArrays(none, none, none, none, none, none, none, np.zeros(0, np.int32), np.zeros(0, np.bool_))
