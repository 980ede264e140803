"""Crossings for pedestrians that have signal indices of their own."""

from __future__ import annotations

from pydantic import Field

from trafficsim.spec.model import Model

LANE_WIDTH_M = 3.25
"""RiLSA and RASt: usual width of urban lanes."""
WALKING_MS = 1.2
"""RiLSA 2015: design speed of pedestrians."""


class PedestrianCrossing(Model):
    """A crossing for pedestrians with a signal of its own.

    Nobody walks in a simulation; the crossing tells for how long pedestrians wait.

    Parameters
    ----------
    id
        Its name.
    signal, signal_index
        Signal program and the index of its state letter.
    length_m
        Way across the street.

    Examples
    --------
    >>> PedestrianCrossing(id="north", signal="j1", signal_index=12, length_m=9.8).signal_index
    12
    """

    id: str = Field(min_length=1)
    signal: str = Field(min_length=1)
    signal_index: int = Field(ge=0)
    length_m: float = Field(default=0.0, ge=0, le=500)
