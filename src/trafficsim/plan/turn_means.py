"""Length and speed of a movement: the mean over its connections."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import F8, ConnectionArrays


def turn_means(connections: ConnectionArrays, turns: int, usable: NDArray[np.bool_] | None = None) -> tuple[F8, F8]:
    """Mean length (m) and mean speed (m/s) of the connections of each turn; NaN-free: 0 m and 1 m/s without any.

    Parameters
    ----------
    connections
        Connections of a plan.
    turns
        Number of turns.
    usable
        Connections that count; all when not given.
    """
    chosen = np.ones(len(connections.turn), np.bool_) if usable is None else usable
    turn = connections.turn[chosen]
    number = np.bincount(turn, minlength=turns).astype(np.float64)
    some = np.maximum(number, 1.0)
    length = np.bincount(turn, connections.length_m[chosen], minlength=turns) / some
    speed = np.bincount(turn, connections.speed_ms[chosen], minlength=turns) / some
    return length, np.where(number > 0, speed, 1.0)
