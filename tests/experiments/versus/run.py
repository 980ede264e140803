"""The same workload on trafficsim, SUMO and UXsim, one after the other on one core.

    python -m tests.experiments.versus.run [--case CASE]... [--peers sumo,sumo-meso,uxsim] [--minutes N] [--json]

Every simulator runs in a process of its own, so that its peak memory is its own. Loops alone are timed; networks,
routes and compiled kernels are ready before. Peers come with ``pip install '.[peers]'``; one that is not installed is
named and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.experiments.versus import sumo
from tests.experiments.versus.sumo_files import NotTheSame, write_files
from tests.experiments.versus.table import markdown
from tests.experiments.versus.workload import CASES, Workload, build

ROOT = Path(__file__).resolve().parents[3]
OURS = ("trafficsim-ca", "trafficsim-queue")
PEERS = {"sumo": ("sumo",), "sumo-meso": ("sumo-meso",), "uxsim": ("uxsim-1", "uxsim-5")}
REMEDY = "pip install '.[peers]'"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--case", action="append", choices=CASES, help="may be given several times; all without any")
    parser.add_argument("--peers", default=",".join(PEERS), help=f"some of {','.join(PEERS)}; empty for none")
    parser.add_argument("--minutes", type=float, default=60.0, help="simulated time, at most and by default 60")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--worker", nargs=2, metavar=("SIMULATOR", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.peers = [name for name in given.peers.split(",") if name]
    strange = sorted(set(given.peers) - set(PEERS))
    if strange or not 1.0 <= given.minutes <= 60.0:
        parser.error(f"unknown peers: {', '.join(strange)}; known: {', '.join(PEERS)}" if strange
                     else "minutes: from 1 to 60")
    return given


def installed(peers: list[str]) -> list[str]:
    """Return the simulators of the peers that are installed; say which are not, and the remedy."""
    there = {"sumo": sumo.program("sumo") and sumo.program("netconvert"), "uxsim": find_spec("uxsim")}
    missing = [peer for peer in peers if not there[peer.removesuffix("-meso")]]
    for peer in missing:
        print(f"{peer}: not installed, left out. Remedy: {REMEDY}", file=sys.stderr)
    return [name for peer in peers if peer not in missing for name in PEERS[peer]]


def compare(case: str, minutes: float, peers: list[str]) -> dict[str, Any]:
    """Run one case on all simulators; return what each says."""
    load = build(case, minutes)
    found = {}
    with tempfile.TemporaryDirectory() as place:
        simulators = [*OURS, *installed(peers)]
        if any(name.startswith("sumo") for name in simulators):
            converter = sumo.program("netconvert")
            assert converter is not None
            write_files(load, Path(place), converter)
        for name in simulators:
            print(f"{case}: {name} ...", file=sys.stderr, flush=True)
            result = in_own_process(case, minutes, name, place)
            if result is not None:
                found[name] = result
    check_demand(load, found)
    return found


def in_own_process(case: str, minutes: float, name: str, folder: str) -> dict[str, Any] | None:
    """Run one simulator in a process of its own; one that fails says so itself, and gives nothing."""
    command = [sys.executable, "-m", "tests.experiments.versus.run",
               "--case", case, "--minutes", str(minutes), "--worker", name, folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT)
    if done.returncode != 0:
        print(f"{case}: {name} failed with status {done.returncode}, left out", file=sys.stderr)
        return None
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def work(case: str, minutes: float, name: str, folder: Path) -> dict[str, Any]:
    """Be the process of one simulator, on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if name.startswith("sumo"):
        return sumo.run(folder, round(60 * minutes), name == "sumo-meso")
    if name.startswith("uxsim"):
        from tests.experiments.versus import uxsim_world

        return uxsim_world.run(case, minutes, int(name.removeprefix("uxsim-")))
    from tests.experiments.versus import ours, ours_queue

    return ours_queue.run(case, minutes) if name == "trafficsim-queue" else ours.run(case, minutes)


def check_demand(load: Workload, found: dict[str, Any]) -> None:
    """Refuse a comparison in which a simulator got another number of trips; platoons may lack less than one."""
    for name, result in found.items():
        if not len(load.trips) - 5 < result["demanded"] <= len(load.trips):
            raise NotTheSame(f"{name} has {result['demanded']} trips of {len(load.trips)}")


def main() -> int:
    """Do what the command line asks for."""
    given = arguments()
    cases = given.case or list(CASES)
    if given.worker:
        print(json.dumps(work(cases[0], given.minutes, given.worker[0], Path(given.worker[1]))))
        return 0
    try:
        found = {case: compare(case, given.minutes, given.peers) for case in cases}
    except NotTheSame as problem:
        print(f"versus: {problem}", file=sys.stderr)
        return 1
    if any(name not in results for name in OURS for results in found.values()):
        return 1
    print(json.dumps({"minutes": given.minutes, "cases": found}) if given.json else markdown(found, given.minutes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
