"""Scenario files like others, in which demand or drivers differ; what they need stands beside them."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os.path import isfile
from pathlib import Path
from typing import Any

from trafficsim.base.errors import InputError, MachineError
from trafficsim.io.counts import write_counts
from trafficsim.io.matrices import write_matrix
from trafficsim.io.network_file import write_network
from trafficsim.io.scenario_file import rows_of_models
from trafficsim.io.toml import dump_toml, read_toml
from trafficsim.io.trips import write_trips
from trafficsim.spec.counts import Count
from trafficsim.spec.demand import Flow, Trip
from trafficsim.spec.od_matrix import ODMatrix
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World
from trafficsim.spec.zones import MatrixSource, Zone

OWN_SOURCES = ("builder", "nodes", "links", "groups", "paths", "left_hand_traffic")
"""Keys of a network that bring no demand and name no file."""


@dataclass(frozen=True)
class EstimatedDemand:
    """What is written in the place of the demand of a scenario.

    Attributes
    ----------
    zones : zones of the matrices
    matrices : matrices, each with its period, profile and classes; its file is named when it is written
    flows, trips : what has routes of its own, and what was kept
    used, held_out : counts
    """

    zones: tuple[Zone, ...]
    matrices: tuple[tuple[MatrixSource, ODMatrix], ...]
    flows: tuple[Flow, ...]
    trips: tuple[Trip, ...]
    used: tuple[Count, ...] = ()
    held_out: tuple[Count, ...] = ()


def write_calibrated(source: Path, out: Path, world: World, demand: EstimatedDemand) -> list[Path]:
    """Write a scenario like ``source`` with estimated demand; return the paths of all files.

    Beside it stand its matrices, trips that were kept, and the counts that were used and held out. Where the demand of
    the source came with its network (SUMO's routes), the network is written too, and classes with it.

    Raises
    ------
    InputError
        If ``out`` does not end in .toml, or one of the files exists.
    MachineError
        If the folder cannot be written.
    """
    writing = _Writing(source, out)
    data = writing.data
    if not writing.keeps_network():
        data["network"] = writing.network(world)
        data["vehicle_classes"] = rows_of_models(one for one in world.vehicle_classes if one not in DEFAULT_CLASSES)
        data["drivers"] = rows_of_models([world.scenario.drivers])[0]
        data["detectors"] = rows_of_models(world.scenario.detectors)
    data["demand"] = writing.demand(data.get("demand", {}), demand)
    return writing.done(world, demand.held_out, demand.used)


def write_beside(
    source: Path, out: Path, world: World, changes: Mapping[str, Any], counts: tuple[Sequence[Count], Sequence[Count]],
) -> list[Path]:
    """Write a scenario like ``source`` in which some keys differ, and counts beside it; return the paths of all files.

    Parameters
    ----------
    source, out
        Scenario files; paths in the one are written as they are seen from the other.
    world
        What the source is.
    changes
        Keys of the scenario, each replaced whole.
    counts
        Those that were held out, and those that were used.

    Raises
    ------
    InputError, MachineError
        As :func:`write_calibrated` does.
    """
    writing = _Writing(source, out)
    writing.data |= changes
    return writing.done(world, *counts)


def moved(value: Any, source: Path, target: Path) -> Any:
    """Return tables and lists in which every text that names a file, seen from a folder, names it from another.

    Examples
    --------
    >>> moved({"lanes": 2, "name": "no file"}, Path("a"), Path("b"))
    {'lanes': 2, 'name': 'no file'}
    """
    if isinstance(value, Mapping):
        return {key: moved(one, source, target) for key, one in value.items()}
    if isinstance(value, list):
        return [moved(one, source, target) for one in value]
    if isinstance(value, str) and value and not Path(value).is_absolute() and isfile(source / value):
        return Path(os.path.relpath(source / value, target)).as_posix()
    return value


def _interval_s(world: World, counts: Sequence[Count]) -> float:
    """Interval of the tables whose steps meet the begin and end of all counts: the scenario's own, or a shorter one."""
    time = world.scenario.time
    edges = [round(edge - time.start_s) for one in counts for edge in (one.begin_s, one.end_s)]
    common = math.gcd(*edges)
    if common == 0 or common % time.interval_s == 0:
        return time.interval_s
    return float(next(step for step in range(int(min(time.interval_s, common)), 0, -1) if common % step == 0))


def _name(stem: str) -> str:
    return "".join(c if c.isalnum() or c in "_.+-" else "_" for c in stem)


class _Writing:
    """Files to write, none of which may exist."""

    def __init__(self, source: Path, out: Path) -> None:
        if out.suffix != ".toml":
            raise InputError("--out", str(out), "a file name that ends in .toml", f"write --out {out}.toml")
        self._out = out
        self._files: list[tuple[Path, Any, Any]] = []
        self.data: dict[str, Any] = moved(read_toml(source), source.parent, out.parent)
        self.data["name"] = f"{self.data['name']}-calibrated" if out.stem == source.stem else _name(out.stem)

    def keeps_network(self) -> bool:
        """Whether the network of the source brings no demand: then it is named as it is."""
        network = self.data["network"]
        return str(network.get("file", "")).endswith(".json") or set(network) <= set(OWN_SOURCES)

    def network(self, world: World) -> dict[str, Any]:
        """Keys of a network file of our own."""
        path = self._named("network.json")
        self._files.append((path, write_network, world.network))
        return {"file": path.name}

    def demand(self, old: Mapping[str, Any], new: EstimatedDemand) -> dict[str, Any]:
        """Keys of the demand."""
        matrices = []
        for number, (source, matrix) in enumerate(new.matrices, start=1):
            path = self._named(f"matrix{number}.csv" if len(new.matrices) > 1 else "matrix.csv")
            self._files.append((path, write_matrix, matrix))
            row = rows_of_models([source.model_copy(update={"file": path.name})])[0]
            matrices.append({**row, "begin_s": source.begin_s, "end_s": source.end_s})
        rows = [trip for trip in new.trips if not trip.stops]
        if rows:
            self._files.append((self._named("trips.csv"), write_trips, rows))
        kept = {key: old[key] for key in ("routes", "mixes") if key in old}
        return {**kept, "file": self._named("trips.csv").name if rows else None, "zones": rows_of_models(new.zones),
                "matrices": matrices, "flows": rows_of_models(new.flows),
                "trips": rows_of_models(trip for trip in new.trips if trip.stops)}

    def done(self, world: World, held_out: Sequence[Count], used: Sequence[Count]) -> list[Path]:
        """Write all files, the counts among them; return their paths."""
        files = []
        for name, counts, data in (("counts-held-out.csv", held_out, "held_out"), ("counts-used.csv", used, "used")):
            if counts:
                self._files.append((self._named(name), write_counts, counts))
                files.append({"file": self._named(name).name, "data": data})
        if files:
            interval_s = _interval_s(world, (*held_out, *used))
            self.data["time"] = {**self.data.get("time", {}), "interval_s": interval_s}
            self.data["validation"] = {**self.data.get("validation", {}), "counts": files}
        paths = [self._out, *(path for path, _, _ in self._files)]
        for path in paths:
            if path.exists():
                raise InputError(str(path), "a file that exists already", "a new name",
                                 "give another --out, or move the file")
        try:
            self._out.parent.mkdir(parents=True, exist_ok=True)
            for path, write, content in self._files:
                write(content, path) if write is write_network else write(path, content)
            self._out.write_text(dump_toml(self.data), encoding="utf-8")
        except OSError as error:
            raise MachineError(str(self._out.parent), error.strerror or str(error), "a folder that can be written",
                               "give another folder with --out") from None
        return paths

    def _named(self, name: str) -> Path:
        return self._out.with_name(f"{self._out.stem}-{name}")
