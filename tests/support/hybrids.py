"""Worlds divided between two engines, and runs that are looked at after every tick."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

import numpy as np

from tests.support.worlds import link, make_network, make_plan, make_world, through
from trafficsim.engines.hybrid.loop import Run, begin, compile_plan, run_both
from trafficsim.engines.hybrid.settings import HybridParts
from trafficsim.engines.queue.network import nodes_of
from trafficsim.plan.arrays import Plan
from trafficsim.spec.demand import Trip
from trafficsim.spec.scenario import Time
from trafficsim.spec.signals import Phase, SignalProgram


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


def three_links(red_s: float, cars: int = 40, middle_m: float = 140.0, **more: Any) -> Plan:
    """``a`` leads into ``b`` (20 cars), at whose end it is red for long, and ``c``. Nobody goes to ``d``."""
    program = SignalProgram(id="s", phases=(Phase(duration_s=red_s, state="rr"), Phase(duration_s=1800.0, state="GG")))
    connections = [*through("a", "b"), *through("b", "c", signal="s", signal_index=0),
                   *through("b", "d", signal="s", signal_index=1)]
    network = make_network([link("a", 300.0), link("b", middle_m), link("c", 300.0), link("d", 300.0)], connections,
                           [program])
    trips = [Trip(id=f"v{number:02d}", depart_s=20.0 + 4.0 * number, route=("a", "b", "c")) for number in range(cars)]
    time = Time(analysis_s=600.0, clear_s=1800.0, interval_s=300.0)
    return make_plan(make_world(network, trips=trips, time=time, **more))
