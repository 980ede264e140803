"""Flows of the matrices that a scenario names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from trafficsim.base.errors import DemandError, quoted
from trafficsim.base.findings import Finding
from trafficsim.base.repairs import repair
from trafficsim.io.matrices import MatrixFile, read_matrix_file
from trafficsim.io.paths import resolve_path
from trafficsim.spec.demand import MOST_PEAK_VEH_H, MOST_VOLUME_VEH_H, Flow, Unserved
from trafficsim.spec.departure_profile import Steps
from trafficsim.spec.od_matrix import ODMatrix
from trafficsim.spec.scenario import DemandSource
from trafficsim.spec.world import Connectors
from trafficsim.spec.zones import End, MatrixSource, Zone


@dataclass(frozen=True)
class MatrixDemand:
    """What the matrices of a scenario bring.

    Attributes
    ----------
    flows : one per pair of zones with trips and pair of connectors
    unserved : trips within zones, which use no link
    findings : values marked as missing
    connectors : of the flows that take the connectors of least cost, by name
    """

    flows: tuple[Flow, ...] = ()
    unserved: tuple[Unserved, ...] = ()
    findings: tuple[Finding, ...] = ()
    connectors: Mapping[str, Connectors] = field(default_factory=dict)


class _Choice(NamedTuple):
    """A set of links to begin or end on, of which the cheapest is taken, and its share of the trips."""

    links: tuple[str, ...]
    share: float


def read_matrix_demand(demand: DemandSource, folder: Path) -> MatrixDemand:
    """Read matrices and make a flow of every pair of zones with trips, for every pair of their connectors.

    Trips within a zone use no link: they are told as unserved.

    Raises
    ------
    InputError
        If a file cannot be read.
    DemandError
        If a zone of a matrix is not defined, or has no link to enter or leave by, a profile cannot be used, or a flow
        is too large.
    """
    known = {zone.id: zone for zone in demand.zones}
    if len(known) < len(demand.zones):
        raise DemandError("demand.zones", "a zone a second time", "unique zones", "remove one of the two")
    flows: list[Flow] = []
    unserved: list[Unserved] = []
    findings: list[Finding] = []
    connectors: dict[str, Connectors] = {}
    for index, source in enumerate(demand.matrices):
        key = f"demand.matrices[{index}]"
        found = read_matrix_file(resolve_path(source.file, folder, f"{key}.file"), source.table, source.mapping)
        _check_numbers(found, known, key)
        matrix = found.matrix
        if found.missing:
            findings.append(repair("matrix-missing", [key], count=found.missing))
        for flow, links in _flows(source, matrix, _Connecting(known, key), _profile(source, demand, key)):
            flows.append(flow)
            if links is not None:
                connectors[flow.id] = links
        unserved += _within(source, matrix)
    return MatrixDemand(tuple(flows), tuple(unserved), tuple(findings), connectors)


def _check_numbers(found: MatrixFile, known: Mapping[str, Zone], key: str) -> None:
    """Refuse rows without names that are more or fewer than the zones: whose they are, nobody could tell."""
    rows = len(found.matrix.zones)
    if found.numbered and rows != len(known):
        raise DemandError(f"{key}.file", f"{rows:,} rows without zone numbers, and {len(known):,} zones",
                          "a row for every zone of [[demand.zones]]",
                          "write the zone numbers into the file (OMX: a lookup), or define the zones")


def _profile(source: MatrixSource, demand: DemandSource, key: str) -> Steps:
    try:
        return source.steps(demand.profiles)
    except ValueError as error:
        raise DemandError(f"{key}.profile", str(error), "a profile that applies to the whole period",
                          "correct its name or its steps") from None


class _Connecting:
    """The connectors of zones, asked for once."""

    def __init__(self, known: Mapping[str, Zone], key: str) -> None:
        self._known, self.key = known, key
        self._choices: dict[tuple[str, End], list[_Choice]] = {}

    def choices(self, name: str, end: End) -> list[_Choice]:
        """Return the ways by which trips begin or end at a zone.

        Raises
        ------
        DemandError
            If the zone is not defined, or has no link at this end.
        """
        if (name, end) not in self._choices:
            zone = self._known.get(name)
            shares = {} if zone is None else zone.shares(end)
            if zone is None or not shares:
                found = "an unknown zone" if zone is None else "a zone without links"
                raise DemandError(f"{self.key}: zone {quoted(name)}", found, f"a zone of [[demand.zones]] with {end}",
                                  f"define the zone with {end}, or correct its name in the matrix")
            self._choices[name, end] = ([_Choice(tuple(shares), 1.0)] if zone.connectors == "least_cost" else
                                     [_Choice((link,), share) for link, share in shares.items()])
        return self._choices[name, end]


def _flows(source: MatrixSource, matrix: ODMatrix, zones: _Connecting, profile: Steps) -> Iterator[
        tuple[Flow, Connectors | None]]:
    """Flows, and the connectors of which the cheapest are taken, where there is a choice."""
    flow = _FlowMaker(source, profile, zones.key)
    rows, columns = np.nonzero(matrix.between() > 0)
    volumes = matrix.trips[rows, columns] * source.factor / source.hours
    for row, column, volume_veh_h in zip(rows.tolist(), columns.tolist(), volumes.tolist(), strict=True):
        pair = matrix.zones[row], matrix.zones[column]
        pairs = product(zones.choices(pair[0], "origins"), zones.choices(pair[1], "destinations"))
        for number, (first, last) in enumerate(pairs):
            choice = len(first.links) > 1 or len(last.links) > 1
            yield (flow.made(pair, number, (first.links[0], last.links[0]), volume_veh_h * first.share * last.share),
                   Connectors(first.links, last.links) if choice else None)


class _FlowMaker:
    """Makes the flows of a matrix. They differ in names, links and volume alone: only what may be wrong is checked."""

    def __init__(self, source: MatrixSource, profile: Steps, key: str) -> None:
        self._key, self._id = key, source.id
        highest = max((factor for _, factor in profile), default=1.0)
        self._most_veh_h = min(MOST_VOLUME_VEH_H, MOST_PEAK_VEH_H / highest)
        self._like = Flow(id=source.id, volume_veh_h=0.0, origin="", destination="", begin_s=source.begin_s,
                          end_s=source.end_s, profile=profile, departures=source.departures,
                          vehicle_classes=source.vehicle_classes)

    def made(self, pair: tuple[str, str], number: int, links: tuple[str, str], volume_veh_h: float) -> Flow:
        """Return the flow of a pair of zones between two links.

        Raises
        ------
        DemandError
            If it is too large.
        """
        if volume_veh_h > self._most_veh_h:
            raise DemandError(f"{self._key}: from zone {quoted(pair[0])} to zone {quoted(pair[1])}",
                              f"{volume_veh_h:,.6g} veh/h", f"at most {self._most_veh_h:,.0f} with this profile",
                              "give the zones more links, or split them")
        name = f"{self._id} {pair[0]}>{pair[1]}" + (f" {number}" if number else "")
        return self._like.model_copy(update={"id": name, "origin": links[0], "destination": links[1],
                                             "volume_veh_h": volume_veh_h})


def _within(source: MatrixSource, matrix: ODMatrix) -> Iterable[Unserved]:
    for zone, trips in zip(matrix.zones, np.diagonal(matrix.trips).tolist(), strict=True):
        if trips > 0:
            yield Unserved(f"{source.id} {zone}>{zone}", "flow", ", ".join(source.vehicle_classes), source.begin_s,
                           "trips within a zone use no link", trips * source.factor)
