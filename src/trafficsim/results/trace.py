"""A trace: vehicles along a way of one run, with the road and the lamps that they met."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from trafficsim.spec.network import Network
from trafficsim.spec.signals import SignalProgram

HEAD = 20
"""Rows that a notebook shows."""


@dataclass(frozen=True)
class Trace:
    """What a time-space diagram shows.

    Attributes
    ----------
    trajectories : table of that name: one row per vehicle and tick on the way
    network : the roads
    way : links in driving order
    signals : programs that ran, with the changes of policies
    """

    trajectories: pd.DataFrame
    network: Network
    way: tuple[str, ...]
    signals: tuple[SignalProgram, ...]

    def _repr_html_(self) -> str:
        return str(self.trajectories.head(HEAD).to_html())
