"""How long the outcomes of a large study take: ``python -m benchmarks.outcomes_speed [LINKS]``, from the root.

Five alternatives, 20 replications, 10,000 links that all change: from tables in memory to the comparison.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from trafficsim.results.compared import compared
from trafficsim.results.frames import Labels, frame, nullable, strings
from trafficsim.results.question import Question
from trafficsim.spec.casualties import Casualties

ALTERNATIVES, REPLICATIONS = ("do nothing", "a", "b", "c", "d"), 20


def tables(links: int) -> dict[str, pd.DataFrame]:
    """Runs in which every link is driven at another speed under every alternative."""
    random, names = np.random.default_rng(1), [f"link{number}" for number in range(links)]
    free, urban = random.uniform(30.0, 90.0, links), random.random(links) < 0.5
    kinds = ("indicators", "links", "free_speeds", "ledger", "runs")
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in kinds}
    for number in range(1, REPLICATIONS + 1):
        for place, arm in enumerate(ALTERNATIVES):
            labels = Labels("town", arm, number, "ca")
            mean = free * (1.0 - 0.03 * place * random.random(links))
            parts["indicators"].append(frame(labels, {
                "indicator": strings(["mean_delay_s"]), "value": nullable([1.0]), "unit": strings(["s"]),
                "reason": strings([None])}))
            parts["links"].append(frame(labels, {"link": strings(names), "vehicle_km": nullable(np.full(links, 5.0))}))
            parts["free_speeds"].append(frame(labels, {
                "place": strings(names), "link": strings(names),
                "road_class": strings(np.where(urban, "urban", "rural").tolist()),
                "limit_kmh": nullable(np.full(links, 50.0)), "undisturbed": nullable(np.full(links, True)),
                "unimpeded_traversals": nullable(np.full(links, 40)), "unimpeded_mean_kmh": nullable(mean)}))
            parts["ledger"].append(frame(labels, {"field": strings(["link.speed_limit_ms"] if place else [])}))
            parts["runs"].append(frame(labels, {"status": strings(["complete"])}))
    return {name: pd.concat(part, ignore_index=True) for name, part in parts.items()}


def main() -> None:
    made = tables(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    begin, used = time.perf_counter(), time.process_time()
    found = compared(made, Question(primary=("ksi_rel",), outcomes={"casualties": Casualties()}))
    print(f"{time.perf_counter() - begin:.1f} s, {time.process_time() - used:.1f} s of processor time")
    print(found.table("ksi_rel")[["alternative", "diff", "low", "high", "verdict"]].to_string(index=False))


if __name__ == "__main__":
    main()
