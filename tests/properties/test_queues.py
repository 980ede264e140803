"""Queues on random roads, beside a reference model.

How far they reach, how often beyond the approach, who blocks whom.
"""

from __future__ import annotations

from hypothesis import given, settings

from tests.oracles.queues import Books
from tests.properties.junctions import drawn_worlds
from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.worlds import make_plan
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program, compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.plan.approaches import approaches_of
from trafficsim.spec.world import World

TICKS = 300
seen = {"spilled": 0, "blocked": 0}


@settings(phases=NO_SHRINKING)
@given(worlds())
def test_queues_of_random_roads_are_those_of_the_reference_model(world: World) -> None:
    check_queues(world)


@settings(phases=NO_SHRINKING)
@given(drawn_worlds())
def test_queues_of_networks_with_inferred_junctions_are_those_of_the_reference_model(world: World) -> None:
    check_queues(world)


def test_some_of_these_queues_reach_beyond_their_approach() -> None:
    """The worlds above have run: without a queue that goes on they would have shown nothing."""
    assert seen["spilled"] > 0
    assert seen["blocked"] > 0


def check_queues(world: World) -> None:
    plan = make_plan(world)
    program, books, approach = compile_plan(plan, CellularAutomaton()), Books(), approaches_of(plan).last
    program.counters.queue.close[:] = 10 * TICKS  # the cycle never ends
    program.clock.analysis_begin, program.clock.analysis_end = 0, TICKS
    every = int(program.clock.queue_every)
    for tick in range(0, TICKS, every):
        advance(program, tick, tick + 1)
        books.look(program, approach)
        advance(program, tick + 1, tick + every)
    assert kept(program) == books
    seen["spilled"] += len(books.spilled)
    seen["blocked"] += len(books.blocked)


def kept(program: Program) -> Books:
    """What the program has written down."""
    counters = program.counters
    assert (counters.queue.now == counters.queue.longest).all()
    links = range(program.net.links)
    lanes_blocked = {lane: int(times) for lane, times in enumerate(counters.lane.blocked) if times}
    pairs = {(int(row.lane), int(row.link)): int(row.times) for row in counters.blocked if row.times}
    of_pairs: dict[int, int] = {}
    for (lane, _), times in pairs.items():
        of_pairs[lane] = of_pairs.get(lane, 0) + times
    assert of_pairs == lanes_blocked
    return Books(
        {link: (int(counters.queue.longest[link]), int(counters.queue.tail[link])) for link in links
         if counters.queue.longest[link]},
        {link: int(counters.queue.spilled[link]) for link in links if counters.queue.spilled[link]}, pairs)
