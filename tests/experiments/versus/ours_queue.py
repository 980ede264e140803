"""trafficsim's engine ``queue``, with all its counters."""

from __future__ import annotations

import resource
from typing import Any

import numpy as np

from tests.experiments.versus.ours import LEAST_S, lowered
from tests.experiments.versus.outcome import Spent, Traffic, outcome
from tests.experiments.versus.workload import build
from trafficsim import __version__
from trafficsim.base.codes import COMPLETED
from trafficsim.engines.bench.queue_measure import timed
from trafficsim.engines.queue.loop import check_invariants
from trafficsim.engines.queue.record import make_record
from trafficsim.plan.record import Performance


def run(case: str, minutes: float) -> dict[str, Any]:
    """Build and run a workload; the loop alone is timed, by the median of runs that take 3 s together."""
    plan = lowered(build(case, minutes))
    rounds = [timed(plan)]
    while sum(one.wall_s for one in rounds) < LEAST_S:
        rounds.append(timed(plan))
    last = rounds[-1]
    check_invariants(last.world)
    record = make_record(plan, last.world, last.collected, Performance())
    done = record.trips.status == COMPLETED
    travel_s = float(np.sum(record.trips.exit_s[done] - plan.trips.depart_s[done]))
    traffic = Traffic(record.demanded, record.completed, travel_s, float(record.links.vehicle_s.sum()))
    wall_s, cpu_s = (float(np.median(column)) for column in ([one.wall_s for one in rounds],
                                                             [one.loop_s for one in rounds]))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    return outcome(traffic, Spent(wall_s, cpu_s, peak_mb), round(60 * minutes), __version__)
