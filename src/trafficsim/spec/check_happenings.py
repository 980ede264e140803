"""What is wrong with incidents, works, weather, surges and an evacuation: places and times that are not there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from trafficsim.base.errors import PolicyError
from trafficsim.base.findings import Finding
from trafficsim.spec.happenings import Surge, Works
from trafficsim.spec.incident import Incident
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import DemandSource, Scenario
from trafficsim.spec.world import World

Links = Mapping[str, Mapping[str, Any]]


def check_happenings(world: World) -> Iterator[Finding]:
    """Yield the findings on what happens on the road and to the demand.

    Parameters
    ----------
    world
        A resolved scenario.
    """
    scenario, links = world.scenario, world.network.links
    for incident in scenario.incidents:
        yield from _incident(incident, links)
        yield from _outside_run(f"incident {incident.id!r}", scenario, incident.begin_s, None)
    for works in scenario.works:
        yield from _works(works, world.network)
        yield from _outside_run(f"works {works.id!r}", scenario, works.begin_s, works.end_s)
    for number, weather in enumerate(scenario.weather):
        yield from _outside_run(f"weather[{number}]", scenario, weather.begin_s, weather.end_s)
    yield from _doubled("incident", [one.id for one in scenario.incidents])
    yield from _doubled("works", [one.id for one in scenario.works])
    places = {*links, *zones_of(scenario)}
    for number, surge in enumerate(scenario.surges):
        yield from _surge(f"surges[{number}]", surge, world, places)
        yield from _outside_run(f"surges[{number}]", scenario, surge.begin_s, surge.end_s)
    if scenario.evacuation is not None:
        for name in (*scenario.evacuation.origins, *scenario.evacuation.exits):
            if name not in places:
                yield Finding("error", "unknown-place", "evacuation", f"{name!r} is neither a zone nor a link",
                              "correct it")
        for name in set(scenario.evacuation.origins) & set(scenario.evacuation.exits):
            yield Finding("error", "exit-evacuated", "evacuation", f"{name!r} is an origin and an exit",
                          "name exits that nobody has to leave")
        yield from _outside_run("evacuation", scenario, scenario.evacuation.begin_s, None)
    yield from _stations(scenario, world.network)


def zones_of(scenario: Scenario) -> dict[str, Any]:
    """Zones of the demand of a scenario, by name."""
    demand = scenario.demand
    return {zone.id: zone for zone in demand.zones} if isinstance(demand, DemandSource) else {}


def _incident(incident: Incident, links: Links) -> Iterator[Finding]:
    where = f"incident {incident.id!r}"
    link = links.get(incident.link)
    if link is None:
        yield Finding("error", "unknown-link", where, f"an unknown link {incident.link!r}", "correct its link")
        return
    length_m = link["length_m"]
    if incident.length_m > length_m:
        yield Finding("error", "place-outside", f"{where}: length_m", f"a closed stretch of {incident.length_m:g} m on "
                      f"link {incident.link!r} of {length_m:g} m", "shorten length_m")
    elif incident.position_m + incident.length_m > length_m:
        yield Finding("error", "place-outside", f"{where}: position_m", f"a stretch from {incident.position_m:g} m to "
                      f"{incident.position_m + incident.length_m:g} m on link {incident.link!r} of {length_m:g} m",
                      "correct position_m or length_m")
    yield from _lanes(where, incident.link, incident.lanes, link["lanes"])


def _works(works: Works, network: Network) -> Iterator[Finding]:
    where = f"works {works.id!r}"
    try:
        chosen = works.on.resolve(network) if works.on is not None else ()
    except PolicyError as error:
        yield Finding("error", "unknown-link", where, str(error.found), error.remedy)
        return
    for name in chosen:
        length_m = network.links[name]["length_m"]
        if (works.lanes and works.from_m + (works.length_m or 0.0) > length_m) or works.from_m >= length_m:
            yield Finding("error", "place-outside", f"{where}: from_m", f"a stretch from {works.from_m:g} m to "
                          f"{works.from_m + (works.length_m or 0.0):g} m on link {name!r} of {length_m:g} m",
                          "correct from_m or length_m")
        yield from _lanes(where, name, works.lanes, network.links[name]["lanes"])
    known = {(one.from_link, one.to_link) for one in network.connections}
    for tail, head in works.movements:
        if (tail, head) not in known:
            yield Finding("error", "unknown-movement", f"{where}: movements", f"no movement from link {tail!r} to link "
                          f"{head!r}", "correct its links")


def _stations(scenario: Scenario, network: Network) -> Iterator[Finding]:
    """Units leave from roads that are open when somebody needs them."""
    stations = () if scenario.emergency is None else scenario.emergency.stations
    needed = [one for one in scenario.incidents if one.injured > 0]
    for works in scenario.works if stations else ():
        try:
            closed = works.on.resolve(network) if works.closed and works.on is not None else ()
        except PolicyError:
            continue  # told of the works
        begin_s = -math.inf if works.begin_s is None else works.begin_s
        end_s = math.inf if works.end_s is None else works.end_s
        crash = next((one.id for one in needed if begin_s <= one.begin_s < end_s), None)
        for station in stations if crash is not None else ():
            if station.link in closed:
                yield Finding("error", "station-closed", f"emergency: station {station.id!r}",
                              f"link {station.link!r}, which works {works.id!r} close at the time of incident "
                              f"{crash!r}",
                              "put the station on another link, or close the link at another time")


def _lanes(where: str, link: str, lanes: tuple[int, ...], number: int) -> Iterator[Finding]:
    for lane in lanes:
        if lane >= number:
            yield Finding("error", "unknown-lane", where, f"lane {lane} on link {link!r} with lanes 0 to {number - 1}",
                          "correct its lanes")


def _outside_run(where: str, scenario: Scenario, begin_s: float | None, end_s: float | None) -> Iterator[Finding]:
    time = scenario.time
    last_s = time.analysis_end_s + time.clear_s
    if (begin_s is not None and begin_s >= last_s) or (end_s is not None and end_s <= time.start_s):
        when = f"from {begin_s:g} s on" if begin_s is not None and begin_s >= last_s else f"up to {end_s:g} s"
        yield Finding("error", "time-outside", where, f"it is {when}; the run is from {time.start_s:g} s to "
                      f"{last_s:g} s", "correct its times (clock times in seconds), or the time of the scenario")


def _surge(where: str, surge: Surge, world: World, places: set[str]) -> Iterator[Finding]:
    known = {flow.id for flow in world.demand.flows}
    for name in surge.flows:
        if name not in known:
            yield Finding("error", "unknown-flow", f"{where}: flows", f"no flow {name!r}", "correct its name")
    for name in (*surge.origins, *surge.destinations):
        if name not in places:
            yield Finding("error", "unknown-place", where, f"{name!r} is neither a zone nor a link", "correct it")


def _doubled(kind: str, names: list[str]) -> Iterator[Finding]:
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield Finding("error", "duplicate-id", f"{kind} {name!r}", f"a second {kind} with this id",
                      "rename one of them")
