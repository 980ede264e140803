"""Capacities of junctions: the engine beside gap-acceptance theory on its own recorded passings, and the manual.

Run from the project's root: ``python -m benchmarks.gap_acceptance [HOURS]``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from math import exp

from tests.oracles.gap_acceptance import capacity_veh_h
from tests.support.junctions import (
    BEGIN_S,
    Crossing,
    departure_headways,
    minor_road,
    permitted_left,
    roundabout_entry,
)
from trafficsim.design.synthetic import junction

HEAD = "| movement | passing veh/h | engine veh/h | theory, recorded | ratio | Poisson stream, manual |"
RULE = "|---|--:|--:|--:|--:|--:|"
MOVEMENTS = {
    "left from the major road": (4.1, 2.2), "right from the minor road": (6.2, 3.3), "through": (6.5, 4.0),
    "left from the minor road": (7.1, 3.5),
}
VOLUMES = (0, 300, 600, 900)
ALL_WAY = {"alone": ((0,), 3.9), "facing": ((0, 2), 4.7), "across": ((0, 1), 5.8), "three": ((0, 1, 2), 7.0),
           "four": ((0, 1, 2, 3), 9.6)}


def row(name: str, seen: Crossing, gap_s: float, follow_up_s: float, manual: float) -> str:
    """Return a line of the table."""
    theory = seen.theory_veh_h(gap_s, follow_up_s)
    passing = (seen.passed >= BEGIN_S).sum() / seen.hours
    ratio = seen.flow_veh_h / theory
    return f"| {name} | {passing:.0f} | {seen.flow_veh_h:.0f} | {theory:.0f} | {ratio:.3f} | {manual:.0f} |"


def crossings(seconds: int) -> Iterator[str]:
    """Yield and stop signs, and roundabout entries."""
    for sign, must_stop in (("yield", False), ("stop", True)):
        for movement, (gap_s, follow_up_s) in MOVEMENTS.items():
            if must_stop and movement.endswith("major road"):
                continue
            for volume in VOLUMES:
                seen = minor_road(volume, gap_s, follow_up_s, must_stop=must_stop, seconds=seconds)
                manual = capacity_veh_h(volume, gap_s, follow_up_s)
                yield row(f"{sign}, {movement}", seen, gap_s, follow_up_s, manual)
    for volume in (0, 200, 400, 600, 800, 1000):
        seen, (gap_s, follow_up_s) = roundabout_entry(volume, seconds)
        yield row("roundabout entry", seen, gap_s, follow_up_s, 1380.0 * exp(-0.00102 * volume))


def lefts(cycles: int) -> Iterator[str]:
    """Permitted left turns with sneakers."""
    yield "| opposing veh/h | left turns in green, per cycle | theory, recorded | sneakers per cycle | places |"
    yield "|--:|--:|--:|--:|--:|"
    for volume in (0, 200, 400, 600, 800):
        left = permitted_left(volume, cycles)
        yield f"| {volume} | {left.in_green:.2f} | {left.theory:.2f} | {left.after_green:.2f} | {left.places} |"


def stops(seconds: int) -> Iterator[str]:
    """Departure headways of all-way stops."""
    yield "| all-way stop, others | departure headways s | manual s |"
    yield "|---|---|--:|"
    for case, (arms, manual_s) in ALL_WAY.items():
        found = departure_headways(junction(control="all_way_stop"), arms, seconds)
        yield f"| {case} | {', '.join(f'{one:.2f}' for one in found)} | {manual_s} |"


def main() -> None:
    """Print the tables."""
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    seconds = BEGIN_S + round(3600 * hours)
    print(HEAD, RULE, *crossings(seconds), "", *lefts(round(60 * hours)), "", *stops(seconds), sep="\n")


if __name__ == "__main__":
    main()
