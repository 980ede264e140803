"""Draw the picture of the README: ``python -m benchmarks.pictures``."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

import trafficsim as ts
from trafficsim.plan.lower import lower
from trafficsim.results.timing import programs_with

ARTERIAL = Path(__file__).parents[1] / "scenarios" / "arterial"
SHOWN = {"do nothing": "Before: eight signals, nothing coordinated", "Webster and green wave": "After: a green wave"}
UNTIL_S = 900


def main() -> None:
    """Write the time-space diagrams of the arterial without and with its green wave, one above the other."""
    study = ts.load(ARTERIAL / "study.toml")
    assert isinstance(study, ts.Study)
    chosen = {name: study.alternatives[name] for name in SHOWN}
    results = ts.run(study.model_copy(update={"alternatives": chosen}), replications=1)
    world = ts.build(ARTERIAL / "scenario.toml")
    panels = []
    for name, title in SHOWN.items():
        traces = results.tables["trajectories"].query("alternative == @name and time_s < @UNTIL_S")
        signals = programs_with(world.network, lower(world, chosen[name]).plan.signals)
        figure = ts.plot.time_space(traces, world, "king_road", signals)
        figure.suptitle(title, fontsize=11)
        drawn = BytesIO()
        figure.savefig(drawn, dpi=100)
        panels.append(np.asarray(Image.open(drawn).convert("RGB")))
    small = Image.fromarray(np.vstack(panels)).quantize(64)  # few colours: a third of the size
    small.save(ARTERIAL / "time_space.png", optimize=True)


if __name__ == "__main__":
    main()
