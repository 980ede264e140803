"""Flows of the matrices that a scenario names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from trafficsim.base.errors import DemandError, quoted
from trafficsim.io.matrices import read_matrix
from trafficsim.io.paths import resolve_path
from trafficsim.spec.demand import Flow, Unserved
from trafficsim.spec.od_matrix import ODMatrix
from trafficsim.spec.zones import MatrixSource, Zone


def read_matrix_flows(
    matrices: Iterable[MatrixSource], zones: Iterable[Zone], folder: Path,
) -> tuple[tuple[Flow, ...], tuple[Unserved, ...]]:
    """Read matrices and make a flow of every pair of zones with trips.

    Trips within a zone use no link: they are told as unserved.

    Raises
    ------
    InputError
        If a file cannot be read.
    DemandError
        If a zone of a matrix is not defined, or has no link to enter or leave by, or a flow is too large.
    """
    known = {zone.id: zone for zone in zones}
    flows: list[Flow] = []
    unserved: list[Unserved] = []
    for index, source in enumerate(matrices):
        key = f"demand.matrices[{index}]"
        matrix = read_matrix(resolve_path(source.file, folder, f"{key}.file"))
        flows += _flows(source, matrix, known, key)
        unserved += _within(source, matrix)
    return tuple(flows), tuple(unserved)


def _flows(source: MatrixSource, matrix: ODMatrix, known: Mapping[str, Zone], key: str) -> Iterator[Flow]:
    profile = source.shares()
    for row, column in np.argwhere(matrix.between() > 0):
        origin, destination = matrix.zones[row], matrix.zones[column]
        enters = _links(known, origin, "origins", key)
        leaves = _links(known, destination, "destinations", key)
        volume_veh_h = float(matrix.trips[row, column]) * source.factor / source.hours / (len(enters) * len(leaves))
        for number, (first, last) in enumerate(product(enters, leaves)):
            name = f"{source.id} {origin}>{destination}" + (f" {number}" if number else "")
            try:
                yield Flow(id=name, origin=first, destination=last, volume_veh_h=volume_veh_h, begin_s=source.begin_s,
                           end_s=source.end_s, profile=profile, departures=source.departures,
                           vehicle_classes=source.vehicle_classes)
            except ValidationError as error:
                raise DemandError(f"{key}: from zone {quoted(origin)} to zone {quoted(destination)}",
                                  f"{volume_veh_h:,.6g} veh/h", str(error.errors(include_url=False)[0]["msg"]),
                                  "give the zones more links, or split them") from None


def _links(known: Mapping[str, Zone], name: str, end: str, key: str) -> tuple[str, ...]:
    links: tuple[str, ...] = getattr(known.get(name), end, ())
    if not links:
        found = "a zone without links" if name in known else "an unknown zone"
        raise DemandError(f"{key}: zone {quoted(name)}", found, f"a zone of [[demand.zones]] with {end}",
                          f"define the zone with {end}, or correct its name in the matrix")
    return links


def _within(source: MatrixSource, matrix: ODMatrix) -> Iterator[Unserved]:
    for zone, trips in zip(matrix.zones, np.diagonal(matrix.trips), strict=True):
        if trips > 0:
            yield Unserved(f"{source.id} {zone}>{zone}", "flow", ", ".join(source.vehicle_classes), source.begin_s,
                           f"trips within zone {zone!r} use no link", float(trips) * source.factor)
