"""Scenario files with estimated demand: matrices by slice and class, or flows where routes are given."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    if out.suffix != ".toml":
        raise InputError("--out", str(out), "a file name that ends in .toml", f"write --out {out}.toml")
    data = read_toml(source)
    writing = _Writing(out, source.parent)
    data["name"] = f"{data['name']}-calibrated" if out.stem == source.stem else _name(out.stem)
    data["network"] = writing.network(data["network"], world)
    if "file" in data["network"] and writing.written_network:
        data["vehicle_classes"] = rows_of_models(one for one in world.vehicle_classes if one not in DEFAULT_CLASSES)
        data["drivers"] = rows_of_models([world.scenario.drivers])[0]
        data["detectors"] = rows_of_models(world.scenario.detectors)
    data["demand"] = writing.demand(data.get("demand", {}), demand)
    files = writing.counts(demand)
    if files:
        observed = (*demand.held_out, *demand.used)
        data["time"] = {**data.get("time", {}), "interval_s": _interval_s(world, observed)}
        data["validation"] = {**data.get("validation", {}), "counts": files}
    return writing.done(dump_toml(data))


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

    def __init__(self, out: Path, folder: Path) -> None:
        self._out, self._folder = out, folder
        self._files: list[tuple[Path, Any, Any]] = []
        self.written_network = False

    def network(self, source: Mapping[str, Any], world: World) -> dict[str, Any]:
        """Keys of the network: as they are, or a network file of our own."""
        if str(source.get("file", "")).endswith(".json"):
            return {**source, "file": self._relative(str(source["file"]))}
        if set(source) <= set(OWN_SOURCES):
            return dict(source)
        path, self.written_network = self._named("network.json"), True
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

    def counts(self, new: EstimatedDemand) -> list[dict[str, str]]:
        """Counts that were held out and used, beside the scenario; return them as ``validation.counts`` has them."""
        rows = []
        held_out, used = ("counts-held-out.csv", new.held_out, "held_out"), ("counts-used.csv", new.used, "used")
        for name, counts, data in (held_out, used):
            if counts:
                self._files.append((self._named(name), write_counts, counts))
                rows.append({"file": self._named(name).name, "data": data})
        return rows

    def done(self, text: str) -> list[Path]:
        """Write all files; return their paths."""
        paths = [self._out, *(path for path, _, _ in self._files)]
        for path in paths:
            if path.exists():
                raise InputError(str(path), "a file that exists already", "a new name",
                                 "give another --out, or move the file")
        try:
            self._out.parent.mkdir(parents=True, exist_ok=True)
            for path, write, content in self._files:
                write(content, path) if write is write_network else write(path, content)
            self._out.write_text(text, encoding="utf-8")
        except OSError as error:
            raise MachineError(str(self._out.parent), error.strerror or str(error), "a folder that can be written",
                               "give another folder with --out") from None
        return paths

    def _named(self, name: str) -> Path:
        return self._out.with_name(f"{self._out.stem}-{name}")

    def _relative(self, text: str) -> str:
        """A path of the source as seen from the folder of the new scenario."""
        path = Path(text).expanduser()
        if path.is_absolute():
            return text
        return Path(os.path.relpath(self._folder / path, self._out.parent)).as_posix()
