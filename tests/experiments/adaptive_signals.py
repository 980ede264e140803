"""Adaptive signals beside fixed programs, in pairs: ``python -m tests.experiments.adaptive_signals [REPLICATIONS]``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import trafficsim as ts
from tests.experiments.controllers.networks import scenario_of
from trafficsim.policies import AdaptiveSignals
from trafficsim.spec.policy import Policy

STEADY_S = 2700.0
ALTERNATIVES: dict[str, tuple[Policy, ...]] = {
    "fixed": (), "splits": (AdaptiveSignals(offsets=False, cycle=False),),
    "splits, cycle": (AdaptiveSignals(offsets=False),), "splits, offsets": (AdaptiveSignals(cycle=False),),
    "all three": (AdaptiveSignals(),)}


def turning() -> ts.Scenario:
    """Build a junction whose busy street becomes the quiet one after 45 minutes."""
    flows = tuple(ts.Flow(id=f"f{arm}-{half}", origin=f"in{arm}", destination=f"out{(arm + 2) % 4}",
                          volume_veh_h=700 if (arm + half) % 2 == 0 else 200, begin_s=half * STEADY_S,
                          end_s=(half + 1) * STEADY_S) for arm in range(4) for half in range(2))
    return ts.Scenario(name="turning", time=ts.Time(analysis_s=2 * STEADY_S, clear_s=1200.0),
                       network=ts.junction(lanes=1), demand=ts.Demand(flows=flows))


def lines(replications: int) -> Iterator[str]:
    """Yield a row for each network, engine and alternative."""
    for scenario in (turning(), scenario_of("ingolstadt7"), scenario_of("cologne8")):
        study = ts.Study(name="adaptive", scenarios=(scenario,), question="Do signals that adapt save delay?",
                         alternatives=ALTERNATIVES, baseline="fixed", replications=replications,
                         engines=("ca", "queue"), primary=("mean_delay_s",))
        for one in ts.compare(study).comparison.chosen("mean_delay_s"):
            yield (f"| {scenario.name} | {one.engine} | {one.alternative} | {one.baseline_mean:.1f} | {one.mean:.1f} | "
                   f"{one.diff:+.1f} ({one.low:+.1f} to {one.high:+.1f}) | {one.verdict} |")


if __name__ == "__main__":
    for line in lines(int(sys.argv[1]) if len(sys.argv) > 1 else 10):
        print(line, flush=True)
