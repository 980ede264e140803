"""Draw the pictures of the README: ``python -m benchmarks.pictures``."""

from __future__ import annotations

from pathlib import Path

import trafficsim as ts
from trafficsim.plan.lower import lower
from trafficsim.results.timing import programs_with

ARTERIAL = Path(__file__).parents[1] / "scenarios" / "arterial"
SHOWN = {"do nothing": "before", "Webster and green wave": "after"}


def main() -> None:
    """Write the time-space diagrams of the arterial without and with its green wave."""
    study = ts.load(ARTERIAL / "study.toml")
    assert isinstance(study, ts.Study)
    chosen = {name: study.alternatives[name] for name in SHOWN}
    results = ts.run(study.model_copy(update={"alternatives": chosen}), replications=1)
    world = ts.build(ARTERIAL / "scenario.toml")
    for name, ending in SHOWN.items():
        traces = results.tables["trajectories"].query("alternative == @name and time_s < 1200")
        signals = programs_with(world.network, lower(world, chosen[name]).plan.signals)
        figure = ts.plot.time_space(traces, world, "king_road", signals)
        figure.savefig(ARTERIAL / f"time_space_{ending}.png", dpi=110)


if __name__ == "__main__":
    main()
