"""SUMO's own spread: 20 seeds, tau 10 % up, sigma 10 % up and down. Needs the program of the package eclipse-sumo.

Tau 10 % down is left out: 0.9 s is less than the step of 1 s, for which the Krauss model of SUMO is not free of
collisions. In cologne1 686 of 2,015 vehicles collide and are moved on ("teleported"), and the mean travel time falls
from 61 s to 40 s: an artefact, not a spread.
"""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .data import Files, city_files, read_trips

SEEDS = range(1, 21)
TAU_S, SIGMA = 1.0, 0.5
"""SUMO's defaults of the Krauss model, which all vehicle types of these cities use."""
VARIATIONS = ((1.1, 1.0), (1.0, 0.9), (1.0, 1.1))
"""Factors of (tau, sigma), each run with the first five seeds."""


class NoSumo(Exception):
    """The program sumo is not installed."""


class Run(NamedTuple):
    """Factors of tau and sigma, seed, mean travel time, mean time loss including departure delay."""

    tau: float
    sigma: float
    seed: int
    travel_s: float
    loss_s: float


def find_sumo() -> str | None:
    """Return the path of the sumo program, next to this Python or on the search path; None if there is none."""
    beside = Path(sys.executable).parent / "sumo"
    return str(beside) if beside.is_file() else shutil.which("sumo")


def sumo_command(files: Files) -> list[str]:
    """Return the command with which the reference was made, without outputs.

    Raises
    ------
    NoSumo
        If the program is not installed.
    """
    program = find_sumo()
    if program is None:
        raise NoSumo("The program sumo was not found; install the package eclipse-sumo==1.28.0.")
    command = [program, "-n", str(files.network), "-r", ",".join(map(str, files.routes)), "--no-warnings",
               "--no-step-log"]
    # Detectors would write files of their own, and move nothing.
    additional = [str(path) for path in files.additional if "detectors" not in path.name]
    return [*command, "-a", ",".join(additional)] if additional else command


def sumo_runs(folder: Path, name: str) -> Iterator[Run]:
    """Run SUMO with all seeds and variations."""
    cases = [(1.0, 1.0, seed) for seed in SEEDS]
    cases += [(tau, sigma, seed) for tau, sigma in VARIATIONS for seed in SEEDS[:5]]
    for tau, sigma, seed in cases:
        with tempfile.TemporaryDirectory() as place:
            yield run_sumo(city_files(folder, name), Path(place), (tau, sigma, seed))


def run_sumo(files: Files, place: Path, case: tuple[float, float, int]) -> Run:
    """Run SUMO once, in the folder ``place``, as the reference was run except for (tau, sigma, seed)."""
    tau, sigma, seed = case
    varied = Files(files.network, *(tuple(_varied(path, place, tau, sigma) for path in paths) for paths in files[1:]))
    trips = place / "trips.xml"
    command = [*sumo_command(varied), "--seed", str(seed), "--tripinfo-output", str(trips)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    table = read_trips(trips)
    return Run(tau, sigma, seed, float(np.mean(table["duration"])),
               float(np.mean(table["timeLoss"] + table["departDelay"])))


def _varied(path: Path, place: Path, tau: float, sigma: float) -> Path:
    """Write a copy whose vehicle types have tau and sigma multiplied; untouched files are used as they are."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as stream:
        text = stream.read()
    if "<vType " not in text:
        return path
    copy = place / path.name.removesuffix(".gz")
    copy.write_text(re.sub(r"<vType [^>]*>", lambda tag: _vary(tag.group(), tau, sigma), text))
    return copy


def _vary(tag: str, tau: float, sigma: float) -> str:
    for name, default, factor in (("tau", TAU_S, tau), ("sigma", SIGMA, sigma)):
        given = re.search(rf'\b{name}="([^"]*)"', tag)
        value = (float(given.group(1)) if given else default) * factor
        tag = re.sub(rf'\s{name}="[^"]*"', "", tag).replace("<vType ", f'<vType {name}="{value:.4g}" ', 1)
    return tag


def print_spread(folder: Path, names: list[str]) -> None:
    """Run and print the band of each city, as a line of the table in ``bands.py``."""
    for name in names:
        runs = []
        for run in sumo_runs(folder, name):
            runs.append(run)
            print(name, *run, file=sys.stderr, flush=True)
        travel, loss = [run.travel_s for run in runs], [run.loss_s for run in runs]
        print(f'    "{name}": Band(({min(travel):.1f}, {max(travel):.1f}), ({min(loss):.1f}, {max(loss):.1f})),',
              flush=True)
