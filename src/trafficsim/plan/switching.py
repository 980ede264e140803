"""Who switches: by successive averages, or the more the longer one's route takes beyond the least time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import BOOL, F8
from trafficsim.spec.equilibrium import Equilibrium


class Excess(NamedTuple):
    """One row per traveller whose route traffic decides: cell, cost of the own route and least cost (s).

    ``known`` is false for those for whom no path is open; their costs are 0.
    """

    cell: NDArray[np.int64]
    paid_s: F8
    least_s: F8
    known: BOOL


def shares_of_cells(excess: Excess, cells: int, number: int, settings: Equilibrium) -> F8:
    """Share of each cell that switches to its cheapest path after rehearsal ``number`` (from 1).

    ``"msa"``: 1 / (number + 1) (method of successive averages). ``"gap"``: the mean share of their time that those save
    who are not on the cheapest path, times :attr:`Equilibrium.pace`; but averages in the first iterations
    (:attr:`Equilibrium.averaged`), when gaps are large and everybody's best path is the same. Where nobody is on the
    design day the mean of all holds.
    """
    if settings.switching == "msa":
        return np.full(cells, 1.0 / (number + 1))
    over = excess.paid_s - excess.least_s
    off = over > 0.0
    saved = np.divide(over, excess.paid_s, out=np.zeros_like(over), where=off)
    people = np.bincount(excess.cell[off], minlength=cells)
    mean = np.bincount(excess.cell[off], saved[off], minlength=cells) / np.maximum(people, 1)
    average = np.where(people > 0, 1.0 / (number + 1), 0.0)
    rate = average if number <= settings.averaged else np.minimum(mean * settings.pace, 1.0)
    anybody = np.bincount(excess.cell, minlength=cells) > 0
    overall = float(rate[excess.cell].mean()) if len(excess.cell) else 0.0
    return np.where(anybody, rate, overall)
