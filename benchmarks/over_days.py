"""What a year of many people costs beside the traffic: one chain of days, on one core.

    python -m benchmarks.over_days [--people 100000] [--days 365] [--sample 12]

The scenario is ``scenarios/arterial``, the alternative its two cameras and patrols at two places on random days. Told
are the CPU seconds of the whole chain, of the traffic in it (loops and compiling), the rest, and the peak of memory.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

from trafficsim.io.load import load_scenario, load_world
from trafficsim.plan.prepare import prepare
from trafficsim.policies.enforcing import Place
from trafficsim.policies.patrol import Patrol
from trafficsim.policies.speed_camera import CameraPlace, SpeedCamera
from trafficsim.results.frames import Labels
from trafficsim.run.chain import Chain, do_chain
from trafficsim.run.jobs import Setting
from trafficsim.run.rehearsal import rehearsed
from trafficsim.spec.calendar import Days, Hours, Schedule
from trafficsim.spec.population import Population

ARTERIAL = Path(__file__).resolve().parents[1] / "scenarios" / "arterial" / "scenario.toml"
CAMERAS = SpeedCamera(at=(CameraPlace(link="east5", position_m=200.0), CameraPlace(link="west5", position_m=200.0)))
PATROLS = Patrol(at=(Place(link="east10", position_m=1500.0), Place(link="west10", position_m=1500.0)),
                 schedule=Schedule(hours=(Hours(begin_h=0, end_h=8),)), officer_hours_per_day=16.0)


def main() -> None:
    """Run one chain and tell what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("people", 100_000), ("days", 365), ("sample", 12)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    scenario = load_scenario(ARTERIAL).model_copy(update={"population": Population(people=asked.people)})
    prepared = rehearsed(prepare(load_world(scenario, ARTERIAL.parent)))
    days = Days(number=asked.days, sample=asked.sample)
    chain = Chain(Labels(scenario.name, "enforcement", 1, "ca"), (CAMERAS, PATROLS), days)
    begin = time.process_time()
    outcomes = do_chain(Setting({scenario.name: prepared}), chain)
    whole = time.process_time() - begin
    runs = [one.tables["runs"] for one in outcomes]
    traffic = sum(float(run["loop_s"].sum() + run["compile_s"].sum()) for run in runs)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(f"{asked.people:,} people, {asked.days} days, {len(runs)} simulated: {whole:.1f} s of CPU")
    print(f"traffic {traffic:.1f} s, all else {whole - traffic:.1f} s; peak of memory {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
