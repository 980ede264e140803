"""Seeds from elsewhere: a matrix file, or a gravity model of zone weights or of a population grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from trafficsim.base.errors import DemandError, InputError, quoted
from trafficsim.base.findings import Finding
from trafficsim.design.estimation.gravity import beta_of, gravity
from trafficsim.io.csv_rows import Faults, numbers, read_rows, texts
from trafficsim.io.matrices import read_matrix, write_matrix
from trafficsim.io.matrix_demand import read_matrix_demand
from trafficsim.plan.arrays import F8
from trafficsim.plan.network import lower_network
from trafficsim.plan.routes import Access
from trafficsim.plan.signals import lower_signals, signal_groups
from trafficsim.spec.demand import MADE_UP, Demand
from trafficsim.spec.od_matrix import ODMatrix
from trafficsim.spec.plane import plane_of_graph
from trafficsim.spec.scenario import DemandSource
from trafficsim.spec.vehicles import KINDS
from trafficsim.spec.world import World
from trafficsim.spec.zones import MatrixSource, Zone

SEED = "seed"
MEAN_SPEED_MS = 10.0
"""Speed at which a mean trip length becomes a mean time, in the deterrence of the gravity model: 36 km/h (modelling
assumption; the deterrence is fitted to the length, so that it decides only how much motorways attract)."""


@dataclass(frozen=True)
class Gravity:
    """A gravity model.

    Parameters
    ----------
    weights
        CSV file: ``zone``, ``production`` and ``attraction``; or ``population`` with ``x_m`` and ``y_m``, or with
        ``lat`` and ``lon``: a grid whose people belong to the nearest zone. Without one, zones weigh as the lanes of
        their links.
    trip_length_m
        Mean trip length, from which the deterrence follows; ``None``: no deterrence (and said so).
    """

    weights: Path | None = None
    trip_length_m: float | None = None

    @property
    def wanted(self) -> bool:
        """Whether anything of it was given."""
        return self.weights is not None or self.trip_length_m is not None


def seeded(world: World, matrix: Path | None, model: Gravity) -> tuple[World, tuple[Finding, ...]]:
    """Return the world with its seed: its own demand, a matrix, or a gravity model.

    A gravity model is the seed where it is wanted, and where the world has no demand or one that an import made up.

    Raises
    ------
    InputError
        If a matrix and a gravity model are given.
    """
    if matrix is not None and model.wanted:
        raise InputError("--seed-matrix", "a gravity model too (--zone-weights, --trip-length)", "one of the two",
                         "leave one of them out")
    if matrix is not None:
        return with_seed_matrix(world, matrix), ()
    if model.wanted or _counted_by_nobody(world.demand):
        made, finding = with_gravity(world, model)
        return made, (finding,)
    return world, ()


def _counted_by_nobody(demand: Demand) -> bool:
    return not demand.trips and all(flow.id.startswith(MADE_UP) for flow in demand.flows)


def with_seed_matrix(world: World, path: Path) -> World:
    """Return the world with the demand of a matrix in the place of its own; buses and trips with stops are kept.

    Zones are those of the scenario; without any, names in the matrix are links.

    Raises
    ------
    DemandError
        If a zone of the matrix is none of the scenario.
    """
    matrix = read_matrix(path)
    zones = _zones(world)
    known = {zone.id for zone in zones}
    strange = [zone for zone in matrix.zones if zone not in known]
    if strange:
        own = isinstance(world.scenario.demand, DemandSource) and bool(world.scenario.demand.zones)
        what = "zone of [[demand.zones]]" if own else "link (the scenario has no zones)"
        raise DemandError(f"{path}: zone {quoted(strange[0])}", f"no such {what}; true of {len(strange)} of "
                          f"{len(matrix.zones)} zones of the matrix", f"names such as {', '.join(sorted(known)[:3])}",
                          "give the matrix that belongs to these zones, or define them under [[demand.zones]]")
    return _with_matrix(world, zones, path.absolute())


def with_gravity(world: World, model: Gravity) -> tuple[World, Finding]:
    """Return the world with the demand of a gravity model, and what was assumed.

    Raises
    ------
    DemandError
        If no zone has trips, or no deterrence gives the mean trip length.
    """
    zones = [zone for zone in _zones(world, entries_only=True) if zone.origins or zone.destinations]
    time_s = _times_s(world, zones)
    production, attraction = _weights(world, zones, model)
    production = np.where([bool(zone.origins) for zone in zones], production, 0.0)
    attraction = np.where([bool(zone.destinations) for zone in zones], attraction, 0.0)
    if not (production.sum() > 0 and attraction.sum() > 0):
        raise DemandError("gravity model", "no zone that produces, or none that attracts, trips",
                          "weights of zones with links to enter and leave by", "give the weights with --zone-weights")
    length = time_s * MEAN_SPEED_MS
    wanted_m = model.trip_length_m
    beta = 0.0 if wanted_m is None else beta_of(production, attraction, length, wanted_m)
    trips = gravity(production, attraction, length, beta)
    mean_m = float((trips * np.where(np.isfinite(length), length, 0.0)).sum() / max(float(trips.sum()), 1e-9))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "gravity.csv"
        write_matrix(path, ODMatrix(tuple(zone.id for zone in zones), trips))
        made = _with_matrix(world, tuple(zones), path)
    far = f"deterrence exp(-{beta * 1000:.3g} per km)" if beta else "no deterrence by distance"
    return made, Finding("warning", "seed-gravity", "demand", f"the seed is a gravity model of {len(zones)} zones, "
                         f"mean trip length {mean_m:,.0f} m, {far}: an "
                         "assumption, of which only what the counts determine is known",
                         "give a matrix with --seed-matrix if there is one")


def _with_matrix(world: World, zones: tuple[Zone, ...], path: Path) -> World:
    time, old = world.scenario.time, world.demand
    source = MatrixSource(file=str(path), id=SEED, begin_s=time.start_s, end_s=time.analysis_end_s,
                          vehicle_classes=_classes(world))
    routes = old.routes
    demand = DemandSource(zones=zones, matrices=(source,), mixes=old.mixes, routes=routes)
    found = read_matrix_demand(demand, path.parent)
    bus = {one.name for one in world.vehicle_classes if one.kind == "bus"}
    trips = tuple(trip for trip in old.trips if trip.stops or trip.via or trip.vehicle_class in bus)
    flows = tuple(flow for flow in old.flows if flow.via or set(flow.vehicle_classes) <= bus)
    return replace(world, scenario=world.scenario.model_copy(update={"demand": demand}), connectors=found.connectors,
                   demand=Demand(flows=(*found.flows, *flows), trips=trips, mixes=old.mixes, routes=routes),
                   unserved=(), written=frozenset())


def _classes(world: World) -> dict[str, float]:
    """Shares of the classes in the old demand, by vehicles and volumes; cars where there is none."""
    shares: dict[str, float] = {}
    for flow in world.demand.flows:
        total = sum(flow.vehicle_classes.values())
        for name, share in flow.vehicle_classes.items():
            shares[name] = shares.get(name, 0.0) + flow.volume_veh_h * share / total
    for trip in world.demand.trips:
        shares[trip.vehicle_class] = shares.get(trip.vehicle_class, 0.0) + 1.0
    kinds = {one.name: one.kind for one in world.vehicle_classes}
    return {name: share for name, share in shares.items() if share > 0 and kinds.get(name) != "bus"} or {"car": 1.0}


def _zones(world: World, entries_only: bool = False) -> tuple[Zone, ...]:
    """Zones of the scenario; else one for each link by which trips may begin or end."""
    source = world.scenario.demand
    if isinstance(source, DemandSource) and source.zones:
        return source.zones
    if not entries_only:
        return tuple(Zone(id=link, origins=(link,), destinations=(link,)) for link in world.network.links)
    graph = world.network.graph
    zones = []
    for link, road in world.network.links.items():
        enters = _is_end(graph, road["from"], road["to"])
        leaves = _is_end(graph, road["to"], road["from"])
        if enters or leaves:
            zones.append(Zone(id=link, origins=(link,) if enters else (), destinations=(link,) if leaves else ()))
    return tuple(zones)


def _is_end(graph: object, node: object, other: object) -> bool:
    """Whether a node is an end of the road: it has no neighbour but one."""
    neighbours = {*graph.predecessors(node), *graph.successors(node)}  # type: ignore[attr-defined]
    return neighbours <= {other}


def _times_s(world: World, zones: list[Zone]) -> F8:
    """Free-flow times from zone to zone, between their cheapest links; infinite without a path."""
    network = lower_network(world.network, world.scenario.drivers,
                            signal_groups(lower_signals(world.network.signals)))
    first = [[network.link_index[link] for link in zone.shares("origins")] if zone.origins else [] for zone in zones]
    last = [[network.link_index[link] for link in zone.shares("destinations")] if zone.destinations else []
            for zone in zones]
    origins = np.array(sorted({link for links in first for link in links}), np.int64)
    if not len(origins):
        return np.full((len(zones), len(zones)), np.inf)
    reached = Access(network, KINDS.index("car")).times(origins) / 1e6
    row = {link: number for number, link in enumerate(origins.tolist())}
    time_s = np.full((len(zones), len(zones)), np.inf)
    for origin, starts in enumerate(first):
        if starts:
            best = reached[[row[link] for link in starts]].min(axis=0)
            for destination, ends in enumerate(last):
                if ends and origin != destination:
                    time_s[origin, destination] = best[ends].min()
    return time_s


def _weights(world: World, zones: list[Zone], model: Gravity) -> tuple[F8, F8]:
    """Production and attraction of zones."""
    if model.weights is None:
        links = world.network.links
        lanes = np.array([[sum(float(links[link].get("lanes") or 1) for link in getattr(zone, end))
                           for end in ("origins", "destinations")] for zone in zones])
        return lanes[:, 0] * 100.0, lanes[:, 1]
    table, rows = read_rows(model.weights)
    faults = Faults(model.weights, rows)
    if {"zone", "production", "attraction"} <= set(table):
        return _given(model.weights, table, faults, {zone.id: place for place, zone in enumerate(zones)})
    if "population" in table and ({"x_m", "y_m"} <= set(table) or {"lat", "lon"} <= set(table)):
        return _people(world, zones, table, faults, model.weights)
    raise InputError(f"{model.weights}:1: header", f"columns {', '.join(map(str, table.columns))}",
                     "zone, production, attraction; or population with x_m and y_m, or lat and lon", "rename them")


def _given(path: Path, table: object, faults: Faults, place: Mapping[str, int]) -> tuple[F8, F8]:
    import pandas as pd

    assert isinstance(table, pd.DataFrame)
    names = texts(table, "zone")
    faults.add("zone", names, ~names.isin(list(place)), "is no zone of the scenario")
    found = [numbers(table[name], name, faults, lambda one: one >= 0) for name in ("production", "attraction")]
    faults.tell("zones of the scenario, with numbers >= 0", "correct these rows")
    production, attraction = np.zeros(len(place)), np.zeros(len(place))
    for name, out, into in zip(names, *found, strict=True):
        production[place[name]], attraction[place[name]] = float(out), float(into)
    return production, attraction


def _people(world: World, zones: list[Zone], table: object, faults: Faults, path: Path) -> tuple[F8, F8]:
    """People of a grid: each cell goes to the nearest zone to leave from, and to the nearest to enter."""
    import pandas as pd

    assert isinstance(table, pd.DataFrame)
    columns = ("x_m", "y_m") if "x_m" in table else ("lon", "lat")
    east, north, people = (numbers(table[name], name, faults, lambda one: abs(one) < 1e9)
                           for name in (*columns, "population"))
    faults.tell("coordinates and people in every row", "correct these rows")
    points = np.column_stack([east, north]).astype(np.float64)
    if columns == ("lon", "lat"):
        plane = plane_of_graph(world.network.graph.graph)
        if plane is None:
            raise InputError(str(path), "degrees, and a network that does not say where on the earth it lies",
                             "metric coordinates x_m and y_m", "project them as the network was")
        points = np.array([plane.metres(*point) for point in points.tolist()])
    squares = ((_centres(world, zones) - points[:, np.newaxis]) ** 2).sum(axis=2)
    weights = np.maximum(people.to_numpy(np.float64), 0.0)
    production, attraction = (
        np.bincount(np.where(usable, squares, np.inf).argmin(axis=1), weights, len(zones)).astype(np.float64)
        for usable in ([bool(zone.origins) for zone in zones], [bool(zone.destinations) for zone in zones]))
    return production, attraction


def _centres(world: World, zones: list[Zone]) -> F8:
    """Middle of the nodes at which trips begin and end in each zone."""
    links, nodes = world.network.links, world.network.graph.nodes
    ends = [[*(links[link]["from"] for link in zone.origins), *(links[link]["to"] for link in zone.destinations)]
            for zone in zones]
    return np.array([np.mean([(nodes[node]["x_m"], nodes[node]["y_m"]) for node in of_zone], axis=0)
                     for of_zone in ends])
