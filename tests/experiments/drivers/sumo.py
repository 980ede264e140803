"""One approach to a signal in SUMO: crossing times of its stop line, and free speeds."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

import numpy as np
from defusedxml.ElementTree import parse

from tests.experiments.cities.spread import NoSumo, find_sumo

from .cases import (
    CLEARED_M,
    CYCLE_S,
    FREE_S,
    GREEN_S,
    LENGTH_M,
    MEASURED_M,
    SKIPPED,
    YELLOW_S,
    Case,
)

LOOP = '<instantInductionLoop id="{0}" lane="{1}_0" pos="{2}" file="{0}.xml" friendlyPos="true"/>'


STEP_S = 1.0
"""In the step of clock time t signals change first.

Then vehicles move from where they were at t - 1 s to where they are
at t: the first way under green begins one step before the programme's start of green."""


class Files(NamedTuple):
    """A network of one approach with its signal."""

    folder: Path
    network: Path


def build(folder: Path, limit_kmh: float) -> Files:
    """Make the network with netconvert: ``in``, a signal with one movement, ``out``.

    Raises
    ------
    NoSumo
        If the programs of SUMO are not installed.
    """
    program = find_sumo()
    if program is None:
        raise NoSumo("The program sumo was not found; install the package eclipse-sumo==1.28.0.")
    places = {"a": 0.0, "s": LENGTH_M, "b": LENGTH_M + CLEARED_M + MEASURED_M}
    nodes = "".join(f'<node id="{name}" x="{x}" y="0" type="{"traffic_light" if name == "s" else "priority"}"/>'
                    for name, x in places.items())
    edges = "".join(f'<edge id="{name}" from="{a}" to="{b}" numLanes="1" speed="{limit_kmh / 3.6:.6f}"/>'
                    for name, a, b in (("in", "a", "s"), ("out", "s", "b")))
    (folder / "n.nod.xml").write_text(f"<nodes>{nodes}</nodes>")
    (folder / "n.edg.xml").write_text(f"<edges>{edges}</edges>")
    network = folder / "n.net.xml"
    netconvert = str(Path(program).with_name("netconvert"))
    subprocess.run([netconvert, "-n", "n.nod.xml", "-e", "n.edg.xml", "-o", network.name], cwd=folder, check=True,
                   capture_output=True)
    return Files(folder, network)


def crossings(files: Files, case: Case, seed: int = 1) -> list[np.ndarray]:
    """Return, by cycle, the crossing times after the start of green of an approach that always has a queue."""
    length = _lane_length_m(files.network, "in")
    red = CYCLE_S - GREEN_S - YELLOW_S
    phases = "".join(f'<phase duration="{duration}" state="{state}"/>'
                     for duration, state in ((GREEN_S, "G"), (YELLOW_S, "y"), (red, "r")))
    program = f'<tlLogic id="s" type="static" programID="1" offset="0">{phases}</tlLogic>'
    end = case.cycles * CYCLE_S
    flow = f'<flow id="f" type="t" route="r" begin="0" end="{end}" period="1" departPos="last" departSpeed="last"/>'
    _run(files, case, flow, program + LOOP.format("line", "in", length - 0.05), (end, seed))
    line = _traversals(files.folder / "line.xml")
    times = np.array(sorted(line.values()))
    starts = np.arange(SKIPPED, case.cycles) * CYCLE_S - STEP_S
    return [times[(times >= start) & (times < start + CYCLE_S)] - start for start in starts]


def free_speeds_ms(files: Files, case: Case, seed: int = 1) -> np.ndarray:
    """Return mean speeds over a kilometre of vehicles that have the road to themselves."""
    length = _lane_length_m(files.network, "out")
    begin, end = length - MEASURED_M - 10.0, length - 10.0
    program = '<tlLogic id="s" type="static" programID="1" offset="0"><phase duration="1000" state="G"/></tlLogic>'
    loops = LOOP.format("begin", "out", begin) + LOOP.format("end", "out", end)
    last = case.free_vehicles * FREE_S
    flow = f'<flow id="f" type="t" route="r" begin="0" end="{last}" period="{FREE_S}" departSpeed="max"/>'
    _run(files, case, flow, program + loops, (last + 600.0, seed))
    first, second = (_traversals(files.folder / f"{name}.xml") for name in ("begin", "end"))
    return np.array([(end - begin) / (second[name] - first[name]) for name in second])


def _run(files: Files, case: Case, flow: str, additional: str, run: tuple[float, int]) -> None:
    end, seed = run
    attributes = " ".join(f'{name}="{value}"' for name, value in case.attributes.items())
    types = f'<vType id="t" {attributes}/>'
    (files.folder / "r.rou.xml").write_text(f'<routes>{types}<route id="r" edges="in out"/>{flow}</routes>')
    (files.folder / "a.add.xml").write_text(f"<additional>{additional}</additional>")
    subprocess.run([str(find_sumo()), "-n", files.network.name, "-r", "r.rou.xml", "-a", "a.add.xml", "--no-warnings",
                    "--no-step-log", "--end", str(end), "--seed", str(seed), "--time-to-teleport", "-1"],
                   cwd=files.folder, check=True, capture_output=True)


def _traversals(path: Path) -> dict[str, float]:
    root = parse(path).getroot()
    return {row.get("vehID"): float(row.get("time")) for row in root if row.get("state") == "enter"}


def _lane_length_m(network: Path, edge: str) -> float:
    return next(float(lane.get("length")) for lane in parse(network).getroot().iter("lane")
                if lane.get("id") == f"{edge}_0")
