"""What stands at or belongs to a link without being part of the network: detectors, stops, zones, enforcement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from trafficsim.design.inference.geometry import Point, along
from trafficsim.report.interactive.lines import DrawnLine
from trafficsim.report.interactive.subject import Subject
from trafficsim.spec.demand import Stop
from trafficsim.spec.enforcement import STANDING

ThingKind = Literal["detector", "stop", "zone", "enforcement"]
Fact = tuple[str, object, str]
"""Name of an attribute, its value, and where it came from."""


@dataclass(frozen=True)
class Thing:
    """A thing with a place.

    Attributes
    ----------
    kind, name : what it is, and what it is called
    at : where it is drawn; ``None`` if its link has no place
    links : links that it belongs to
    lane : lane, from the nearside; ``None`` for all
    facts : its attributes
    """

    kind: ThingKind
    name: str
    at: Point | None
    links: tuple[str, ...]
    lane: int | None
    facts: tuple[Fact, ...]


def things_of(subject: Subject, lines: Mapping[str, DrawnLine]) -> tuple[Thing, ...]:
    """Return all things of a subject in a fixed order.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> things_of(Subject("ring", ring(100.0)), {})
    ()
    """
    place = _Placer(subject, lines)
    standing = (*_detectors(subject, place), *_stops(subject, place))
    return (*standing, *_zones(subject, lines), *_enforcement(subject, place))


class _Placer:
    """Finds positions along links."""

    def __init__(self, subject: Subject, lines: Mapping[str, DrawnLine]) -> None:
        self._lengths = {str(one["id"]): one.get("length_m") for _, _, one in subject.network.graph.edges(data=True)}
        self._lines = lines

    def __call__(self, link: str, position_m: float) -> Point | None:
        """Return the point of a link's drawn line at a position; positions are shares of the link's length."""
        line = self._lines.get(link)
        if line is None:
            return None
        share = position_m / float(self._lengths.get(link) or line.length_m or 1.0)
        return along(line.points, min(max(share, 0.0), 1.0) * line.length_m)


def _detectors(subject: Subject, place: _Placer) -> Iterator[Thing]:
    for one in subject.detectors:
        facts = (("link", one.link, "given: "), ("position_m", one.position_m, "given: "),
                 ("lane", one.lane, "given: " if one.lane is not None else "default: "))
        yield Thing("detector", one.id, place(one.link, one.position_m), (one.link,), one.lane, facts)


def _stops(subject: Subject, place: _Placer) -> Iterator[Thing]:
    """Places where vehicles stop by schedule, with how many do."""
    served: dict[tuple[str, float, int | None], list[Stop]] = {}
    for trip in subject.demand.trips:
        for stop in trip.stops:
            served.setdefault((stop.link, stop.position_m, stop.lane), []).append(stop)
    for (link, position_m, lane), stops in sorted(served.items(), key=lambda one: (one[0][0], one[0][1], str(one[0]))):
        dwell_s = sum(stop.dwell_s for stop in stops) / len(stops)
        facts = (("link", link, "given: "), ("position_m", position_m, "given: "), ("lane", lane, "given: "),
                 ("stopping_vehicles", len(stops), "given: "), ("dwell_s", round(dwell_s, 1), "given: "))
        yield Thing("stop", f"{link} {position_m:g} m", place(link, position_m), (link,), lane, facts)


def _zones(subject: Subject, lines: Mapping[str, DrawnLine]) -> Iterator[Thing]:
    for zone in subject.zones:
        shares = {end: zone.shares(end) for end in ("origins", "destinations")}
        links = tuple(dict.fromkeys(link for part in shares.values() for link in part))
        ends = [lines[link].points[0] for link in shares["origins"] if link in lines]
        ends += [lines[link].points[-1] for link in shares["destinations"] if link in lines]
        middle = (sum(x for x, _ in ends) / len(ends), sum(y for _, y in ends) / len(ends)) if ends else None
        facts = tuple((end, ", ".join(f"{link} ({share:.0%})" for link, share in part.items()), "given: ")
                      for end, part in shares.items() if part)
        yield Thing("zone", zone.id, middle, links, None, facts)


def _enforcement(subject: Subject, place: _Placer) -> Iterator[Thing]:
    found = subject.network.graph.graph.get(STANDING) or ()
    rows = [row for row in (found if isinstance(found, list | tuple) else ()) if isinstance(row, Mapping)]
    for number, one in enumerate((*rows, *subject.enforced)):
        link, position_m = str(one.get("link") or ""), one.get("position_m")
        told = one.get("origins")
        origins: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
        facts = tuple((str(name), value, str(origins.get(name, one.get("origin", "given: "))))
                      for name, value in one.items() if name not in ("origins", "origin") and _is_plain(value))
        along_m = float(position_m) if isinstance(position_m, int | float) else 0.0
        name = str(one.get("name") or one.get("id") or f"{one.get('kind', STANDING)} {number + 1}")
        links = tuple(map(str, one.get("links") or ((link,) if link else ())))
        at = place(link or next(iter(links), ""), along_m)
        yield Thing("enforcement", name, at, links, None, facts)


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool)
