"""The attributes of nodes and edges: one table from which validation, defaults and documentation come."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from numbers import Integral, Real
from typing import Any, Literal

from trafficsim.base.errors import NetworkError, quoted
from trafficsim.spec.vehicles import KINDS

ROAD_CLASSES = ("urban", "rural", "motorway")
LANE_RULES = ("keep_right", "free")
MOST_UNEVEN_M = 10.0
"""Lanes of a link are half as long as it or longer, or shorter by no more than this (modelling assumption): free-flow
times of trips count the link's length."""
CONTROLS = ("priority", "signal", "right_before_left", "all_way_stop", "roundabout", "uncontrolled", "dead_end")
TURN_NAMES = ("right", "through", "left", "u_turn")

Kind = Literal["text", "integer", "number", "choice", "points", "turns", "permissions", "numbers"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its name, type, unit, range, default and meaning.

    ``low`` and ``high`` are allowed themselves; a ``default`` of ``None`` means "not given".
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    default: Any = None
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    inferred: str = ""

    @property
    def range(self) -> str:
        """The allowed values in words."""
        if self.choices:
            return " | ".join(self.choices)
        low = "" if self.low is None else f">= {self.low:g}"
        high = "" if self.high is None else f"<= {self.high:g}"
        return ", ".join(part for part in (low, high) if part)


EDGE_ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute("id", "text", "unique name of the link", inferred='"u->v", or "u->v#k" for parallel edges'),
    Attribute(
        "length_m",
        "number",
        "length from the start of the link to its stop line",
        "m",
        low=0.01,
        high=16000,
        inferred="from geometry or coordinates, less the extent of the junctions",
    ),
    Attribute("lanes", "integer", "number of lanes; lane 0 is the one nearest to the kerb", default=1, low=1, high=12),
    Attribute("speed_limit_kmh", "number", "legal speed limit", "km/h", 50.0, 1, 300),
    Attribute("road_class", "choice", "decides how drivers choose their speed", default="urban", choices=ROAD_CLASSES),
    Attribute(
        "priority",
        "integer",
        "rank at junctions; the larger number has the right of way",
        default=0,
        low=-1_000_000,
        high=1_000_000,
    ),
    Attribute("geometry", "points", "line that it follows; empty: straight from node to node", "m", (), -1e8, 1e8),
    Attribute(
        "turn_lanes",
        "turns",
        "per lane from the nearside: directions joined by ';', empty: not marked",
        inferred="nearside lane right, inner lane left, through from all lanes that fit",
    ),
    Attribute(
        "allow", "permissions", "per lane from the nearside: nothing for everyone, or kinds of vehicles", choices=KINDS
    ),
    Attribute(
        "lane_length_m",
        "numbers",
        "per lane from the nearside, where it differs from the link",
        "m",
        low=0.01,
        high=16000,
    ),
    Attribute(
        "free_speed_mean_kmh", "number", "mean of the free speeds, instead of the road class's", "km/h", None, 1, 300
    ),
    Attribute("free_speed_sd_kmh", "number", "their standard deviation", "km/h", None, 0, 100),
    Attribute(
        "lane_rule",
        "choice",
        "keep_right: leave the nearside lane to overtake only, and never overtake on the kerb "
        "side while traffic flows (left-hand traffic: mirrored); free: any lane",
        choices=LANE_RULES,
        inferred="keep_right on the road classes that the scenario's drivers name, else free",
    ),
    Attribute(
        "capacity_veh_h",
        "number",
        "capacity with passenger cars, of all lanes over its length; in queues and in the volume-delay function of an "
        "assignment",
        "veh/h",
        low=1,
        high=1e7,
        inferred="in queues from the saturation flow and the classes of vehicles",
    ),
    Attribute(
        "jam_density_veh_km_lane",
        "number",
        "passenger cars in a standing queue, per lane; in queues",
        "veh/km",
        low=10,
        high=1000,
        inferred="from the lengths and standing gaps of the classes",
    ),
    Attribute(
        "backward_wave_kmh",
        "number",
        "speed at which a queue dissolves backwards; in queues, instead of one of the two before",
        "km/h",
        low=1,
        high=200,
        inferred="from capacity, jam density and free speed",
    ),
    Attribute("inflow_capacity_veh_h", "number", "most that enters it, all lanes, with passenger cars; in queues",
              "veh/h", low=1, high=1e7, inferred="its capacity"),
    Attribute("outflow_capacity_veh_h", "number", "most that leaves it, all lanes, with passenger cars; in queues",
              "veh/h", low=1, high=1e7, inferred="its capacity"),
    Attribute("merge_priority", "number", "its share where links merge, over those of the others (1 where not "
              "given); in queues", low=0.001, high=1000, inferred="by capacity, where no link of a junction has one"),
    Attribute(
        "storage",
        "choice",
        "unlimited: its queues are vertical ones and never spill back, as on the connectors of zones; in queues",
        default="limited",
        choices=("limited", "unlimited"),
    ),
    Attribute("toll_eur", "number", "charge for a vehicle that enters the link; part of the generalised cost of routes",
              "EUR", 0.0, 0, 1000),
    Attribute("name", "text", "road name", default=""),
)

