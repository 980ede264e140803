"""A study of four policies on a town of the data folder, in paired replications: time, memory of each process, effects.

Run: python -m tests.experiments.metropolis OUT [--town ChicagoSketch] [--replications 30] [--workers 2] [--factor 1]
     [--routes free_flow]

Writes the scenario, the study, its tables and report.html into OUT; a second call goes on where the first one ended.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import trafficsim as ts
from tests.support.metropolis import TOWNS, write_town
from trafficsim.io.toml import dump_toml, read_toml
from trafficsim.results.store import read_tables

FAST_KMH = 85.0
KB_PER_MB = 1024.0
STUDY = """\
name = "{town}-policies"
scenarios = ["{scenario}"]
replications = 30
engines = ["queue"]
primary = ["mean_delay_s", "vehicle_h"]

[alternatives]
"do nothing" = []
"one in twenty stays at home" = [{{ kind = "mode_shift", trips = {{ share = 0.05 }} }}]
"80 km/h on fast roads" = [{{ kind = "speed_limit", on = {{ group = "fast" }}, limit_kmh = 80 }}]
"both" = [{{ kind = "mode_shift", trips = {{ share = 0.05 }} }}, \
{{ kind = "speed_limit", on = {{ group = "fast" }}, limit_kmh = 80 }}]
"one in ten drives a van" = [{{ kind = "vehicle_shift", trips = {{ share = 0.1 }}, to = "van" }}]
"""


def write_study(out: Path, town: str, data: Path, factor: float, routes: str) -> Path:
    """Write scenario and study, unless they are there."""
    study = out / "study.toml"
    if study.exists():
        return study
    out.mkdir(parents=True, exist_ok=True)
    scenario = write_town(town, data, out, factor, routes)
    text = read_toml(scenario)
    fast = [name for name, link in ts.build(scenario).network.links.items()
            if link["speed_limit_kmh"] > FAST_KMH and not link.get("connector")]
    text["network"]["groups"] = {"fast": fast}
    scenario.write_text(dump_toml(text))
    study.write_text(STUDY.format(town=town, scenario=scenario.name))
    return study


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--town", choices=sorted(TOWNS), default="ChicagoSketch")
    arguments.add_argument("--replications", type=int, default=30)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--factor", type=float, default=1.0)
    arguments.add_argument("--routes", default="free_flow")
    asked = arguments.parse_args()
    data = Path(os.environ.get("TRAFFICSIM_DATA", "../shared/data"))
    study = write_study(asked.out, asked.town, data, asked.factor, asked.routes)
    command = [sys.executable, "-m", "trafficsim", "compare", str(study), "--replications", str(asked.replications),
               "--workers", str(asked.workers), "--out", str(asked.out / "tables"), "--resume"]
    begin = time.perf_counter()
    subprocess.run(command, check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{time.perf_counter() - begin:,.0f} s, of all processes {used.ru_utime + used.ru_stime:,.0f} CPU s, "
          f"the largest process {used.ru_maxrss / KB_PER_MB:,.0f} MB")
    runs = read_tables(asked.out / "tables")["runs"]
    print(runs.groupby("alternative")[["demanded", "completed", "loop_s", "setup_s", "peak_mb"]].mean().round(1))
    subprocess.run([sys.executable, "-m", "trafficsim", "report", str(asked.out / "tables"), "--out",
                    str(asked.out / "report.html")], check=True)


if __name__ == "__main__":
    main()
