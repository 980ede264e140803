"""SUMO, microscopic and mesoscopic with signals; run as the program ``sumo``."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from tests.experiments.versus.outcome import Spent, Traffic, outcome
from tests.experiments.versus.sumo_files import NET, ROUTES

OPTIONS = ("--step-length", "1", "--no-step-log", "true", "--no-warnings", "true", "--route-steps", "0", "--seed", "42",
           "--duration-log.statistics", "true")
MESO = ("--mesosim", "true", "--meso-junction-control", "true")


def program(name: str) -> str | None:
    """Return the path of a program of SUMO, next to this Python or on the search path; None if there is none."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.is_file() else shutil.which(name)


def run(folder: Path, seconds: int, meso: bool) -> dict[str, Any]:
    """Run the files of a workload; what loading takes is measured by a run of no step and taken off."""
    sumo = program("sumo")
    assert sumo is not None
    command = [sumo, "-n", str(folder / NET), "-r", str(folder / ROUTES), *OPTIONS, *(MESO if meso else ())]
    loading_s = _cpu_s([*command, "--end", "0"])
    written = ["--statistic-output", str(folder / "statistics.xml"), "--summary-output", str(folder / "summary.xml")]
    cpu_s = _cpu_s([*command, *written, "--end", str(seconds)]) - loading_s
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0
    traffic, wall_s, more = read(folder)
    found = outcome(traffic, Spent(wall_s, cpu_s, peak_mb), seconds, version(sumo))
    return {**found, **more}


def _cpu_s(command: list[str]) -> float:
    """Run a program to its end; return the processor time that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def read(folder: Path) -> tuple[Traffic, float, dict[str, Any]]:
    """Read what the run wrote: traffic, clock seconds of the loop, vehicles it moved by hand and never let in."""
    root = ET.parse(folder / "statistics.xml").getroot()
    vehicles, trips = _numbers(root, "vehicles"), _numbers(root, "vehicleTripStatistics")
    completed = int(trips["count"])
    vehicle_s = sum(float(step.get("running", "0")) for step in ET.parse(folder / "summary.xml").getroot().iter("step"))
    travel_s = completed * (trips["duration"] + trips["departDelay"]) if completed else 0.0
    traffic = Traffic(int(vehicles["loaded"]), completed, travel_s, vehicle_s)
    more = {"teleports": int(_numbers(root, "teleports")["total"]), "waiting": int(vehicles["waiting"])}
    return traffic, _numbers(root, "performance")["clockDuration"], more


def _numbers(root: ET.Element, tag: str) -> dict[str, float]:
    row = root.find(tag)
    assert row is not None, f"SUMO's statistics have no {tag}"
    return {name: float(value) for name, value in row.items()}


def version(sumo: str) -> str:
    """Return SUMO's version."""
    said = subprocess.run([sumo, "--version"], check=True, capture_output=True, text=True).stdout
    return said.splitlines()[0].split()[-1]