NODE_ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute("x_m", "number", "metric coordinate to the east", "m", low=-1e8, high=1e8),
    Attribute("y_m", "number", "metric coordinate to the north", "m", low=-1e8, high=1e8),
    Attribute(
        "control",
        "choice",
        "who goes first",
        default="priority",
        choices=CONTROLS,
        inferred="priority; at a node with one neighbour a turning place",
    ),
    Attribute(
        "nearside_turn_on_red",
        "choice",
        "whether drivers may turn towards the nearside (right, in left-hand traffic "
        "left) on red after a stop, giving way to everybody; in the default signal program",
        default="forbidden",
        choices=("forbidden", "allowed"),
    ),
    Attribute("capacity_veh_h", "number", "most that passes it, all movements together, as of a signal of which no "
              "program is known; in queues", "veh/h", low=1, high=1e7),
    Attribute("name", "text", "name of the junction", default=""),
)

# Names that other tools use for the same thing: never read silently, always named in a finding.
FOREIGN_NAMES = {
    "length": "length_m", "maxspeed": "speed_limit_kmh", "speed_kph": "speed_limit_kmh", "speed": "speed_limit_kmh",
    "highway": "road_class", "weight": "length_m", "x": "x_m", "y": "y_m", "pos": "x_m", "turn:lanes": "turn_lanes",
}


def within(name: str) -> dict[str, Any]:
    """Return the range of a number of the two tables as arguments of a model's field: the same for every format.

    Examples
    --------
    >>> within("speed_limit_kmh")
    {'ge': 1, 'le': 300}
    """
    attribute = next(one for one in (*EDGE_ATTRIBUTES, *NODE_ATTRIBUTES) if one.name == name)
    bounds = {"ge": attribute.low, "le": attribute.high}
    return {side: bound for side, bound in bounds.items() if bound is not None}


def complete(attributes: Mapping[str, Any], table: Sequence[Attribute], where: str) -> dict[str, Any]:
    """Return the attributes validated, with defaults filled in and unknown ones kept.

    Parameters
    ----------
    attributes
        What the graph carries.
    table
        ``EDGE_ATTRIBUTES`` or ``NODE_ATTRIBUTES``.
    where
        Name of the edge or node for messages.

    Raises
    ------
    NetworkError
        If a value has the wrong type or lies outside its range.

    Examples
    --------
    >>> complete({"length_m": 80, "lanes": 2}, EDGE_ATTRIBUTES, "link a")["speed_limit_kmh"]
    50.0
    """
    done = dict(attributes)
    for attribute in table:
        value = attributes.get(attribute.name)
        done[attribute.name] = attribute.default if value is None else _read(attribute, value, where)
    if table is EDGE_ATTRIBUTES:
        _check_lanes(done, where)
    return done


def _check_lanes(done: Mapping[str, Any], where: str) -> None:
    for name in ("turn_lanes", "allow", "lane_length_m"):
        entries = done[name]
        if entries is not None and len(entries) != done["lanes"]:
            raise NetworkError(f"{where}: {name}", f"{len(entries)} entries", f"one per lane ({done['lanes']})",
                               "give one entry per lane, from the nearside outward")
    length_m = done["length_m"] or 0.0
    shortest_m = min(done["lane_length_m"] or (length_m,))
    if shortest_m < length_m / 2 and length_m - shortest_m > MOST_UNEVEN_M:
        raise NetworkError(f"{where}: lane_length_m", f"{shortest_m:g} m on a link of {length_m:g} m",
                           "lanes about as long as their link", "correct the lengths, or split the link")


def misnamed(attributes: Mapping[str, Any], table: Sequence[Attribute]) -> dict[str, str]:
    """Return attributes that are not read although their name is close to one that is: ``{found: meant}``.

    Examples
    --------
    >>> misnamed({"lenght_m": 5, "colour": "red", "maxspeed": "50"}, EDGE_ATTRIBUTES)
    {'lenght_m': 'length_m', 'maxspeed': 'speed_limit_kmh'}
    """
    known = tuple(attribute.name for attribute in table)
    meant = {name: _meant(name, known) for name in attributes if isinstance(name, str)}
    return {name: one for name, one in meant.items() if one}


@lru_cache(maxsize=4096)
def _meant(name: str, known: tuple[str, ...]) -> str:
    """Return the known name that one is close to; a text without content where it is known, or close to none."""
    if name in known:
        return ""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
    meant = close[0] if close else FOREIGN_NAMES.get(name, "")
    return meant if meant in known else ""


