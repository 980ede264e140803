"""Who switches: by successive averages, or the more the longer one's route takes beyond the least time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import BOOL, F8
from trafficsim.spec.equilibrium import Equilibrium

GROWING, FALLING = 1.5, 0.3
"""Within the ranges of Liu, He & He: above 1, and between 0 and 1."""


class Excess(NamedTuple):
    """One row per traveller whose route traffic decides: cell, cost of the own route and least cost (s).

    ``known`` is false for those for whom no path is open; their costs are 0.
    """

    cell: NDArray[np.int64]
    paid_s: F8
    least_s: F8
    known: BOOL

    @property
    def relative_gap(self) -> float:
        """Sum of what is paid over the sum of least costs, less one."""
        least = float(self.least_s.sum())
        return (float(self.paid_s.sum()) - least) / least if least > 0.0 else 0.0


class Step:
    """Largest share that may switch after a rehearsal: 1 / (k + 1) after the first, ever less, faster where gaps grow.

    Self-regulated averages (Liu, He & He 2009, doi:10.1007/s11067-007-9023-x): the inverse of the step grows by
    :data:`GROWING` after a rehearsal with a larger gap than the one before, and by :data:`FALLING` after another one.
    """

    def __init__(self) -> None:
        self._inverse, self._gap = 1.0, float("inf")

    def after(self, gap: float) -> float:
        """Return the step after a rehearsal with this relative gap."""
        self._inverse += 1.0 if self._gap == float("inf") else GROWING if gap > self._gap else FALLING
        self._gap = gap
        return 1.0 / self._inverse


def shares_of_cells(excess: Excess, cells: int, step: float, settings: Equilibrium) -> F8:
    """Share of each cell that switches to its cheapest path after a rehearsal.

    ``"msa"``: the step. ``"gap"``: the mean share of their time that those save who are not on the cheapest path, times
    :attr:`Equilibrium.pace`, but no more than the step. Where nobody is on the design day the mean of all holds.
    """
    if settings.switching == "msa":
        return np.full(cells, step)
    over = excess.paid_s - excess.least_s
    off = over > 0.0
    saved = np.divide(over, excess.paid_s, out=np.zeros_like(over), where=off)
    people = np.bincount(excess.cell[off], minlength=cells)
    mean = np.bincount(excess.cell[off], saved[off], minlength=cells) / np.maximum(people, 1)
    rate = np.minimum(mean * settings.pace, step)
    anybody = np.bincount(excess.cell, minlength=cells) > 0
    overall = float(rate[excess.cell].mean()) if len(excess.cell) else 0.0
    return np.where(anybody, rate, overall)
