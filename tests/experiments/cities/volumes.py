"""Hourly volumes of links against SUMO's: as the file routes trips, on free-flow routes, and on experienced ones.

The statistic is that of G. E. Havers, ``GEH = sqrt(2 (m - c)^2 / (m + c))`` for hourly volumes m and c; below 5 on 85 %
of links is the usual demand on a model (Design Manual for Roads and Bridges; FHWA Traffic Analysis Toolbox III). Where
the file gives routes they are taken away as well: origin and destination stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from trafficsim.base.errors import TrafficsimError
from trafficsim.engines.ca import run
from trafficsim.io.sumo import read_sumo
from trafficsim.outcomes.validation.flows import geh
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.plan.rehearsals import NEVER, Rehearsals
from trafficsim.run.rehearsal import rehearsed
from trafficsim.spec.demand import Trip
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.world import World

from .data import CITIES, CLEAR_S, Files, city_files, read_intervals

PLACES = (*CITIES, "doerpfeldstr")
INTERVAL_S, PER_HOUR = 900.0, 4
LEAST_VEHICLES = 20.0
"""Links with fewer vehicles an hour in SUMO are not compared."""
CLOSE_GEH, ASKED_SHARE = 5.0, 0.85
REPLICATIONS = 3


@dataclass(frozen=True)
class Volumes:
    """Share of links with GEH < 5 in the fullest hour: with the routes of the file, free-flow and experienced ones.

    ``given`` is ``None`` where the file leaves all routes open; ``refused`` says why a place could not be read.
    """

    place: str
    links: int = 0
    given: float | None = None
    free_flow: float = 0.0
    experienced: float = 0.0
    rehearsals: Rehearsals = NEVER
    refused: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the experienced routes reach the usual demand."""
        return not self.refused and self.experienced >= ASKED_SHARE


def place_files(folder: Path, place: str) -> Files:
    """Return the files of a place."""
    if place in CITIES:
        return city_files(folder, place)
    here = folder / "sumo_doerpfeldstr"
    return Files(here / "net.net.xml.gz", (here / "samplertrips.rou.xml.gz",), (here / "vtypes.add.xml",))


def world_of(folder: Path, place: str) -> World:
    """Import a place; its clock starts at a whole quarter of an hour, as SUMO's intervals do."""
    found = read_sumo(*place_files(folder, place))
    departures = [trip.depart_s for trip in found.demand.trips]
    start = np.floor(min(departures) / INTERVAL_S) * INTERVAL_S
    time = Time(start_s=start, analysis_s=max(departures) - start + 1.0, clear_s=CLEAR_S, interval_s=INTERVAL_S)
    scenario = Scenario(name=place, network=found.network, demand=found.demand, time=time)
    return World(scenario, found.network, found.demand, found.vehicle_classes)


def without_routes(world: World) -> World:
    """Take away all routes but those of vehicles that stop on the way; origins and destinations stay."""
    trips = tuple(_without_route(trip) for trip in world.demand.trips)
    return replace(world, demand=world.demand.model_copy(update={"trips": trips}))


def _without_route(trip: Trip) -> Trip:
    if trip.stops or not trip.route:
        return trip
    ends = {"origin": trip.route[0], "destination": trip.route[-1]}
    return trip.model_copy(update={"route": (), **ends})


def measure(folder: Path, place: str) -> Volumes:
    """Run a place on each kind of routes and compare."""
    try:
        world = world_of(folder, place)
        free = prepare(without_routes(world))
    except TrafficsimError as error:
        return Volumes(place, refused=str(error))
    begin_s, of_sumo = fullest_hour(folder, place)
    known = rehearsed(free)
    shares = [share_close(one, begin_s, of_sumo) for one in (free, known)]
    routed = any(trip.route for trip in world.demand.trips)
    given = share_close(prepare(world), begin_s, of_sumo) if routed else None
    links = sum(volume >= LEAST_VEHICLES for volume in of_sumo.values())
    return Volumes(place, links, given, *shares, known.routes.rehearsals)


def fullest_hour(folder: Path, place: str) -> tuple[float, dict[str, float]]:
    """Begin of the hour with most vehicles in SUMO, and its volume by edge: vehicles that left or arrived."""
    intervals = dict(sorted(read_intervals(folder / "reference_sumo_1.28.0" / f"{place}.edgedata.xml.gz").items()))
    hours = {begin: [intervals.get(begin + INTERVAL_S * number, {}) for number in range(PER_HOUR)]
             for begin in intervals}
    begin_s = max(hours, key=lambda begin: sum(sum(part.values()) for part in hours[begin]))
    volumes: dict[str, float] = {}
    for part in hours[begin_s]:
        for edge, number in part.items():
            volumes[edge] = volumes.get(edge, 0.0) + number
    return begin_s, volumes


def share_close(prepared: Prepared, begin_s: float, of_sumo: dict[str, float]) -> float:
    """Share of compared links whose mean volume over some replications is close to SUMO's."""
    ours = np.mean([hourly(prepared, number, begin_s) for number in range(1, REPLICATIONS + 1)], axis=0)
    theirs = np.array([of_sumo.get(link, 0.0) for link in prepared.network.link_id])
    compared = theirs >= LEAST_VEHICLES
    return float((geh(ours[compared], theirs[compared]) < CLOSE_GEH).mean())


def hourly(prepared: Prepared, replication: int, begin_s: float) -> np.ndarray:
    """Vehicles that left each link, or arrived on it, in an hour."""
    plan = lower(prepared, (), replication).plan
    first = round((begin_s - plan.start_s) / INTERVAL_S)
    left = run(plan, prepared.world.scenario.ca).links.left
    return np.asarray(left[first:first + PER_HOUR].sum(axis=0))


def markdown(results: Iterable[Volumes]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| place | links with 20 veh/h or more | routes of the file | free-flow | experienced | rehearsals | gap |"
    yield "|---|---|---|---|---|---|---|"
    for one in results:
        if one.refused:
            yield f"| {one.place} | refused: {one.refused} | | | | | |"
            continue
        told, gap = one.rehearsals, one.rehearsals.relative_gap
        given = "none given" if one.given is None else f"{one.given:.0%}"
        yield (f"| {one.place} | {one.links} | {given} | {one.free_flow:.0%} | {one.experienced:.0%}"
               f"{'' if one.accepted else ' **out**'} | {told.number} | {'' if gap is None else f'{gap:.1%}'} |")
    yield ""
    yield ("Share of links with GEH < 5 in the fullest hour, mean volumes of three replications; **out** below 85 %. "
           "Where routes are given, the two columns behind know origins and destinations only.")
