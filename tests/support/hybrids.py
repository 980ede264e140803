"""Worlds divided between two engines, and runs that are looked at after every tick."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

import numpy as np

from trafficsim.engines.hybrid.loop import Run, begin, compile_plan, run_both
from trafficsim.engines.hybrid.settings import HybridParts
from trafficsim.engines.queue.network import nodes_of
from trafficsim.plan.arrays import Plan


def whole_junctions(plan: Plan, links: Iterable[str]) -> HybridParts:
    """Put links into the automaton, with all others before the same junctions."""
    names = np.array(plan.link_id)
    node = nodes_of(plan)[: len(names)]
    chosen = np.isin(node, node[np.isin(names, list(links))])
    return HybridParts(tuple(names[chosen].tolist()))


def divided(plan: Plan, chance: Random) -> HybridParts:
    """Put random junctions into the automaton."""
    return whole_junctions(plan, [name for name in plan.link_id if chance.random() < 0.3])


def looked_at(plan: Plan, parts: HybridParts, look: Callable[[Run, int], None]) -> Run:
    """Run to the end, and look after every tick."""
    last = round((plan.end_s - plan.start_s) / parts.automaton.tick_s)
    with np.errstate(over="ignore"):
        this = begin(plan, parts, compile_plan(plan, parts))
        for tick in range(last):
            run_both(this, tick, tick + 1)
            look(this, tick)
    return this
