"""Scenario files written from what a foreign format brought: the scenario, its network and its trips beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from trafficsim.base.errors import InputError, MachineError
from trafficsim.io.imported import Imported
from trafficsim.io.matrices import write_matrix
from trafficsim.io.network_file import write_network
from trafficsim.io.toml import dump_toml
from trafficsim.io.trips import write_trips
from trafficsim.spec.demand import Demand
from trafficsim.spec.scenario import Time

HOUR_S = 3600.0


def write_scenario(file: Path, imported: Imported) -> list[Path]:
    """Write ``NAME.toml``, ``NAME-network.json``, and trips or a matrix as CSV beside them; return their paths.

    The analysis period is the time in which departures fall, in whole minutes. Trips with stops do not fit into a row
    of a CSV file and are written into the scenario. Further files of the import are written as ``NAME-...``; in them
    ``{name}`` stands for the name of the scenario.

    Raises
    ------
    InputError
        If ``file`` does not end in .toml, or exists.
    MachineError
        If the folder cannot be written.
    """
    network, trips, matrix = (file.with_name(f"{file.stem}-{name}")
                              for name in ("network.json", "trips.csv", "matrix.csv"))
    beside = {file.with_name(f"{file.stem}-{end}"): text.replace("{name}", file.stem)
              for end, text in imported.beside.items()}
    for path in (file, network, trips, matrix, *beside):
        _refuse_existing(path)
    if file.suffix != ".toml":
        raise InputError("--out", str(file), "a file name that ends in .toml", f"write --out {file}.toml")
    rows = [trip for trip in imported.demand.trips if not trip.stops]
    demand = {"file": trips.name if rows else None, **_matrices(imported, matrix.name)}
    content = dump_toml(_scenario(file.stem, imported, network.name, demand))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_network(imported.network, network)
        if rows:
            write_trips(trips, rows)
        if imported.matrix is not None:
            write_matrix(matrix, imported.matrix)
        file.write_text(content, encoding="utf-8")
        for path, text in beside.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise MachineError(str(file.parent), error.strerror or str(error), "a folder that can be written",
                           "give another folder with --out") from None
    return [file, network, *([trips] if rows else []), *([matrix] if imported.matrix is not None else []), *beside]


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise InputError(str(path), "a file that exists already", "a new name", "give another --out, or move the file")


def _matrices(imported: Imported, matrix: str) -> dict[str, Any]:
    """Zones and matrix: its trips depart in the first hour, for such files state no period."""
    if imported.matrix is None:
        return {}
    return {"zones": rows_of_models(imported.zones), "matrices": [{"file": matrix, "begin_s": 0.0, "end_s": HOUR_S}]}


def _time(imported: Imported) -> dict[str, Any]:
    if not _departs(imported.demand) and imported.matrix is None:
        return {}
    time = Time(analysis_s=HOUR_S, clear_s=2 * HOUR_S) if imported.matrix is not None else time_of(imported.demand)
    return time.model_dump(include={"start_s", "analysis_s", "clear_s"})


def _scenario(name: str, imported: Imported, network: str, files: dict[str, Any]) -> dict[str, Any]:
    demand = imported.demand
    with_stops = [trip for trip in demand.trips if trip.stops]
    return {
        "name": "".join(c if c.isalnum() or c in "_.+-" else "_" for c in name),
        "description": imported.description,
        "time": _time(imported),
        "network": {"file": network},
        "drivers": rows_of_models([imported.drivers])[0],
        "demand": {**files, "mixes": demand.mixes, "flows": rows_of_models(demand.flows),
                   "trips": rows_of_models(with_stops)},
        "vehicle_classes": rows_of_models(imported.vehicle_classes),
        "detectors": rows_of_models(imported.detectors),
    }


def time_of(demand: Demand) -> Time:
    """Time in which the departures of a demand fall, in whole minutes, and two hours for the last vehicle to arrive."""
    starts = [trip.depart_s for trip in demand.trips] + [_or(flow.begin_s, 0.0) for flow in demand.flows]
    ends = [trip.depart_s for trip in demand.trips] + [_or(flow.end_s, 3600.0) for flow in demand.flows]
    if not starts:
        return Time()
    begin, end = math.floor(min(starts) / 60) * 60.0, math.ceil(max(ends) / 60) * 60.0
    # Two hours are enough for the last vehicle to arrive, in any of the cities that were tried.
    return Time(start_s=begin, analysis_s=max(end - begin, 60.0), clear_s=2 * Time().analysis_s)


def _departs(demand: Demand) -> bool:
    return bool(demand.trips or demand.flows)


def rows_of_models(models: Iterable[BaseModel]) -> list[dict[str, Any]]:
    """Return models as tables of a scenario file: what is not as by default."""
    return [model.model_dump(mode="json", exclude_defaults=True, exclude_none=True) for model in models]


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
