"""Greens of signals that react, beside SUMO's own: six actuated signals of a shopping street, with the same trips."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pandas as pd
from defusedxml.ElementTree import parse

import trafficsim as ts
from tests.experiments.cities.data import city_files
from tests.experiments.cities.spread import sumo_command
from trafficsim.results.signals import Span, shown_greens
from trafficsim.spec.network import Network

CITY = "doerpfeldstr"
BEGIN_S, END_S, BEFORE_S = 50300.0, 53900.0, 600.0
"""Greens count from so long after the begin on, and up to the end of the hour after which a detector that nobody has
passed would be taken for one that has failed."""
ENGINES = ("ca", "queue")
SEEDS = (1, 2, 3)
GREEN_S, CYCLE_SHARE = 2.0, 0.05
"""By how much mean greens and cycles may differ: one vehicle more or less in each green, at a saturation flow of 1,800
veh/h; and what is accepted between readers of one timing plan (docs/validation/formats.md)."""
GREENS = "Gg"


class Stages(NamedTuple):
    """Movements of a signal that are green in the same stages: their signal indices, and numbers of the stages."""

    signal: str
    indices: tuple[int, ...]
    stages: tuple[int, ...]


class Greens(NamedTuple):
    """How often movements were green, for how long on average, and the mean time from one begin to the next."""

    times: int
    green_s: float
    cycle_s: float


Measured = Mapping[Stages, Greens]


def stages_of(network: Network) -> Iterator[Stages]:
    """Yield the movements of vehicles at signals that react, those together that are green in the same stages."""
    for control in network.controls:
        used = sorted({one.signal_index or 0 for one in network.connections if one.signal == control.id})
        together: dict[tuple[int, ...], list[int]] = {}
        for index in used:
            numbers = tuple(one.number for one in control.phases if one.green[index] in GREENS)
            together.setdefault(numbers, []).append(index)
        yield from (Stages(control.id, tuple(indices), numbers) for numbers, indices in together.items()
                    if 0 < len(numbers) < len(control.phases))


def in_sumo(folder: Path, seed: int, wanted: Sequence[Stages]) -> Measured:
    """Run SUMO, and measure what its signals showed.

    Raises
    ------
    NoSumo
        If the program is not installed.
    """
    with TemporaryDirectory() as place:
        states, asked = Path(place) / "states.xml", Path(place) / "asked.add.xml"
        names = dict.fromkeys(one.signal for one in wanted)
        asked.write_text("<additional>" + "".join(
            f'<timedEvent type="SaveTLSSwitchStates" source="{name}" dest="{states}"/>' for name in names)
            + "</additional>")
        command = sumo_command(city_files(folder, CITY))
        command[command.index("-a") + 1] += f",{asked}"
        subprocess.run([*command, "--seed", str(seed), "-b", str(BEGIN_S), "-e", str(END_S)], check=True,
                       stdout=subprocess.DEVNULL)
        rows = [(row.get("id"), float(row.get("time")), row.get("state")) for row in parse(states).getroot()]
    shown = pd.DataFrame([(name, str(index), letter, since_s) for name, since_s, state in rows
                          for index, letter in enumerate(state)], columns=["program", "groups", "state", "since_s"])
    return measured(shown, wanted)


def world_of(folder: Path) -> ts.World:
    """Return the world of the street, with the trips that SUMO runs."""
    found = ts.read(*city_files(folder, CITY)[:1], **_more(folder))
    time = ts.Time(start_s=BEGIN_S, analysis_s=END_S - BEGIN_S, clear_s=0.0, interval_s=950.0)
    return ts.build(ts.Scenario(name=CITY, network=found.network, demand=found.demand, drivers=found.drivers,
                                vehicle_classes=found.vehicle_classes, time=time))


def _more(folder: Path) -> dict[str, tuple[Path, ...]]:
    files = city_files(folder, CITY)
    return {"routes": files.routes, "additional": files.additional}


def in_engine(world: ts.World, engine: str, wanted: Sequence[Stages], seed: int = 1) -> Measured:
    """Run an engine, and measure what its signals showed."""
    return measured(ts.run(world, engine=engine, seed=seed).tables["signals_shown"], wanted)


def measured(shown: pd.DataFrame, wanted: Sequence[Stages]) -> Measured:
    """Measure greens that begin and end, and cycles that begin and end, after the first minutes."""
    return {one: _measured(shown_greens(shown, one.signal, one.indices, (BEGIN_S, END_S))) for one in wanted}


def _measured(greens: Sequence[Span]) -> Greens:
    whole = [(begin, end) for begin, end in greens if begin >= BEGIN_S + BEFORE_S and end < END_S]
    begins = [begin for begin, _ in whole]
    return Greens(len(whole), sum(end - begin for begin, end in whole) / len(whole),
                  (begins[-1] - begins[0]) / (len(begins) - 1))


def mean(runs: Sequence[Measured]) -> Measured:
    """Return the mean over runs."""
    return {one: Greens(*(sum(values) / len(runs) for values in zip(*(run[one] for run in runs), strict=True)))
            for one in runs[0]}
