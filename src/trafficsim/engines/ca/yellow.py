"""Compile what drivers do on the approaches of signals: the decision at yellow, and who does not see the signal."""

from __future__ import annotations

import numpy as np

from trafficsim.engines.ca.scales import stop_probability
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.rng import PROBABILITY_UNIT
from trafficsim.plan.arrays import Plan

DRAWN = 2.0**32
"""Shares of drivers who do not see a signal are small: they are compared with 32 random bits."""


def yellow_columns(plan: Plan) -> dict[str, np.ndarray]:
    """Return the columns of links: row of the table of :func:`yellow_table`, and shares of drivers; 0 elsewhere."""
    approaches, links = plan.approaches, len(plan.link_id)
    row, unseen, hard = np.zeros(links, np.uint32), np.zeros(links, np.int64), np.zeros(links, np.int32)
    row[approaches.link] = _kinds(plan)[1]
    unseen[approaches.link] = np.rint(approaches.inattention * DRAWN)
    hard[approaches.link] = np.rint(approaches.hard_stop_share * PROBABILITY_UNIT)
    return {"yellow": row, "inattention": unseen, "hard_stop": hard}


def yellow_table(plan: Plan, settings: CellularAutomaton) -> np.ndarray:
    """Return the chances to stop at yellow, a row for each kind of approach: those with the same values are one."""
    kinds = _kinds(plan)[0]
    return stop_probability(settings, kinds[:, 0], kinds[:, 1])


def _kinds(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Return median and spread by kind, shape (kinds, 2), and the kind of every approach."""
    both = np.column_stack([plan.approaches.tau50_s, plan.approaches.spread_s])
    if not len(both):
        return np.array([[0.0, 0.0]]), np.zeros(0, np.int64)
    kinds, of = np.unique(both, axis=0, return_inverse=True)
    return kinds, of.ravel()