def documentation(table: Sequence[Attribute]) -> str:
    """Return the table as Markdown, for the reference pages.

    Examples
    --------
    >>> print(documentation(NODE_ATTRIBUTES[:1]))
    | attribute | type | unit | range | default | meaning |
    |---|---|---|---|---|---|
    | `x_m` | number | m | >= -1e+08, <= 1e+08 | not given | metric coordinate to the east |
    """
    rows = ["| attribute | type | unit | range | default | meaning |", "|---|---|---|---|---|---|"]
    for attribute in table:
        default = attribute.inferred and f"inferred: {attribute.inferred}"
        default = default or ("not given" if attribute.default is None else repr(attribute.default))
        allowed = attribute.range.replace("|", "\\|")
        rows.append(f"| `{attribute.name}` | {attribute.kind} | {attribute.unit} | {allowed} | {default} "
                    f"| {attribute.meaning} |")
    return "\n".join(rows)


def _read(attribute: Attribute, value: Any, where: str) -> Any:
    place = f"{where}: {attribute.name}"
    match attribute.kind:
        case "text":
            return str(value)
        case "integer" | "number":
            return _number(attribute, value, place)
        case "choice":
            return _choice(attribute, value, place)
        case "points":
            return tuple(_point(attribute, point, place) for point in _sequence(value, place))
        case "numbers":
            return tuple(_number(attribute, entry, place) for entry in _sequence(value, place))
        case "turns":
            return tuple(";".join(turns_of(entry, place)) for entry in _sequence(value, place))
        case "permissions":
            return tuple(_permission(entry, place) for entry in _sequence(value, place))


def _number(attribute: Attribute, value: Any, place: str) -> Any:
    wanted = Integral if attribute.kind == "integer" else Real
    number = math.nan if isinstance(value, bool) or not isinstance(value, wanted) else _as_float(value)
    if not math.isfinite(number):
        unit = f" in {attribute.unit}" if attribute.unit else ""
        raise NetworkError(place, quoted(value), f"a finite {attribute.kind}{unit}", f"give {attribute.meaning}")
    _require_within(attribute, number, place, value)
    return int(number) if attribute.kind == "integer" else number


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):  # a whole number of 400 digits
        return math.nan


def _require_within(attribute: Attribute, number: float, place: str, value: Any) -> None:
    low, high = attribute.low, attribute.high
    if (low is not None and number < low) or (high is not None and number > high):
        raise NetworkError(place, quoted(value), f"{attribute.range} {attribute.unit}".strip(), "correct the value")


def _choice(attribute: Attribute, value: Any, place: str) -> str:
    if isinstance(value, str) and value in attribute.choices:
        return value
    close = difflib.get_close_matches(quoted(value), attribute.choices, n=1)
    remedy = f"did you mean {close[0]!r}?" if close else "choose one of them"
    raise NetworkError(place, quoted(value), f"one of {', '.join(attribute.choices)}", remedy.rstrip("?"))


def _sequence(value: Any, place: str) -> Sequence[Any]:
    if hasattr(value, "coords"):  # a shapely line, as graphs from geographic packages carry
        value = tuple(value.coords)
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise NetworkError(place, quoted(value), "a list", "write it as a list with one entry per lane or point")
    return value


def _point(attribute: Attribute, value: Any, place: str) -> tuple[float, float]:
    pair = tuple(value)[:2] if isinstance(value, Sequence) and not isinstance(value, str) else ()
    numbers = [_as_float(part) for part in pair if isinstance(part, Real) and not isinstance(part, bool)]
    if len(numbers) != 2 or not all(map(math.isfinite, numbers)):
        raise NetworkError(place, quoted(value), "points (x_m, y_m)", "give two metric coordinates per point")
    for number in numbers:
        _require_within(attribute, number, place, value)
    return numbers[0], numbers[1]


def turns_of(entry: str | None, place: str = "turn_lanes") -> tuple[str, ...]:
    """Return the directions marked on a lane.

    Examples
    --------
    >>> turns_of("right;through"), turns_of("")
    (('right', 'through'), ())
    """
    names = [name for name in str(entry or "").replace("|", ";").split(";") if name and name != "none"]
    plain = [name.removeprefix("slight_").removeprefix("sharp_").replace("reverse", "u_turn") for name in names]
    for name in plain:
        if name not in TURN_NAMES:
            raise NetworkError(place, quoted(entry), f"directions among {', '.join(TURN_NAMES)} joined by ';'",
                               "write for example \"right;through\"")
    return tuple(plain)


def _permission(entry: Any, place: str) -> tuple[str, ...] | None:
    if entry is None or entry == "":
        return None
    kinds = tuple(entry.replace(";", " ").split()) if isinstance(entry, str) else tuple(_sequence(entry, place))
    for kind in kinds:
        if not isinstance(kind, str) or kind not in KINDS:
            raise NetworkError(place, quoted(kind), f"kinds among {', '.join(KINDS)}", "correct the kind of vehicle")
    return kinds
