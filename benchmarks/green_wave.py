"""Green waves against random offsets, beside the published effects of coordination.

Run from the project's root: ``python -m benchmarks.green_wave [REPLICATIONS]`` (30 by default, about eight minutes).

Every replication is compared with the mean of the same replication under 20 random offset sets; change in per cent of
the mean of those, with its 95 % t-interval over replications.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import stats

from tests.support.green_wave import (
    MEASURES,
    SPLIT,
    Outcome,
    outcome,
    random_offsets,
    six_signals,
    wave,
)
from tests.support.worlds import UNIFORM
from trafficsim.io.load import load_world
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies.green_wave import GreenWave
from trafficsim.policies.webster import Webster
from trafficsim.spec.policy import Policy

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = "published: travel time -7.7 % (-7 to -25 %), delay -13.8 %, stops -12.5 %, all of undersaturated cases"
INNER = [f"east{section}" for section in range(2, 7)]


def main() -> None:
    replications = range(1, (int(sys.argv[1]) if len(sys.argv) > 1 else 30) + 1)
    print(PUBLISHED)
    print(f"{'case':44s} {'travel time of the road':>28s} {'delay, whole network':>28s} {'stops per trip':>28s}")
    for lanes in (1, 2):
        world = six_signals(lanes=lanes)
        base = uncoordinated(world, [SPLIT], replications)
        for slowest in (None, 40.0):
            speed = "50 km/h" if slowest is None else "40-50 km/h"
            after = [outcome(world, [SPLIT, wave(slowest)], number) for number in replications]
            show(f"6 signals, {lanes} lane(s), both ways, {speed}", after, base)
    busy = six_signals(1150.0, 400.0)
    base = uncoordinated(busy, [SPLIT], replications)
    show("6 signals, 1 lane, x = 0.96, both ways", [outcome(busy, [SPLIT, wave()], n) for n in replications], base)
    arterial(replications)
    one_way(replications)


def uncoordinated(
    world: Prepared, policies: Sequence[Policy], replications: range, through: Sequence[str] = ("east", "west")
) -> list[list[Outcome]]:
    """All offset sets of every replication."""
    sets = random_offsets(world, policies)
    return [[outcome(one, policies, number, through) for one in sets] for number in replications]


def show(name: str, after: Sequence[Outcome], base: Sequence[Sequence[Outcome]]) -> None:
    cells = []
    for measure in MEASURES:
        before = np.array([np.mean([getattr(one, measure) for one in sets]) for sets in base])
        change = 100.0 * (np.array([getattr(one, measure) for one in after]) - before) / before.mean()
        half = stats.t.ppf(0.975, len(change) - 1) * change.std(ddof=1) / np.sqrt(len(change))
        cells.append(f"{change.mean():+7.1f} % ({change.mean() - half:+.1f} to {change.mean() + half:+.1f})")
    print(f"{name:44s} " + " ".join(f"{cell:>28s}" for cell in cells), flush=True)


def arterial(replications: range) -> None:
    """The arterial's own geometry and plan (8 signals, cycle 90 s), and a plan retimed at one cycle."""
    world = prepare(load_world(ROOT / "scenarios" / "arterial" / "scenario.toml"))
    through = ("east_through", "west_through")
    for name, first in (("its own greens", ()), ("retimed", (Webster(common_cycle=True),))):
        base = uncoordinated(world, first, replications, through)
        for slowest in (None, 40.0):
            speed = "50 km/h" if slowest is None else "40-50 km/h"
            policy = GreenWave(along="king_road", back="king_road_back", speed_kmh=50.0, slowest_kmh=slowest)
            after = [outcome(world, [*first, policy], number, through) for number in replications]
            show(f"arterial, {name}, both ways, {speed}", after, base)


def one_way(replications: range) -> None:
    """Stops behind the first stop line of a wave in one direction."""
    print("\nstops per vehicle at the five inner signals, one-way wave at 50 km/h (accepted: at most 0.2)")
    for name, drivers in (("all drive 50 km/h", UNIFORM), ("free speeds vary (coefficient 0.15)", None)):
        for lanes in (1, 2):
            world = six_signals(lanes=lanes, drivers=drivers, traces=True)
            means = []
            for policies in ([SPLIT, wave(back=None)], [SPLIT]):
                runs = [outcome(world, policies, number, ("east",), INNER) for number in replications[:10]]
                means.append(np.mean([run.intermediate_stops for run in runs if run.intermediate_stops is not None]))
            print(f"  {name}, {lanes} lane(s): {means[0]:.2f}, with offsets 0: {means[1]:.2f}", flush=True)


if __name__ == "__main__":
    main()
