"""The kernels of the queue engine against a reference model: to the millisecond."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.queue_chain import Link, Start, leaving_times
from tests.support.queues import EXACT, chain, chain_plan, looked_at, trips_at
from trafficsim.engines.queue.program import compile_plan
from trafficsim.spec.drivers import Drivers


@settings(max_examples=25, deadline=None)
@given(lengths=st.lists(st.sampled_from((20.0, 60.0, 145.0, 500.0)), min_size=1, max_size=4),
       narrow=st.sampled_from((1.0, 0.8, 0.4, 0.2)), count=st.integers(1, 60), mean_s=st.sampled_from((0.8, 2.0, 5.0)),
       seed=st.integers(0, 1000))
def test_a_chain_of_links(lengths: list[float], narrow: float, count: int, mean_s: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.round(np.cumsum(rng.exponential(mean_s, count)), 3)
    share = {len(lengths) - 2: narrow} if narrow < 1.0 and len(lengths) > 1 else None
    plan = chain_plan(chain(lengths, narrow=share), trips_at(times.tolist(), len(lengths)), drivers=Drivers())
    start = compile_plan(plan, EXACT)
    links = [Link(stored=int(start.net.room[i] // start.net.spacing[0]), back=int(start.net.back[i]),
                  headway=int(start.net.headway[i, 0]) if i + 1 < len(lengths) else int(start.net.own_headway[i, 0]),
                  own=int(start.net.own_headway[i, 0])) for i in range(len(lengths))]
    free, length = (values.reshape(count, len(lengths)).tolist() for values in (start.trips.free, start.trips.length))
    entered, left = leaving_times(links, start.trips.depart.tolist(), free, length,
                                  Start(float(start.net.acceleration[0]), start.net.spacing[0] * 0.01))
    end = looked_at(plan, lambda world, now: None, EXACT)
    assert end.vehicles.begun.tolist() == entered
    assert end.vehicles.ended.tolist() == [row[-1] for row in left]
