"""Countries: on which side they drive, and which speed limits hold where no sign stands.

Limits of passenger cars: OpenStreetMap wiki, *Default speed limits* (the laws are cited there), rounded where parts of
a country differ. They are what a road gets without ``maxspeed``, and can be overridden by tagging it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

MPH_KMH = 1.609344
WALK_KMH = 7.0
"""Walking speed, as courts in Germany read it."""
ZONE_KEYS = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic")
"""Tags whose values may name a country, as ``DE:urban`` does."""
OF_COUNTRY = re.compile(r"([A-Z]{2})(-[A-Z]+)?:\w+")
WEST_OF_ATLANTIC = -30.0
"""Degrees of longitude that part the two large countries of mph."""


class Country(NamedTuple):
    """A country.

    Attributes
    ----------
    name : for people
    box : west, south, east, north in whole degrees or tenths, about its mainland
    urban_kmh, rural_kmh, dual_kmh, motorway_kmh, living_kmh : limits in built-up areas, outside, outside on dual
        carriageways, on motorways, in living streets
    left_hand : vehicles keep to the left
    in_mph : signs are in miles per hour
    """

    name: str
    box: tuple[float, float, float, float]
    urban_kmh: float
    rural_kmh: float
    dual_kmh: float
    motorway_kmh: float
    living_kmh: float = 20.0
    left_hand: bool = False
    in_mph: bool = False


COUNTRIES: dict[str, Country] = {
    "AT": Country("Austria", (9.5, 46.4, 17.2, 49.0), 50, 100, 100, 130, WALK_KMH),
    "AU": Country("Australia", (113.0, -43.7, 153.7, -10.6), 50, 100, 100, 110, 10, left_hand=True),
    "BE": Country("Belgium", (2.5, 49.5, 6.4, 51.5), 50, 90, 120, 120),
    "BG": Country("Bulgaria", (22.4, 41.2, 28.6, 44.2), 50, 90, 90, 140),
    "BR": Country("Brazil", (-73.9, -33.8, -34.8, 5.3), 60, 100, 110, 110),
    "CA": Country("Canada", (-141.0, 48.0, -52.6, 70.0), 50, 80, 100, 100),
    "CH": Country("Switzerland", (6.0, 45.8, 10.5, 47.8), 50, 80, 100, 120),
    "CY": Country("Cyprus", (32.3, 34.5, 34.6, 35.7), 50, 80, 80, 100, left_hand=True),
    "CZ": Country("Czechia", (12.1, 48.6, 18.9, 51.1), 50, 90, 110, 130),
    "DE": Country("Germany", (5.9, 47.3, 15.0, 55.1), 50, 100, 130, 130, WALK_KMH),
    "DK": Country("Denmark", (8.0, 54.6, 12.7, 57.8), 50, 80, 80, 130, 15),
    "EE": Country("Estonia", (23.3, 57.5, 28.2, 59.7), 50, 90, 90, 110),
    "ES": Country("Spain", (-9.3, 36.0, 3.3, 43.8), 50, 90, 90, 120),
    "FI": Country("Finland", (20.5, 59.8, 31.6, 70.1), 50, 80, 80, 120),
    "FR": Country("France", (-4.8, 42.3, 8.2, 51.1), 50, 80, 110, 130),
    "GB": Country("United Kingdom", (-8.2, 49.9, 1.8, 60.9), 30 * MPH_KMH, 60 * MPH_KMH, 70 * MPH_KMH,
                  70 * MPH_KMH, 20 * MPH_KMH, left_hand=True, in_mph=True),
    "GR": Country("Greece", (20.0, 34.8, 26.6, 41.8), 50, 90, 110, 130),
    "HR": Country("Croatia", (13.5, 42.4, 19.4, 46.6), 50, 90, 110, 130),
    "HU": Country("Hungary", (16.1, 45.7, 22.9, 48.6), 50, 90, 110, 130),
    "IE": Country("Ireland", (-10.5, 51.4, -6.0, 55.4), 50, 80, 100, 120, left_hand=True),
    "IN": Country("India", (68.1, 8.0, 97.4, 35.5), 70, 70, 100, 120, left_hand=True),
    "IT": Country("Italy", (6.6, 36.6, 18.5, 47.1), 50, 90, 110, 130, 30),
    "JP": Country("Japan", (129.4, 31.0, 145.8, 45.5), 60, 60, 60, 100, left_hand=True),
    "KR": Country("South Korea", (126.1, 34.3, 129.6, 38.6), 50, 80, 90, 100),
    "LT": Country("Lithuania", (20.9, 53.9, 26.8, 56.4), 50, 90, 120, 130),
    "LU": Country("Luxembourg", (5.7, 49.4, 6.5, 50.2), 50, 90, 90, 130),
    "LV": Country("Latvia", (21.0, 55.7, 28.2, 58.1), 50, 90, 90, 110),
    "MT": Country("Malta", (14.2, 35.8, 14.6, 36.1), 50, 80, 80, 80, left_hand=True),
    "NL": Country("Netherlands", (3.4, 50.8, 7.2, 53.6), 50, 80, 100, 100, 15),
    "NO": Country("Norway", (4.6, 58.0, 20.0, 71.2), 50, 80, 90, 110, WALK_KMH),
    "NZ": Country("New Zealand", (166.4, -47.3, 178.6, -34.4), 50, 100, 100, 100, left_hand=True),
    "PL": Country("Poland", (14.1, 49.0, 24.2, 54.9), 50, 90, 100, 140),
    "PT": Country("Portugal", (-9.5, 37.0, -6.2, 42.2), 50, 90, 100, 120),
    "RO": Country("Romania", (20.3, 43.6, 29.7, 48.3), 50, 90, 100, 130),
    "SE": Country("Sweden", (11.1, 55.3, 24.2, 69.1), 50, 70, 70, 110, WALK_KMH),
    "SI": Country("Slovenia", (13.4, 45.4, 16.6, 46.9), 50, 90, 110, 130, 10),
    "SK": Country("Slovakia", (16.8, 47.7, 22.6, 49.6), 50, 90, 90, 130),
    "TH": Country("Thailand", (97.3, 5.6, 105.6, 20.5), 60, 90, 90, 120, left_hand=True),
    "TR": Country("Türkiye", (26.0, 36.0, 44.8, 42.1), 50, 90, 110, 120),
    "UA": Country("Ukraine", (22.1, 44.4, 40.2, 52.4), 50, 90, 110, 130),
    "US": Country("United States", (-124.8, 24.5, -66.9, 49.4), 25 * MPH_KMH, 55 * MPH_KMH, 65 * MPH_KMH,
                  65 * MPH_KMH, 15 * MPH_KMH, in_mph=True),
    "ZA": Country("South Africa", (16.5, -34.8, 32.9, -22.1), 60, 100, 100, 120, left_hand=True),
}
"""By the code of ISO 3166."""
UNKNOWN = Country("no country of the table", (0.0, 0.0, 0.0, 0.0), 50, 90, 110, 130)
"""What most countries of the table have; driving on the right."""


class Found(NamedTuple):
    """A country, and how it is known."""

    country: Country
    reason: str
    is_guess: bool


def country_named(code: str) -> Found:
    """Return the country that the user names."""
    return Found(COUNTRIES[code], "as chosen", False)


def country_of(tags: Iterable[Mapping[str, str]], place: tuple[float, float]) -> Found:
    """Tell the country: by values like ``DE:urban``, else by limits in mph, else by the place.

    By the place it is the country in whose box, drawn about its mainland, the place lies most in the middle: a coarse
    rule, wrong near borders, and said to be a guess.

    Parameters
    ----------
    tags
        Of the ways.
    place
        Longitude and latitude of the middle of the extract.

    Examples
    --------
    >>> country_of([{"maxspeed": "DE:urban"}], (0.0, 0.0))[0].name, country_of([], (16.37, 48.21))[0].name
    ('Germany', 'Austria')
    """
    named: Counter[str] = Counter()
    in_mph = 0
    for row in tags:
        codes = {found[1] for key in ZONE_KEYS if key in row and (found := OF_COUNTRY.match(row[key]))}
        named.update(codes & COUNTRIES.keys())
        in_mph += "mph" in row.get("maxspeed", "")
    if named:
        code, times = named.most_common(1)[0]
        return Found(COUNTRIES[code], f"{times} ways name it ({code}:...)", False)
    if in_mph:
        code = "US" if place[0] < WEST_OF_ATLANTIC else "GB"
        return Found(COUNTRIES[code], f"{in_mph} limits in mph", False)
    around = {code: _eccentricity(one.box, place) for code, one in COUNTRIES.items()}
    code = min(around, key=lambda one: around[one])
    if around[code] > 1.0:
        return Found(UNKNOWN, "no box of a country lies about it", True)
    return Found(COUNTRIES[code], "told by the place of the extract", True)


def _eccentricity(box: tuple[float, float, float, float], place: tuple[float, float]) -> float:
    """How far from the middle of a box a place lies: 0 there, 1 on the edge."""
    west, south, east, north = box
    return max(abs(place[0] - (west + east) / 2) / ((east - west) / 2),
               abs(place[1] - (south + north) / 2) / ((north - south) / 2))
