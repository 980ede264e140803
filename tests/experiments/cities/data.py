"""Where the real cities are, how they are loaded, and what SUMO made of them."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from defusedxml.ElementTree import parse

from tests.support.catalogue import RESCO, find_case
from tests.support.real_data import require_data
from trafficsim.io.imported import Imported
from trafficsim.io.sumo import read_sumo
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.run.rehearsal import rehearsed
from trafficsim.spec.network_source import DriversOf
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.world import World

CITIES = (*RESCO, "acosta")
MORE_CITIES = (*CITIES, "doerpfeldstr")
"""With the one that bicycles and trams share, whose drivers of cars find their routes."""
CASES = {"doerpfeldstr": "doerpfeldstr-samplertrips"}
"""Names of cities in the catalogue of networks, where they differ."""
GIVEN_ROUTES = ("cologne3", "acosta")
"""Cities whose demand names the links of every route; in the others only origin and destination are given."""
CLEAR_S = 7200.0
"""Within two hours after the last departure everybody must have arrived."""


class Files(NamedTuple):
    """Files of a city."""

    network: Path
    routes: tuple[Path, ...]
    additional: tuple[Path, ...] = ()


@dataclass(frozen=True)
class City:
    """A city, prepared for any number of replications."""

    name: str
    found: Imported
    prepared: Prepared
    last_departure_s: float


@dataclass(frozen=True)
class Reference:
    """What SUMO gives for a city: per trip, and per edge summed over the whole run.

    Attributes
    ----------
    trips : one row per trip: depart (scheduled), departDelay, duration, routeLength, timeLoss, stopTime (s, m)
    edge_vehicles, edge_loss_s : vehicles that left an edge or arrived on it, and the time they lost on it
    """

    trips: dict[str, np.ndarray]
    edge_vehicles: dict[str, float]
    edge_loss_s: dict[str, float]

    @property
    def free_s(self) -> np.ndarray:
        """Time of each trip at its own desired speed.

        SUMO adds up 1 - v / v_desired over the time in which a vehicle does not stand at a planned stop
        (``timeLoss``), so that duration - timeLoss - stopTime is the time of the same way at the desired speed.
        """
        return np.asarray(self.trips["duration"] - self.trips["timeLoss"] - self.trips["stopTime"])

    @property
    def loss_s(self) -> np.ndarray:
        """Time loss of each trip including the delay of its departure."""
        return np.asarray(self.trips["timeLoss"] + self.trips["departDelay"])


def city_files(folder: Path, name: str) -> Files:
    """Return the files of a city.

    Raises
    ------
    NoData
        If one is missing.
    """
    case = find_case(folder, CASES.get(name, name))
    return Files(case.network, case.routes, case.additional)


def without_stops(city: City) -> City:
    """Return a city whose vehicles do not stop on their way: for engines that represent no stops."""
    world = city.prepared.world
    trips = tuple(trip.model_copy(update={"stops": ()}) for trip in world.demand.trips)
    demand = world.demand.model_copy(update={"trips": trips})
    scenario = world.scenario.model_copy(update={"demand": demand})
    prepared = prepare(replace(world, scenario=scenario, demand=demand))
    return City(f"{city.name}, without stops", city.found, prepared, city.last_departure_s)


def load_city(folder: Path, name: str, clear_s: float = CLEAR_S, routes: str = "free_flow",
              drivers: DriversOf = "file") -> City:
    """Import a city and prepare it; its run ends ``clear_s`` after the last departure at the latest.

    Routes that the file leaves open are those on empty roads unless ``routes`` is ``"experienced"``: drivers of the
    reference have no experience either, and driving is to be compared, not the choice of routes.
    """
    found = read_sumo(*city_files(folder, name), drivers)
    departures = [trip.depart_s for trip in found.demand.trips]
    # Whole seconds, so that signal programs, which follow the clock, change at whole ticks as in SUMO.
    start = float(np.floor(min(departures)))
    time = Time(start_s=start, analysis_s=max(departures) - start + 1.0, clear_s=clear_s, interval_s=900.0)
    scenario = Scenario(name=name, network=found.network, demand=found.demand, time=time, drivers=found.drivers)
    prepared = prepare(World(scenario, found.network, found.demand, found.vehicle_classes))
    known = rehearsed(prepared) if routes == "experienced" else prepared
    return City(name, found, known, max(departures))


def load_reference(folder: Path, name: str) -> Reference:
    """Read what SUMO 1.28.0 gives for a city (default car following and seed, 1 s steps, until empty)."""
    here = folder / "reference_sumo_1.28.0"
    vehicles, loss = read_edges(here / f"{name}.edgedata.xml.gz")
    return Reference(read_trips(here / f"{name}.tripinfo.xml.gz"), vehicles, loss)


def read_trips(path: Path) -> dict[str, np.ndarray]:
    """Read a tripinfo file: name and numbers of every trip."""
    rows = _root(path).findall("tripinfo")
    keys = ("depart", "departDelay", "duration", "arrival", "routeLength", "timeLoss", "stopTime")
    columns = {key: np.array([float(row.get(key)) for row in rows]) for key in keys}
    return {"name": np.array([row.get("id") for row in rows]), **columns}


def read_edges(path: Path, until_s: float = np.inf) -> tuple[dict[str, float], dict[str, float]]:
    """Read an edgedata file: per edge, vehicles that left or arrived, and their time loss, up to a clock time."""
    vehicles: dict[str, float] = {}
    loss: dict[str, float] = {}
    for interval in _root(path).findall("interval"):
        if float(interval.get("begin")) >= until_s:
            continue
        for edge in interval:
            name = edge.get("id")
            left = float(edge.get("left", 0)) + float(edge.get("arrived", 0))
            vehicles[name] = vehicles.get(name, 0.0) + left
            loss[name] = loss.get(name, 0.0) + float(edge.get("timeLoss", 0))
    return vehicles, loss


def read_intervals(path: Path) -> dict[float, dict[str, float]]:
    """Read an edgedata file: by begin of the interval and edge, vehicles that left or arrived."""
    return {
        float(interval.get("begin")): {
            edge.get("id"): float(edge.get("left", 0)) + float(edge.get("arrived", 0)) for edge in interval
        }
        for interval in _root(path).findall("interval")
    }


def _root(path: Path) -> Any:
    require_data(path)
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        return parse(stream).getroot()
