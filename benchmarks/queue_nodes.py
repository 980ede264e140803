"""Nodes of the queue engine beside the node model, and capacities of its junctions beside gap-acceptance theory.

Run from the project's root: ``python -m benchmarks.queue_nodes``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.gap_acceptance import ALL_WAY, MOVEMENTS, VOLUMES
from tests.oracles.test_node_model import CAPACITY, DEMAND, SUPPLY
from tests.support.junctions import Crossing
from tests.support.queue_junctions import departure_headways, minor_road, permitted_left, roundabout_entry
from tests.verification.test_queue_nodes import compared, random_node
from trafficsim.design.synthetic import junction

SECONDS = 10_000


def nodes() -> Iterator[str]:
    """Flows by approach over ten hours."""
    yield "| node | approach | theory veh/h | engine veh/h | difference |"
    yield "|---|--:|--:|--:|--:|"
    drawn = {"example of Tampère et al.": (np.array(DEMAND), np.array(CAPACITY), np.array(SUPPLY))}
    drawn |= {f"random {seed}": random_node(seed) for seed in range(5)}
    for name, node in drawn.items():
        found, theory = compared(*node, exit_m=1000.0)
        for approach, (seen, told) in enumerate(zip(found, theory, strict=True)):
            yield f"| {name} | {approach + 1} | {told:.1f} | {seen:.1f} | {100.0 * (seen / told - 1.0):+.1f} % |"


def crossings() -> Iterator[str]:
    """Yield and stop signs, and roundabout entries."""
    yield "| movement | passing veh/h | engine veh/h | theory, recorded | ratio |"
    yield "|---|--:|--:|--:|--:|"
    for sign, must_stop in (("yield", False), ("stop", True)):
        for movement, (gap_s, follow_up_s) in MOVEMENTS.items():
            if must_stop and movement.endswith("major road"):
                continue
            for volume in VOLUMES:
                seen = minor_road(volume, gap_s, follow_up_s, must_stop=must_stop, seconds=SECONDS)
                yield line(f"{sign}, {movement}", seen, gap_s, follow_up_s)
    for volume in (0, 200, 400, 600, 800, 1000):
        seen, (gap_s, follow_up_s) = roundabout_entry(volume, SECONDS)
        yield line("roundabout entry", seen, gap_s, follow_up_s)


def line(name: str, seen: Crossing, gap_s: float, follow_up_s: float) -> str:
    """Return a line of the table."""
    theory = seen.theory_veh_h(gap_s, follow_up_s)
    passing = len(seen.passed) / SECONDS * 3600.0
    return f"| {name} | {passing:.0f} | {seen.flow_veh_h:.0f} | {theory:.0f} | {seen.flow_veh_h / theory:.3f} |"


def others() -> Iterator[str]:
    """Permitted left turns, and departure headways of all-way stops."""
    yield "| opposing veh/h | left turns in green, per cycle | theory, recorded | sneakers per cycle | places |"
    yield "|--:|--:|--:|--:|--:|"
    for volume in (0, 200, 400, 600, 800):
        left = permitted_left(volume, 120)
        yield f"| {volume} | {left.in_green:.2f} | {left.theory:.2f} | {left.after_green:.2f} | {left.places} |"
    yield from ("", "| all-way stop, others | departure headways s | manual s |", "|---|---|--:|")
    for case, (arms, manual_s) in ALL_WAY.items():
        found = departure_headways(junction(control="all_way_stop"), arms, 3900)
        yield f"| {case} | {', '.join(f'{one:.2f}' for one in found)} | {manual_s} |"


def main() -> None:
    """Print the tables."""
    print(*nodes(), "", *crossings(), "", *others(), sep="\n")


if __name__ == "__main__":
    main()
