"""Drivers of SUMO files, mapped, beside SUMO: ``python -m benchmarks.sumo_drivers [--record]``.

Every type stands in a queue at a signal (saturation flow, start-up lost time, vehicles per saturated cycle) and drives
alone (free speed), in the cellular automaton and in SUMO. SUMO's figures are those recorded with 1.28.0; ``--record``
runs SUMO anew (package eclipse-sumo) and writes them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.experiments.cities.spread import NoSumo
from tests.experiments.drivers import ours, sumo
from tests.experiments.drivers.cases import ALL_CASES, Case
from tests.experiments.drivers.figures import Figures, figures, record, recorded

HEADER = ("type", "accel decel tau sigma gap length", "veh/h: SUMO", "ours", "%", "lost s: SUMO", "ours", "difference",
          "free km/h: SUMO", "ours", "per cycle: SUMO", "ours", "same")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Drivers of SUMO files, mapped, beside SUMO.")
    parser.add_argument("--record", action="store_true", help="run SUMO and write its figures first")
    given = parser.parse_args()
    if given.record:
        try:
            record({case.name: of_sumo(case) for case in ALL_CASES})
        except NoSumo as absent:
            print(absent, file=sys.stderr)
            return 2
    print("| " + " | ".join(HEADER) + " |")
    print("|---|---|" + "--:|" * (len(HEADER) - 3) + "---|")
    theirs = recorded()
    for case in ALL_CASES:
        print(row(case, of_ours(case), theirs[case.name]), flush=True)
    return 0


def of_sumo(case: Case) -> Figures:
    """Measure a type in SUMO."""
    with tempfile.TemporaryDirectory() as place:
        files = sumo.build(Path(place), case.limit_kmh)
        return figures(sumo.crossings(files, case), sumo.free_speeds_ms(files, case))


def of_ours(case: Case) -> Figures:
    """Measure the class that the importer makes of a type."""
    return figures(ours.crossings(case), ours.free_speeds_ms(case))


def row(case: Case, mine: Figures, theirs: Figures) -> str:
    """Return one row of the table."""
    given = " ".join(case.attributes.get(name, "·") for name in ("accel", "decel", "tau", "sigma", "minGap", "length"))
    cells = (
        case.name, given, f"{theirs.flow_veh_h:.0f}", f"{mine.flow_veh_h:.0f}",
        f"{100 * (mine.flow_veh_h / theirs.flow_veh_h - 1):+.1f}", f"{theirs.lost_s:.2f}", f"{mine.lost_s:.2f}",
        f"{mine.lost_s - theirs.lost_s:+.2f}", f"{theirs.free_kmh:.1f}", f"{mine.free_kmh:.1f}",
        f"{theirs.per_cycle:.1f}", f"{mine.per_cycle:.1f}", "yes" if mine.agrees(theirs) else "no",
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
