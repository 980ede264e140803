"""Bus stops, stops of vehicles, and point detectors: places on lanes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from trafficsim.io.sumo.ledger import Ledger
from trafficsim.io.sumo.models import make
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.demand import Stop
from trafficsim.spec.scenario import Detector

Links = Mapping[str, Mapping[str, Any]]
DETECTORS = ("inductionLoop", "e1Detector", "instantInductionLoop")
# Names of attributes of a stop that are read; all others are counted as ignored.
READ = {"busStop", "lane", "edge", "startPos", "endPos", "duration", "friendlyPos", "until"}


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


def read_bus_stops(elements: Iterable[Element], links: Links, ledger: Ledger) -> dict[str, Place | None]:
    """Read bus stops: vehicles stand with their front at its end. ``None`` where its lane is not in the network."""
    found: dict[str, Place | None] = {}
    for element in elements:
        name = element.text("id")
        lane = find_lane(element, "lane", links)
        if lane is None:
            found[name] = None
            ledger.note("ignored", "bus stop on a lane that is not in the network", element.where, level="warning")
            continue
        found[name] = Place(*lane, position(element, "endPos", lane_length_m(links, *lane), ledger))
        ledger.note("read", "bus stop", element.where)
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
    return make(Stop, element, link=place.link, lane=place.lane, position_m=place.position_m,
                dwell_s=element.clock("duration"))


def _is_beside_the_lane(element: Element) -> bool:
    return element.get("parking", "false") not in ("false", "0") or bool(element.get("parkingArea"))


def _unrepresentable(element: Element) -> str:
    if not any(element.get(name) for name in ("busStop", "lane", "edge")):
        return "stop that is neither at a bus stop nor on a lane"
    if not element.get("duration"):
        return "stop without a duration"
    return "stop of no duration" if element.clock("duration") <= 0 else ""


def _place(element: Element, places: Mapping[str, Place | None], links: Links, ledger: Ledger) -> Place | None:
    if element.get("busStop"):
        return _at_bus_stop(element, places, ledger)
    if element.get("lane"):
        lane: tuple[str, int | None] | None = find_lane(element, "lane", links)
    else:
        lane = (element.get("edge"), None) if element.get("edge") in links else None
    if lane is None:
        ledger.repair("stop-left-out", f"{element.where}: lane {element.get('lane') or element.get('edge')!r}")
        return None
    return Place(*lane, position(element, "endPos", lane_length_m(links, *lane), ledger))


def _at_bus_stop(element: Element, places: Mapping[str, Place | None], ledger: Ledger) -> Place | None:
    name = element.get("busStop")
    if name not in places:
        ledger.repair("stop-left-out", f"{element.where}: no file defines busStop {name!r}")
    elif places[name] is None:
        ledger.repair("stop-left-out", f"{element.where}: busStop {name!r} is outside the network")
    return places.get(name)
