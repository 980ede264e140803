"""Which engine moves which link: a junction, with all links before it, belongs to one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trafficsim.base.errors import InputError
from trafficsim.engines.hybrid.settings import HybridParts
from trafficsim.engines.queue.network import nodes_of
from trafficsim.plan.arrays import BOOL, I4, Plan

NAMED = 8
"""So many links are named in an error."""


class Division(NamedTuple):
    """Links by the engine of the junction at their end."""

    in_ca: BOOL
    """By link: whether the cellular automaton moves it."""
    virtual: I4
    """Links of the queue engine that begin at a junction of the automaton."""
    entered: I4
    """Links of the automaton that begin at a junction of the queue engine."""


def divide(plan: Plan, parts: HybridParts) -> Division:
    """Return which engine moves which link, and where they meet.

    Raises
    ------
    InputError
        If some links before a junction are the automaton's and others are not: the junction, and the links to add.
    """
    chosen = set(parts.links)
    in_ca = np.array([name in chosen for name in plan.link_id], np.bool_)
    _check_junctions(plan, parts, in_ca)
    conns, lane_link = plan.connections, plan.lanes.link
    origin, target = lane_link[conns.from_lane], lane_link[conns.to_lane]
    out, into = in_ca[origin] & ~in_ca[target], ~in_ca[origin] & in_ca[target]
    return Division(in_ca, np.unique(target[out]), np.unique(target[into]))


def _check_junctions(plan: Plan, parts: HybridParts, in_ca: BOOL) -> None:
    count = len(plan.link_id)
    node = nodes_of(plan)[:count]
    chosen, all_of = (np.bincount(node, weight, count) for weight in (in_ca, np.ones(count)))
    cut = np.flatnonzero((chosen > 0) & (chosen < all_of))
    if not len(cut):
        return
    missing = [plan.link_id[link] for link in np.flatnonzero(np.isin(node, cut) & ~in_ca)]
    link = int(np.flatnonzero((node == cut[0]) & in_ca)[0])
    others = [plan.link_id[other] for other in np.flatnonzero((node == cut[0]) & ~in_ca)]
    name = parts.node_of.get(plan.link_id[link])
    junction = f"junction {name!r}" if name else f"the junction at the end of link {plan.link_id[link]!r}"
    more = f" (and {len(cut) - 1} more junctions)" if len(cut) > 1 else ""
    raise InputError(
        f"engine 'hybrid': [hybrid] ca: {junction}{more}", f"a border inside it: link {plan.link_id[link]!r} before it "
        f"is selected, {_listed(others)} not", "all links before a junction in one engine",
        f"add {_listed(missing)} to the selector, or take the other links before the junction out of it",
    )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(map(repr, names[:NAMED])) + more
