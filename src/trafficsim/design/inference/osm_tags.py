"""Values of OpenStreetMap's tags for roads, as OSMnx writes them: texts, and lists where ways were merged."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from trafficsim.base.errors import NetworkError, quoted

KMH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
"""Units of ``maxspeed``; without one it is km/h."""
WORDS_KMH = {"none": 130.0, "walk": 7.0}
"""``none`` as the advisory speed of German motorways; ``walk`` as what courts there call walking speed."""
WITHOUT_NUMBER = re.compile(r"signals|variable|implicit|unposted|[A-Z]{2}(-[A-Z]+)?:[\w:]+")
SPEED = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z/]*)")
LIMITS_KMH = {"motorway": 130.0, "motorway_link": 80.0, "trunk": 100.0, "trunk_link": 80.0, "living_street": 20.0}
BUILT_UP_KMH = 50.0
"""Limits where none is tagged: those of most of Europe (European Commission, Mobility & Transport, speed limits), of
links and living streets a modelling assumption."""
RANKS = {"motorway": 7, "trunk": 6, "primary": 5, "secondary": 4, "tertiary": 3, "unclassified": 2, "residential": 2,
         "living_street": 1, "service": 1}
"""The order of importance of ``highway``, taken as who has the right of way (modelling assumption)."""
ROUNDABOUT, ROUNDABOUT_RANK = ("roundabout", "circular"), 10
LANES_DEFAULT = 1


class Limit(NamedTuple):
    """A speed limit, and whether it is a guess."""

    speed_kmh: float
    is_guessed: bool


def values_of(value: Any) -> tuple[str, ...]:
    """Return the values of a tag: one, several of merged ways, or none.

    Examples
    --------
    >>> values_of("primary"), values_of(["primary", "secondary"]), values_of("['2', '3']"), values_of("2;3")
    (('primary',), ('primary', 'secondary'), ('2', '3'), ('2', '3'))
    """
    if isinstance(value, str) and value.startswith("["):  # a list in a file
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):  # what the parser raises for too many brackets
            return (value,)
    if isinstance(value, list | tuple | set):
        return tuple(str(one) for one in value)
    text = "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)
    return tuple(part.strip() for part in text.split(";") if part.strip())


def number_of(value: Any, place: str) -> float:
    """Read a number, also one written as text.

    Raises
    ------
    NetworkError
        If it is none.

    Examples
    --------
    >>> number_of("12.5", "link a: length")
    12.5
    """
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise NetworkError(place, quoted(value), "a finite number", "correct the value")
    return number


def boolean_of(value: Any) -> bool | None:
    """Read whether a road is one-way; ``None`` where that cannot be told.

    Examples
    --------
    >>> boolean_of("True"), boolean_of(False), boolean_of("-1"), boolean_of([True, False])
    (True, False, True, None)
    """
    words = {"true": True, "yes": True, "1": True, "-1": True, "false": False, "no": False, "0": False}
    known = {words.get(text.lower()) for text in values_of(value)}
    return known.pop() if len(known) == 1 else None


def limit_of(attributes: Mapping[str, Any], place: str) -> Limit:
    """Return the speed limit of a road: the lowest that is tagged, or a guess.

    Raises
    ------
    NetworkError
        If a tag is neither a speed nor a word of OpenStreetMap.

    Examples
    --------
    >>> limit_of({"maxspeed": ["30 mph", "60"]}, "a").speed_kmh
    48.28032
    >>> limit_of({"maxspeed": "DE:motorway", "highway": "motorway"}, "a")
    Limit(speed_kmh=130.0, is_guessed=True)
    """
    tagged = [speed for text in values_of(attributes.get("maxspeed")) if (speed := _speed(text, place)) is not None]
    if tagged:
        lowest = min(tagged, key=lambda limit: limit.speed_kmh)
        return Limit(lowest.speed_kmh, any(limit.is_guessed for limit in tagged))
    if attributes.get("speed_kph") is not None:
        return Limit(number_of(attributes["speed_kph"], f"link {place!r}: speed_kph"), True)
    kinds = values_of(attributes.get("highway"))
    return Limit(LIMITS_KMH.get(kinds[0], BUILT_UP_KMH) if kinds else BUILT_UP_KMH, True)


def _speed(text: str, place: str) -> Limit | None:
    """Read one value of ``maxspeed``; ``None`` for words that hold no number."""
    if text in WORDS_KMH:
        return Limit(WORDS_KMH[text], True)
    found = SPEED.fullmatch(text.lower())
    if found and found[2] in KMH:
        return Limit(float(found[1]) * KMH[found[2]], False)
    if WITHOUT_NUMBER.fullmatch(text):
        return None
    raise NetworkError(f"link {place!r}: maxspeed", quoted(text), "a number in km/h, or one with mph or knots, or a "
                       "word of OpenStreetMap (none, walk, signals, DE:urban)", "correct it, or give speed_limit_kmh")


def lanes_of(value: Any, place: str) -> int:
    """Return the number of lanes, the fewest of several.

    Raises
    ------
    NetworkError
        If it is no number, or a negative one.

    Examples
    --------
    >>> lanes_of(["3", "2"], "link a: lanes"), lanes_of("1.5", "link a: lanes")
    (2, 1)
    """
    numbers = [number_of(text, place) for text in values_of(value)]
    if not numbers or min(numbers) < 0:
        raise NetworkError(place, quoted(value), "a number of lanes", "correct or remove it")
    return int(min(numbers))


def road_class_of(kind: str, speed_limit_kmh: float) -> str:
    """Return the road class: motorways by name, others by whether the limit is above that of built-up areas.

    Examples
    --------
    >>> road_class_of("motorway_link", 80.0), road_class_of("primary", 50.0), road_class_of("primary", 100.0)
    ('motorway', 'urban', 'rural')
    """
    if kind.removesuffix("_link") == "motorway":
        return "motorway"
    return "rural" if speed_limit_kmh > BUILT_UP_KMH + 20.0 else "urban"  # arterials in towns have up to 70 km/h


def rank_of(kind: str) -> int:
    """Return the rank of a road at junctions; a link road is below the road that it serves.

    Examples
    --------
    >>> rank_of("primary"), rank_of("primary_link"), rank_of("track")
    (5, 4, 0)
    """
    rank = RANKS.get(kind.removesuffix("_link"), 0)
    return rank - 1 if kind.endswith("_link") else rank
