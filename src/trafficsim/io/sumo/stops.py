"""Bus stops, stops of vehicles, and point detectors: places on lanes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.models import make
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.demand import Stop
from trafficsim.spec.model import bounds
from trafficsim.spec.scenario import Detector

Links = Mapping[str, Mapping[str, Any]]
DETECTORS = ("inductionLoop", "e1Detector", "instantInductionLoop")
STOPPING_PLACES = ("busStop", "trainStop", "containerStop", "chargingStation", "parkingArea")
"""Elements that a stop may name, by the attribute of the same name."""
MOST_DWELL_S = bounds(Stop, "dwell_s")[1]
# Names of attributes of a stop that are read; all others are counted as ignored.
READ = {*STOPPING_PLACES, "lane", "edge", "startPos", "endPos", "duration", "friendlyPos", "until", "parking"}


class Place(NamedTuple):
    """A point on a lane; ``lane`` is ``None`` where only the edge was given."""

    link: str
    lane: int | None
    position_m: float


def find_lane(element: Element, name: str, links: Links) -> tuple[str, int] | None:
    """Return edge and index of a lane id, or ``None`` when the network does not have it."""
    link, _, index = element.text(name).rpartition("_")
    if link not in links or not index.isdecimal() or int(index) >= int(links[link]["lanes"]):
        return None
    return link, int(index)


def position(element: Element, name: str, length_m: float, ledger: Ledger) -> float:
    """Return a position from the start of a lane; negative ones count from its end, absent means the end."""
    at = element.number(name, length_m)
    at = at + length_m if at < 0 else at
    if not 0 <= at <= length_m:
        ledger.repair("place-moved", f"{element.where}: {name}")
    return min(max(at, 0.0), length_m)


def lane_length_m(links: Links, link: str, lane: int | None) -> float:
    """Return the length of a lane, or of the link when no lane is given; places beyond the link do not exist."""
    lengths, whole = links[link].get("lane_length_m"), float(links[link]["length_m"])
    return whole if lane is None or lengths is None else min(float(lengths[lane]), whole)


def read_stopping_places(elements: Iterable[Element], links: Links, ledger: Ledger) -> dict[str, Place | None]:
    """Read stopping places: a vehicle's front stands at their end. ``None`` where the lane is not in the network."""
    found: dict[str, Place | None] = {}
    for element in elements:
        name = element.text("id")
        lane = find_lane(element, "lane", links)
        if lane is None:
            found[name] = None
            ledger.note("ignored", f"{element.tag} on a lane outside the network", element.where, level="warning")
            continue
        found[name] = Place(*lane, position(element, "endPos", lane_length_m(links, *lane), ledger))
        ledger.note("read", element.tag, element.where)
    return found


def read_detectors(elements: Iterable[Element], links: Links, ledger: Ledger) -> tuple[Detector, ...]:
    """Read point detectors; those on lanes outside the network are ignored and counted."""
    found = []
    for element in elements:
        lane = find_lane(element, "lane", links)
        if lane is None:
            ledger.repair("detector-left-out", element.where)
            continue
        at = position(element, "pos", lane_length_m(links, *lane), ledger)
        found.append(make(Detector, element, id=element.text("id"), link=lane[0], lane=lane[1], position_m=at))
        ledger.note("read", "detector", element.where)
    return tuple(found)


def read_stop(element: Element, places: Mapping[str, Place | None], links: Links, ledger: Ledger) -> Stop | None:
    """Read a stop of a vehicle; ``None`` when it cannot be represented, which is counted.

    Raises
    ------
    InputError
        If it has an impossible duration.
    """
    if _is_beside_the_lane(element):
        ledger.repair("stop-parking", element.where)
        return None
    reason = _unrepresentable(element)
    if reason:
        ledger.note("ignored", reason, element.where, level="warning")
        return None
    place = _place(element, places, links, ledger)
    if place is None:
        return None
    for attribute in element.attributes.keys() - READ:
        ledger.note("ignored", f"attribute {attribute} of a stop", element.where)
    if element.get("until"):
        ledger.note("ignored", "attribute until of a stop (its duration holds)", element.where)
    ledger.note("read", "stop", element.where)
    dwell_s = element.clock("duration")
    if dwell_s > MOST_DWELL_S:
        ledger.repair("value-capped", f"{element.where}: duration {dwell_s:g} s")
    return make(Stop, element, link=place.link, lane=place.lane, position_m=place.position_m,
                dwell_s=min(dwell_s, MOST_DWELL_S))


def parking_edge(element: Element, places: Mapping[str, Place | None], links: Links) -> str | None:
    """Return the link beside which a vehicle parks; ``None`` when the stop is in the lane, or at no place known."""
    if not _is_beside_the_lane(element):
        return None
    place = places.get(_named_place(element)[1])
    edge = element.get("edge") or element.get("lane").rpartition("_")[0]
    return place.link if place is not None else edge if edge in links else None


def _named_place(element: Element) -> tuple[str, str]:
    """Attribute and name of the stopping place that a stop names; empty without one."""
    return next(((kind, element.get(kind)) for kind in STOPPING_PLACES if element.get(kind)), ("", ""))


def _is_beside_the_lane(element: Element) -> bool:
    return element.get("parking", "false") not in ("false", "0") or bool(element.get("parkingArea"))


def _unrepresentable(element: Element) -> str:
    if not any(element.get(name) for name in (*STOPPING_PLACES, "lane", "edge")):
        return "stop that is neither at a bus stop nor on a lane"
    if not element.get("duration"):
        return "stop without a duration"
    return "stop of no duration" if element.clock("duration") <= 0 else ""


def _place(element: Element, places: Mapping[str, Place | None], links: Links, ledger: Ledger) -> Place | None:
    if _named_place(element)[1]:
        return _at_stopping_place(element, places, ledger)
    if element.get("lane"):
        lane: tuple[str, int | None] | None = find_lane(element, "lane", links)
    else:
        lane = (element.get("edge"), None) if element.get("edge") in links else None
    if lane is None:
        ledger.repair("stop-left-out", f"{element.where}: lane {element.get('lane') or element.get('edge')!r}")
        return None
    return Place(*lane, position(element, "endPos", lane_length_m(links, *lane), ledger))


def _at_stopping_place(element: Element, places: Mapping[str, Place | None], ledger: Ledger) -> Place | None:
    kind, name = _named_place(element)
    if name not in places:
        ledger.repair("stop-left-out", f"{element.where}: no file defines {kind} {name!r}")
    elif places[name] is None:
        ledger.repair("stop-left-out", f"{element.where}: {kind} {name!r} is outside the network")
    return places.get(name)
