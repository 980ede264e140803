"""A trace: vehicles on a route in one run, with the road and what signals showed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trafficsim.results.frames import nullable
from trafficsim.spec.network import Network
from trafficsim.spec.signals import SignalProgram

HEAD = 20
"""Rows that a notebook shows."""


@dataclass(frozen=True)
class Trace:
    """What a time-space diagram shows.

    Attributes
    ----------
    trajectories : table of that name: one row per vehicle and tick on the way, with the vehicle's ``class`` and with
        ``distance_m`` from the beginning of the way
    network : the roads
    route : links in driving order
    signals : programs of the plan, with the changes of policies
    shown : table ``signals_shown`` of the run; ``None`` where it is not known
    """

    trajectories: pd.DataFrame
    network: Network
    route: tuple[str, ...]
    signals: tuple[SignalProgram, ...]
    shown: pd.DataFrame | None = None

    def _repr_html_(self) -> str:
        return str(self.trajectories.head(HEAD).to_html())


def link_starts(network: Network, links: Sequence[str]) -> list[float]:
    """Return the distance in m from the beginning of a path to that of each link, junctions included.

    Examples
    --------
    >>> from trafficsim.design.synthetic import corridor
    >>> link_starts(corridor([200.0, 300.0]), ["east1", "east2"])
    [0.0, 200.0]
    """
    attributes = network.links
    between: dict[tuple[str, str], list[float]] = {}
    for route in network.connections:
        between.setdefault((route.from_link, route.to_link), []).append(route.length_m)
    starts = [0.0]
    for here, there in itertools.pairwise(links):
        through = between.get((here, there), [0.0])
        starts.append(starts[-1] + float(attributes[here]["length_m"]) + sum(through) / len(through))
    return starts


def with_distance(trajectories: pd.DataFrame, network: Network, route: Sequence[str]) -> pd.DataFrame:
    """Add ``distance_m``, from the beginning of a way of links to the vehicle's front; other links have none."""
    starts = dict(zip(route, link_starts(network, route), strict=True))
    start_m = trajectories["link"].map(starts).to_numpy(np.float64, na_value=np.nan)
    distance_m = start_m + trajectories["position_m"].to_numpy(np.float64)
    return trajectories.assign(distance_m=nullable(distance_m, np.isfinite(distance_m)))
