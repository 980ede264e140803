"""Stops along a stretch of road, vehicle by vehicle, from trajectories."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trafficsim.base.units import ms_to_kmh
from trafficsim.plan.record import MOVE_SPEED_MS, WAIT_SPEED_MS


def stops_along(trajectories: pd.DataFrame, links: Sequence[str]) -> pd.Series[int]:
    """Count the stops of every vehicle that drives a stretch from its first to its last link.

    For the stops at the inner signals of a path give its links behind the first stop line. A vehicle counts as moving
    when it comes to the stretch; trips that begin or end on the way are left out. Vehicles without a trace are not
    seen: run with ``trajectories.share = 1``.

    Parameters
    ----------
    trajectories
        Table of that name, of one run.
    links
        Links of the stretch, in driving order.

    Returns
    -------
    Stops by name of the trip, sorted by name.

    Examples
    --------
    >>> table = pd.DataFrame({"trip": ["a"] * 6, "time_s": range(6), "link": ["x", "x", "x", "y", "y", "y"],
    ...                       "speed_kmh": [50.0, 0.0, 8.0, 0.0, 20.0, 0.0]})
    >>> stops_along(table, ["x", "y"]).to_dict()  # the second halt is the queue moving up
    {'a': 2}
    """
    inside = trajectories[trajectories["link"].isin(list(links))]
    ends = [set(inside["trip"][inside["link"] == link]) for link in (links[0], links[-1])]
    rows = inside[inside["trip"].isin(ends[0] & ends[1])].sort_values(["trip", "time_s"], kind="stable")
    names, trip = np.unique(rows["trip"].to_numpy(dtype=object).astype(str), return_inverse=True)
    speed = rows["speed_kmh"].to_numpy(dtype=np.float64)
    phase = np.where(speed < ms_to_kmh(WAIT_SPEED_MS), 1, np.where(speed >= ms_to_kmh(MOVE_SPEED_MS), -1, 0))
    certain = np.flatnonzero(phase != 0)
    before = np.append(0, phase[certain][:-1])
    first = np.append(-1, trip[certain][:-1]) != trip[certain]
    halts = (phase[certain] == 1) & (first | (before == -1))
    return pd.Series(np.bincount(trip[certain][halts], minlength=len(names)), index=pd.Index(names, name="trip"),
                     name="stops")
