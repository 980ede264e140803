"""Units and coordinates of a GMNS folder: as ``config`` states them, checked against the geometry of the links."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.units import KM_PER_MILE, KMH_PER_MS, M_PER_FOOT
from trafficsim.design.inference.geometry import Point, line_length
from trafficsim.io.gmns.tables import Folder, Row
from trafficsim.io.ledger import Ledger
from trafficsim.spec.plane import Plane

METRES = {**dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1.0),
          **dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), 1000.0),
          **dict.fromkeys(("foot", "feet", "ft"), M_PER_FOOT),
          **dict.fromkeys(("mile", "miles", "mi"), 1000.0 * KM_PER_MILE)}
KMH = {**dict.fromkeys(("mph", "mi/h", "miles/hour"), KM_PER_MILE), "kmh": 1.0, "kph": 1.0, "km/h": 1.0, "kmph": 1.0,
       "m/s": KMH_PER_MS, "mps": KMH_PER_MS, "ft/s": KMH_PER_MS * M_PER_FOOT}
LIKE = math.sqrt(METRES["mile"] / 1000.0)
"""Lengths are taken in the first stated unit in which they are like their lines, within this factor: half-way, on a
logarithmic scale, between a mile and a kilometre, the two closest units. Roads that wind are longer by less."""
NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
POINT = re.compile(rf"({NUMBER})\s+({NUMBER})")


@dataclass(frozen=True)
class Units:
    """Lengths, places along links and speeds in ours; ``plane`` and ``scale`` are those of coordinates."""

    long_m: float
    short_m: float
    speed_kmh: float
    plane: Plane
    scale: float = 1.0
    currency: str = ""

    def point(self, x: float, y: float) -> Point:
        """Return metric coordinates."""
        east_m, north_m = self.plane.metres(x, y)
        return (east_m, north_m) if self.scale == 1.0 else (round(east_m * self.scale, 3),
                                                            round(north_m * self.scale, 3))


def units_of(folder: Folder, nodes: Sequence[Row], links: Sequence[Row], lines: Mapping[str, Sequence[Point]],
             ledger: Ledger) -> Units:
    """Return the units of a folder; ``lines`` holds the geometry of links by id, in its own coordinates.

    Raises
    ------
    InputError
        If a unit is not known.
    """
    config = next(iter(folder.table("config")), Row(str(folder.path / "config.csv"), {}))
    degrees = _are_degrees(nodes)
    plane = _plane(nodes) if degrees else Plane()
    short_m, long_m = (_factor(config, name, METRES) for name in ("short_length", "long_length"))
    scale = 1.0 if degrees else _scale(config, links, lines, ledger)
    metric = Units(1.0, 1.0, 1.0, plane, scale)
    found = _length_unit(config, links, {link: [metric.point(x, y) for x, y in line] for link, line in lines.items()},
                         (long_m, short_m), ledger)
    in_feet = (short_m or found) in (METRES["foot"], METRES["mile"])
    speed = _factor(config, "speed", KMH)
    if speed is None:
        speed = KMH["mph"] if in_feet else 1.0
        if any(link.text("free_speed") for link in links):
            ledger.note("inferred", f"speeds in {'mph' if in_feet else 'km/h'}, because lengths are "
                        f"{'English' if in_feet else 'metric'}", config.where)
    ledger.note("inferred" if degrees else "read", "coordinates in degrees, projected about their middle" if degrees
                else "coordinates in " + ("metres" if scale == 1.0 else "feet"), config.where)
    return Units(found, short_m or found, speed, plane, scale, config.text("currency"))


def line_of(text: str, where: str) -> tuple[Point, ...]:
    """Return the points of a line in well-known text; none of an area, for it is no line that vehicles follow.

    Raises
    ------
    InputError
        If it is neither.
    """
    kind = text.lstrip().upper()
    if kind.startswith(("POLYGON", "MULTIPOLYGON")):
        return ()
    points = tuple((float(x), float(y)) for x, y in POINT.findall(text.replace("Z", " ", 1)))
    if not kind.startswith("LINESTRING") or len(points) < 2:
        raise InputError(f"{where}: geometry", quoted(text), "LINESTRING (x y, x y, ...)",
                         "correct or remove the geometry")
    return points


def _factor(config: Row, name: str, known: Mapping[str, float]) -> float | None:
    text = config.text(name).lower()
    if text and text not in known:
        raise InputError(f"{config.where}: {name}", quoted(text), f"one of {', '.join(known)}", "correct the unit")
    return known.get(text)


def _are_degrees(nodes: Sequence[Row]) -> bool:
    places = [(node.number("x_coord"), node.number("y_coord")) for node in nodes]
    known = [(x, y) for x, y in places if x is not None and y is not None]
    return bool(known) and all(abs(x) <= 180 and abs(y) <= 90 for x, y in known)


def _plane(nodes: Sequence[Row]) -> Plane:
    x, y = (median(value for node in nodes if (value := node.number(name)) is not None)
            for name in ("x_coord", "y_coord"))
    return Plane(x, y, is_projected=True)


def _ratios(links: Sequence[Row], lines: Mapping[str, Sequence[Point]]) -> list[float]:
    """Stated lengths over those of lines."""
    found = []
    for link in links:
        line = lines.get(link.key("link_id"), ())
        whole = line_length(line)
        stated = link.number("length") or 0.0
        if whole > 0 and stated > 0:
            found.append(stated / whole)
    return found


def _scale(config: Row, links: Sequence[Row], lines: Mapping[str, Sequence[Point]],
           ledger: Ledger) -> float:
    """Metres of a projected coordinate: 1, or those of a foot where lengths are like lines in feet.

    Of all units that may be meant the pair that fits best is taken, metres where two fit alike.
    """
    ratios = _ratios(links, lines)
    stated = sorted({factor for name in ("long_length", "short_length")
                     if (factor := _factor(config, name, METRES)) is not None}) or sorted(set(METRES.values()))
    if not ratios:
        return 1.0
    ratio = median(ratios)
    pairs = [(round(abs(math.log(ratio * unit / scale)), 2), scale != 1.0, scale)
             for unit in stated for scale in (1.0, M_PER_FOOT)]
    scale = min(pairs)[2]
    if scale != 1.0:
        ledger.note("inferred", "coordinates in feet, as lengths of links tell", config.where)
    return scale


def _length_unit(config: Row, links: Sequence[Row], lines: Mapping[str, Sequence[Point]],
                 stated: tuple[float | None, float | None], ledger: Ledger) -> float:
    """Unit of ``length``: the long one, as the specification says, unless lines of the links contradict it."""
    ratios = _ratios(links, lines)
    names = {factor: name for name, factor in reversed(METRES.items())}
    candidates = [factor for factor in stated if factor is not None]
    if not candidates:
        candidates = [1.0, M_PER_FOOT, METRES["km"], METRES["mile"]]
    if not ratios:
        return candidates[0]
    ratio = median(ratios)
    fitting = min(candidates, key=lambda factor: abs(math.log(ratio * factor)))
    first = candidates[0]
    found = first if 1.0 / LIKE < ratio * first < LIKE else fitting
    if stated[0] is not None and found != first:
        ledger.repair("length-unit", f"{config.where} (lengths are in {names[found]}, not in {names[first]})")
    elif stated == (None, None):
        ledger.note("inferred", f"unit of lengths: {names[found]}, as lines of the links tell", config.where)
    return found
