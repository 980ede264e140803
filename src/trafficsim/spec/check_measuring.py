"""What is wrong with the places at which a scenario asks to have something measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from trafficsim.base.findings import Finding
from trafficsim.spec.measuring import Area, TravelTime
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Scenario


def check_measuring(scenario: Scenario, network: Network) -> Iterator[Finding]:
    """Yield the findings on areas, travel times, histograms and traces: unknown links, places outside, doubled names.

    Parameters
    ----------
    scenario
        What is asked for.
    network
        Where it is to be measured.
    """
    for area in scenario.areas:
        yield from _area(area, network)
    movements = {(movement.from_link, movement.to_link) for movement in network.connections}
    for wish in scenario.travel_times:
        yield from _travel_time(wish, network, movements)
    yield from _doubled("area", [area.id for area in scenario.areas])
    yield from _doubled("travel time", [*network.paths, *(wish.id for wish in scenario.travel_times)])
    yield from _unknown("speed_histograms: links", scenario.speed_histograms.links, network)
    yield from _unknown("trajectories: links", scenario.trajectories.links, network)


def _area(area: Area, network: Network) -> Iterator[Finding]:
    where = f"area {area.id!r}"
    yield from _unknown(where, [area.link], network)
    link = network.links.get(area.link)
    if link is None:
        return
    yield from _outside(where, area.link, {"begin_m": area.begin_m, "end_m": area.end_m}, network)
    if area.lane is not None and area.lane >= link["lanes"]:
        yield Finding("error", "unknown-lane", where,
                      f"lane {area.lane} on link {area.link!r} with lanes 0 to {link['lanes'] - 1}",
                      "correct its lane, or leave it out for all lanes")


def _travel_time(wish: TravelTime, network: Network, movements: set[tuple[str, str]]) -> Iterator[Finding]:
    where = f"travel time {wish.id!r}"
    unknown = list(_unknown(where, wish.links, network))
    yield from unknown
    if unknown:
        return
    yield from _outside(where, wish.links[0], {"begin_m": wish.begin_m}, network)
    yield from _outside(where, wish.links[-1], {"end_m": wish.end_m}, network)
    for one, other in pairwise(wish.links):
        if (one, other) not in movements:
            yield Finding("error", "broken-way", where, f"no movement from link {one!r} to link {other!r}",
                          "name links that follow each other, in driving order")
    if len(wish.links) == 1 and wish.end_m is not None and wish.end_m <= wish.begin_m:
        yield Finding("error", "empty-way", where, f"an end at {wish.end_m:g} m, not beyond {wish.begin_m:g} m",
                      "give end_m above begin_m")


def _unknown(where: str, links: Iterable[str], network: Network) -> Iterator[Finding]:
    for link in links:
        if link not in network.links:
            yield Finding("error", "unknown-link", where, f"an unknown link {link!r}", "correct the link")


def _outside(where: str, link: str, places: dict[str, float | None], network: Network) -> Iterator[Finding]:
    length_m = network.links[link]["length_m"]
    for key, place in places.items():
        if place is not None and (place > length_m or (key == "begin_m" and place == length_m)):
            yield Finding("error", "place-outside", f"{where}: {key}",
                          f"{place:g} m on link {link!r} of {length_m:g} m", f"correct {key}")


def _doubled(kind: str, names: list[str]) -> Iterator[Finding]:
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield Finding("error", "duplicate-id", f"{kind} {name!r}", f"a second {kind} or path with this name",
                      "rename one of them")
