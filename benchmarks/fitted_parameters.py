"""Fits of free speed, spread and saturation flow to one day with known drivers: are they found, and do intervals cover?

Run from the project's root: ``python -m benchmarks.fitted_parameters ENGINE EXPERIMENTS``. Drivers of each experiment
are drawn from what is believed before; the road has two signals, at a degree of saturation of 0.8.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

import trafficsim as ts
from trafficsim.design.calibration.observations import FreeSpeeds
from trafficsim.run.calibration.driver_parameters import Simulating, fit_parameters, with_factors
from trafficsim.run.runner import run_scenario
from trafficsim.spec.calibration import knob_named
from trafficsim.spec.counts import Count, Counts
from trafficsim.spec.scenario import Detector
from trafficsim.spec.world import World

NAMES = ("free_speed.urban", "speed_spread.urban", "saturation_flow")
LINKS = ("east1", "east2", "east3", "east4")
CYCLE_S, GREEN_S = 80.0, 40.0
VOLUME_VEH_H = 740.0
"""Eight tenths of what 40 s of green in 80 s let pass of a lane with default drivers: queues clear, on most days."""


def road() -> World:
    """A road with two signals, for 40 minutes."""
    network = ts.corridor([400.0] * 4, signals=[1, 3], side_streets=[1, 3])
    flows = (ts.Flow(id="main", origin="east1", destination="east4", volume_veh_h=VOLUME_VEH_H),)
    return ts.build(ts.Scenario(name="road", time=ts.Time(warmup_s=300, analysis_s=2400, interval_s=300),
                                network=network, demand=ts.DemandSource(flows=flows, routes="free_flow")))


def day_of(world: World, seed: int, engine: str) -> tuple[list[Count], list[FreeSpeeds]]:
    """What detectors in the middle of the links count on a day of its own."""
    places = tuple(Detector(id=link, link=link, position_m=200.0) for link in LINKS)
    scenario = world.scenario.model_copy(update={"detectors": places, "seed": seed})
    tables = run_scenario(replace(world, scenario=scenario), engine=engine).tables
    rows = tables["detectors"].rename(columns={"count": "vehicles"})
    counts = [Count(one.detector, "link", one.link, "", "", float(one.begin_s), float(one.end_s), "all",
                    float(one.vehicles), float(one.time_mean_speed_kmh))
              for one in rows[rows["vehicles"] > 0].itertuples()]
    free = tables["speeds"][tables["speeds"]["role"] == "detector"]
    speeds = [FreeSpeeds(one.link, float(one.unimpeded_mean_kmh), float(one.unimpeded_sd_kmh),
                         float(one.unimpeded_traversals))
              for one in free.itertuples() if one.link != "east1" and one.unimpeded_traversals > 30]
    return counts, speeds


def main() -> None:
    """Print a table with a row per experiment and parameter."""
    engine, experiments = sys.argv[1], int(sys.argv[2])
    generator = np.random.default_rng(11)
    print("| engine | experiment | parameter | true | estimate | 95 % interval | covers | learnt | runs |",
          "|---|--:|---|--:|--:|---|---|--:|--:|", sep="\n")
    covered = []
    for number in range(1, experiments + 1):
        truth = {name: float(np.clip(generator.normal(1.0, knob_named(name).belief.sd), 0.75, 1.25)) for name in NAMES}
        counts, speeds = day_of(with_factors(road(), truth), 1000 + number, engine)
        found = fit_parameters(road(), Counts(tuple(counts)), NAMES, speeds=speeds, simulating=Simulating(engine, 8))
        for row in found.parameters.itertuples():
            true = truth[row.parameter]
            covered.append(row.low <= true <= row.high)
            holds = "yes" if covered[-1] else "no"
            print(f"| {engine} | {number} | {row.parameter} | {true:.3f} | {row.factor:.3f} | {row.low:.3f} to "
                  f"{row.high:.3f} | {holds} | {row.learnt:.2f} | {found.fit.runs} |", flush=True)
    print(f"\n{sum(covered)} of {len(covered)} intervals hold the true value.")


if __name__ == "__main__":
    main()
