"""The demand of a prepared world as cells: pairs of zones, slices of departure, classes; the rest is kept as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.design.estimation.problem import Cells
from trafficsim.plan.arrays import F8
from trafficsim.plan.assignment_matrix import Streams, departures
from trafficsim.plan.prepare import Prepared
from trafficsim.spec.counts import ALL_CLASSES
from trafficsim.spec.demand import Flow, Trip
from trafficsim.spec.scenario import DemandSource
from trafficsim.spec.zones import Zone

I8 = NDArray[np.int64]
SAME = 1e-9


class Variant(NamedTuple):
    """How vehicles of a cell travel: by which links they begin and end, and their route if it is given."""

    origin: str
    destination: str
    route: tuple[str, ...]


@dataclass(frozen=True)
class DemandCells:
    """The demand as cells.

    Attributes
    ----------
    prepared : the world
    zones : names of the zones; without zones in the scenario, first and last links of trips
    edges_s : clock times between slices of departure
    groups : classes that are told apart; ``("all",)`` where nobody tells them apart
    cells : origin, destination, part (slice times groups, plus group) and the seed
    streams : which requests belong to which cells
    kept : requests that are not estimated: timetables, trips with stops or via
    variants : by cell, the share of its vehicles that travels by each variant
    shares : share by class name within each group
    """

    prepared: Prepared
    zones: tuple[str, ...]
    edges_s: F8
    groups: tuple[str, ...]
    cells: Cells
    streams: Streams
    kept: I8
    variants: tuple[Mapping[Variant, float], ...]
    shares: Mapping[str, Mapping[str, float]]

    @property
    def slice(self) -> I8:
        """Slice of departure of each cell."""
        return np.asarray(self.cells.part // len(self.groups), np.int64)

    @property
    def group(self) -> I8:
        """Class group of each cell."""
        return np.asarray(self.cells.part % len(self.groups), np.int64)


def cells_of(prepared: Prepared, edges_s: F8, counted_classes: bool) -> DemandCells:
    """Make the cells of a prepared world.

    Parameters
    ----------
    prepared
        The world.
    edges_s
        Clock times between slices of departure.
    counted_classes
        Whether counts tell classes apart: cells then do too; otherwise only where requests have different classes.
    """
    demand = prepared.world.demand
    requests: list[Flow | Trip] = [*demand.flows, *demand.trips]
    shares = np.diff(prepared.mix_cumulative, axis=1, prepend=0.0)
    timetabled = np.concatenate([prepared.timetabled, prepared.trips.timetabled])
    keeps = timetabled | np.array([bool(one.via) for one in requests], np.bool_)
    free = np.flatnonzero(~keeps)
    named = _zone_namer(prepared)
    ends = {row: named(requests[row]) for row in free.tolist()}
    zones = tuple(dict.fromkeys(zone for pair in ends.values() for zone in pair))
    split = counted_classes or not np.allclose(shares[free], shares[free[:1]], atol=SAME)
    groups = _groups(prepared, shares[free], split)
    expected = departures(prepared, edges_s)
    table = _Table(requests, ends, expected, zones, groups)
    streams, cells, variants = table.made(shares, prepared)
    return DemandCells(prepared, zones, edges_s, tuple(groups), cells, streams, np.flatnonzero(keeps), variants,
                       _class_shares(prepared, groups, shares[free], expected[free].sum(axis=1)))


def kept_streams(cells: DemandCells) -> tuple[Streams, F8]:
    """Return the streams of what is not estimated, one cell each, and the vehicles of these cells."""
    prepared, kept = cells.prepared, cells.kept
    expected = departures(prepared, cells.edges_s)[kept].sum(axis=1)
    shares = np.diff(prepared.mix_cumulative, axis=1, prepend=0.0)[kept]
    row, kind = np.nonzero(shares > SAME)
    cell = np.repeat(row[:, np.newaxis], len(cells.edges_s) - 1, axis=1).astype(np.int64)
    return Streams(kept[row], prepared.permission[kind].astype(np.int64), shares[row, kind], cell, len(kept)), expected


def _groups(prepared: Prepared, shares: F8, split: bool) -> dict[str, tuple[int, ...]]:
    """Classes (by index) of each group."""
    used = np.flatnonzero(shares.sum(axis=0) > SAME).tolist()
    if not split:
        return {ALL_CLASSES: tuple(used)}
    return {prepared.classes.name[one]: (one,) for one in used}


def _class_shares(prepared: Prepared, groups: Mapping[str, Sequence[int]], shares: F8, weight: F8,
                  ) -> dict[str, dict[str, float]]:
    total = weight @ shares if len(shares) else np.zeros(len(prepared.classes.name))
    found = {}
    for name, members in groups.items():
        size = float(total[list(members)].sum()) or 1.0
        found[name] = {prepared.classes.name[one]: float(total[one]) / size for one in members if total[one] > 0} \
            or {prepared.classes.name[members[0]]: 1.0}
    return found


class _Table:
    """Gathers cells, streams and variants from requests."""

    def __init__(self, requests: Sequence[Flow | Trip], ends: Mapping[int, tuple[str, str]], expected: F8,
                 zones: Sequence[str], groups: Mapping[str, Sequence[int]]) -> None:
        self._requests, self._ends, self._expected, self._groups = requests, ends, expected, groups
        self._place = {zone: number for number, zone in enumerate(zones)}
        self._cell: dict[tuple[int, int, int], int] = {}
        self._seed: list[float] = []
        self._variants: list[dict[Variant, float]] = []

    def made(self, shares: F8, prepared: Prepared) -> tuple[Streams, Cells, tuple[Mapping[Variant, float], ...]]:
        """Go through all requests."""
        rows: list[tuple[int, int, float, list[int]]] = []
        for request in self._ends:
            for number, members in enumerate(self._groups.values()):
                rows += self._streams(request, (number, members), shares[request], prepared)
        keys = np.array(list(self._cell), np.int64).reshape(-1, 3)
        cells = Cells(keys[:, 0], keys[:, 1], keys[:, 2], np.array(self._seed, np.float64))
        parts = self._expected.shape[1]
        streams = Streams(np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows], np.int64),
                          np.array([row[2] for row in rows], np.float64),
                          np.array([row[3] for row in rows], np.int64).reshape(-1, parts), len(cells))
        return streams, cells, tuple(_normalised(one) for one in self._variants)

    def _streams(self, request: int, group: tuple[int, Sequence[int]], shares: F8, prepared: Prepared,
                 ) -> Iterator[tuple[int, int, float, list[int]]]:
        number, members = group
        by_permission = defaultdict[int, float](float)
        for one in members:
            if shares[one] > SAME:
                by_permission[int(prepared.permission[one])] += float(shares[one])
        if by_permission:
            row = [self._added(request, part, number, sum(by_permission.values()))
                   for part in range(self._expected.shape[1])]
            yield from ((request, permission, share, row) for permission, share in by_permission.items())

    def _added(self, request: int, part: int, group: int, share: float) -> int:
        vehicles = float(self._expected[request, part]) * share
        if vehicles <= 0.0:
            return -1
        origin, destination = (self._place[zone] for zone in self._ends[request])
        cell = self._cell.setdefault((origin, destination, part * len(self._groups) + group), len(self._cell))
        if cell == len(self._seed):
            self._seed.append(0.0)
            self._variants.append({})
        self._seed[cell] += vehicles
        variant = variant_of(self._requests[request])
        self._variants[cell][variant] = self._variants[cell].get(variant, 0.0) + vehicles
        return cell


def variant_of(request: Flow | Trip) -> Variant:
    """Return how a request travels."""
    if request.route:
        return Variant(request.route[0], request.route[-1], request.route)
    return Variant(str(request.origin), str(request.destination), ())


def _normalised(parts: Mapping[Variant, float]) -> dict[Variant, float]:
    total = sum(parts.values())
    return {variant: vehicles / total for variant, vehicles in parts.items()}


def _zone_namer(prepared: Prepared) -> Any:
    """A function from a request to the zones of its ends: those of its matrix, or its first and last link."""
    source = prepared.world.scenario.demand
    known = {zone.id: zone for zone in source.zones} if isinstance(source, DemandSource) else {}
    prefixes = tuple(f"{one.id} " for one in source.matrices) if isinstance(source, DemandSource) else ()
    owner = _owners(known.values())

    def named(request: Flow | Trip) -> tuple[str, str]:
        variant = variant_of(request)
        prefix = next((one for one in prefixes if request.id.startswith(one)), None)
        pair = _pair(request.id[len(prefix):], known) if prefix is not None else None
        return pair or (owner["origins"].get(variant.origin, variant.origin),
                        owner["destinations"].get(variant.destination, variant.destination))

    return named


def _owners(zones: Any) -> dict[str, dict[str, str]]:
    """The zone of each link, of those that belong to one zone alone."""
    found: dict[str, dict[str, str]] = {"origins": {}, "destinations": {}}
    for end, owner in found.items():
        times = defaultdict[str, list[str]](list)
        for zone in zones:
            for link in zone.shares(end):
                times[link].append(zone.id)
        owner.update({link: names[0] for link, names in times.items() if len(names) == 1})
    return found


def _pair(text: str, known: Mapping[str, Zone]) -> tuple[str, str] | None:
    """The zones in the name of a flow of a matrix: ``ORIGIN>DESTINATION``, and a number where it has several flows."""
    for whole in (text, text.rpartition(" ")[0]):
        parts = whole.split(">")
        for cut in range(1, len(parts)):
            pair = ">".join(parts[:cut]), ">".join(parts[cut:])
            if pair[0] in known and pair[1] in known:
                return pair
    return None
