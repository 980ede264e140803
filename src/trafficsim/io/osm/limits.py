"""Speed limits: what a way is tagged with, else what the law of its country says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from trafficsim.io.osm.countries import MPH_KMH, WALK_KMH, Country
from trafficsim.io.osm.values import first_of, number_of, parts_of
from trafficsim.spec.schema import within

UNITS_KMH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": MPH_KMH, "knots": 1.852}
NONE_KMH = 130.0
"""Where there is no limit: the advisory speed of German motorways."""
SPEED = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*([a-z/]*)")
ZONE = re.compile(r"(?:[a-z]{2}(?:-[a-z]+)?:)?([a-z_]+)?:?(\d{1,3})?")
CHANGING = {"signals", "variable", "implicit", "unposted", "unknown", "default"}
URBAN_CLASSES = {"residential", "living_street", "service", "busway"}
LEAST_KMH, MOST_KMH = within("speed_limit_kmh").values()
NO_SIDEWALK, SIDEWALK = {"no", "none"}, {"yes", "both", "left", "right"}


class Limit(NamedTuple):
    """A limit, where it comes from, the value that could not be read, and notes ``(act, text)`` for the account."""

    speed_kmh: float
    origin: str
    unread: str = ""
    notes: tuple[tuple[str, str], ...] = ()


def limit_of(tags: Mapping[str, str], direction: str, country: Country, name: str) -> Limit:
    """Return the limit of a way in one direction.

    Parameters
    ----------
    tags
        Of the way.
    direction
        ``forward`` or ``backward``.
    country
        Whose law holds where nothing is tagged.
    name
        Of the way, for its origin.

    Examples
    --------
    >>> from trafficsim.io.osm.countries import COUNTRIES
    >>> limit_of({"highway": "primary", "maxspeed": "30 mph"}, "forward", COUNTRIES["GB"], "way 7")[:2]
    (48.28, 'read: way 7, maxspeed=30 mph')
    >>> limit_of({"highway": "residential"}, "forward", COUNTRIES["DE"], "way 7").origin
    'inferred: residential road in Germany, no maxspeed'
    """
    found = _by_tags(tags, direction, country, name)
    unread = found if isinstance(found, str) else ""
    tagged = found if isinstance(found, Limit) else None
    limit = tagged or _by_zone(tags, country, name) or _by_class(tags, country)
    return limit._replace(unread=unread, notes=tuple(_remarks(tags, direction, country)))


def _by_tags(tags: Mapping[str, str], direction: str, country: Country, name: str) -> Limit | str | None:
    """Limit of the tags; the tag itself where it cannot be read, ``None`` where there is none with a number."""
    unread = ""
    for key in (f"maxspeed:{direction}", "maxspeed:motorcar", "maxspeed"):
        value = tags.get(key)
        if not value:
            continue
        speed = _tagged(value, country)
        if speed is not None:
            act = "inferred" if value in ("none", "walk") or ":" in value else "read"
            return Limit(round(speed, 3), f"{act}: {name}, {key}={value}")
        unread = unread if value in CHANGING else f"{key}={value}"
    return unread or None


def _by_zone(tags: Mapping[str, str], country: Country, name: str) -> Limit | None:
    key, value = first_of(tags, ("maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic"))
    speed = _zone(value.lower(), country) if ":" in value or value.startswith("zone") else None
    return None if speed is None else Limit(round(speed, 3), f"inferred: {name}, {key}={value}")


def _remarks(tags: Mapping[str, str], direction: str, country: Country) -> Iterator[tuple[str, str]]:
    if any(f"{key}:conditional" in tags for key in ("maxspeed", f"maxspeed:{direction}")):
        yield "ignored", "limit by time, weather or kind of vehicle (maxspeed:conditional)"
    if any(key in tags for key in ("maxspeed:lanes", "maxspeed:hgv", "maxspeed:bus", "maxspeed:advisory")):
        yield "ignored", "limit of single lanes or kinds of vehicles, or advisory speed (maxspeed:hgv and the like)"
    value = tags.get("maxspeed", "")
    if value in CHANGING:
        yield "ignored", f"limit that changes (maxspeed={value}): that of the road's class is taken"
    if country.in_mph and number_of(value) is not None:
        yield "read", "limit without a unit where limits are in mph: taken as km/h, as OpenStreetMap defines it"
    if len(parts_of(value)) > 1:
        yield "repaired", "osm-several-values"


def _tagged(value: str, country: Country) -> float | None:
    """The lowest of the speeds of a value; ``None`` if there is none."""
    speeds = [speed for part in parts_of(value) if (speed := _speed(part.lower(), country)) is not None]
    usable = [speed for speed in speeds if LEAST_KMH <= speed <= MOST_KMH]
    return min(usable, default=None)


def _speed(text: str, country: Country) -> float | None:
    found = SPEED.fullmatch(text)
    if found and found[2] in UNITS_KMH:
        return float(found[1]) * UNITS_KMH[found[2]]
    if text in ("none", "walk"):
        return NONE_KMH if text == "none" else WALK_KMH
    return _zone(text, country)


def _zone(text: str, country: Country) -> float | None:
    """Limit of a zone: ``de:urban``, ``gb:nsl_dual``, ``fr:zone30``, ``de:zone:30``, ``national``."""
    found = ZONE.fullmatch(text)
    if not found:
        return None
    if found[2]:
        speed = float(found[2]) * (MPH_KMH if country.in_mph else 1.0)
        return speed if LEAST_KMH <= speed <= MOST_KMH else None
    names = {"urban": country.urban_kmh, "nsl_restricted": country.urban_kmh, "rural": country.rural_kmh,
             "nsl_single": country.rural_kmh, "national": country.rural_kmh, "nsl_dual": country.dual_kmh,
             "trunk": country.dual_kmh, "motorway": country.motorway_kmh, "living_street": country.living_kmh,
             "bicycle_road": 30.0}
    return names.get(found[1] or "")


def _by_class(tags: Mapping[str, str], country: Country) -> Limit:
    """The law's limit: built-up, unless the class, missing light or a missing sidewalk say otherwise."""
    highway = tags["highway"]
    if highway == "motorway":
        speed, place = country.motorway_kmh, ""
    elif highway == "living_street":
        speed, place = country.living_kmh, ""
    elif highway in URBAN_CLASSES:
        speed, place = country.urban_kmh, ""
    elif highway == "trunk" or (highway.endswith("_link") and highway[:5] in ("motor", "trunk")):
        dual = highway == "trunk" and tags.get("oneway") == "yes"
        speed, place = (country.dual_kmh, "") if dual else (min(country.rural_kmh, country.dual_kmh), "")
    elif _is_rural(tags):
        speed, place = country.rural_kmh, ", outside built-up areas (no light or no sidewalk)"
    else:
        speed, place = country.urban_kmh, ", taken as built-up"
    said = tags.get("maxspeed", "")
    why = f"maxspeed={said} is no number" if said else "no maxspeed"
    return Limit(round(speed, 3), f"inferred: {highway} road in {country.name}{place}, {why}")


def _is_rural(tags: Mapping[str, str]) -> bool:
    if any(tags.get(key) in SIDEWALK for key in ("sidewalk", "sidewalk:left", "sidewalk:right", "sidewalk:both")):
        return False
    return tags.get("lit") == "no" or tags.get("sidewalk") in NO_SIDEWALK or tags.get("sidewalk:both") in NO_SIDEWALK
