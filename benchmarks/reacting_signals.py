"""Signals that react beside SUMO's own: ``python -m benchmarks.reacting_signals``.

A shopping street of Berlin with six actuated signals that cars obey, its trips given as routes: mean greens and cycles
of SUMO, and of both engines on the imported network, over three seeds each. Needs the package eclipse-sumo.
"""

from __future__ import annotations

import sys

from tests.experiments.cities.spread import NoSumo
from tests.experiments.reacting_greens import ENGINES, SEEDS, in_engine, in_sumo, mean, stages_of, world_of
from tests.support.real_data import NoData, data_folder

SHORT = 16
HEADER = ("signal", "stages", "greens in SUMO", "mean green (s): SUMO", "lowest to highest seed", *ENGINES,
          "mean cycle (s): SUMO", *ENGINES)


def main() -> int:
    """Print the table."""
    try:
        folder = data_folder()
        world = world_of(folder)
        wanted = list(stages_of(world.network))
        theirs = [in_sumo(folder, seed, wanted) for seed in SEEDS]
    except (NoData, NoSumo) as absent:
        print(absent, file=sys.stderr)
        return 2
    ours = [mean([in_engine(world, engine, wanted, seed) for seed in SEEDS]) for engine in ENGINES]
    print("| " + " | ".join(HEADER) + " |")
    print("|---|---|" + "--:|" * (len(HEADER) - 2))
    both = [mean(theirs), *ours]
    for one in wanted:
        greens = [run[one].green_s for run in theirs]
        cells = (f"{one.signal[:SHORT]}{'…' if len(one.signal) > SHORT else ''}", ", ".join(map(str, one.stages)),
                 f"{both[0][one].times:.0f}", f"{both[0][one].green_s:.1f}", f"{min(greens):.1f} to {max(greens):.1f}",
                 *(f"{each[one].green_s:.1f}" for each in ours), f"{both[0][one].cycle_s:.1f}",
                 *(f"{each[one].cycle_s:.1f}" for each in ours))
        print("| " + " | ".join(cells) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
