"""Which ways motor vehicles may use, in which direction, and which kinds of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trafficsim.io.osm.values import first_of
from trafficsim.spec.vehicles import KINDS, Kind

CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street",
           "service", "road", "busway")
LINKS = tuple(f"{name}_link" for name in CLASSES[:5])
"""Classes of ``highway`` that motor vehicles use (OpenStreetMap wiki, Key:highway); pedestrian streets and tracks are
left out, and what is planned or being built has another class."""
ACCESS = ("motorcar", "motor_vehicle", "vehicle", "access")
"""Tags of access, the particular one first (OpenStreetMap wiki, Key:access)."""
BUSES = ("bus", "psv")
CLOSED = {"no", "private", "agricultural", "forestry", "agricultural;forestry", "emergency", "official", "use_sidepath",
          "military", "restricted", "bus", "psv", "none"}
OPEN = {"yes", "designated", "permissive"}
SIDE_SERVICE = {"parking_aisle", "driveway", "drive-through", "emergency_access", "slipway"}
ONE_WAY = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1, "no": 0, "false": 0, "0": 0}
CHANGING = {"reversible", "alternating"}
RINGS = ("roundabout", "circular")
BUS_ONLY: tuple[Kind, ...] = ("bus",)


class Use(NamedTuple):
    """Who may use a way.

    Attributes
    ----------
    forward, backward : kinds of vehicles in its own direction and against it; nobody where empty
    ignored : why it is left out, where nobody may use it
    notes : what is remarkable, as ``(act, text)`` for the account of the import
    """

    forward: tuple[Kind, ...] = ()
    backward: tuple[Kind, ...] = ()
    ignored: str = ""
    notes: tuple[tuple[str, str], ...] = ()


def use_of(tags: Mapping[str, str], service: str) -> Use:
    """Tell who may use a way.

    Parameters
    ----------
    tags
        Of the way.
    service
        Which service roads are kept: ``none``, ``through`` (all but parking aisles, driveways and the like) or ``all``.

    Examples
    --------
    >>> use_of({"highway": "residential", "oneway": "-1"}, "none")[:2]
    ((), ('car', 'van', 'truck', 'bus', 'motorcycle'))
    >>> use_of({"highway": "footway"}, "none").ignored
    'way that is no road for motor vehicles (footway)'
    """
    ignored = _left_out(tags, service)
    if ignored:
        return Use(ignored=ignored)
    kinds = _kinds(tags)
    if not kinds:
        key, value = first_of(tags, ACCESS)
        return Use(ignored=f"road closed to motor vehicles ({key}={value})")
    sense, notes = _one_way(tags)
    buses = BUS_ONLY if _buses_against(tags) else ()
    forward = kinds if sense >= 0 else buses
    backward = kinds if sense <= 0 else buses
    forward, backward = (_open_in(tags, direction, kinds_there)
                         for direction, kinds_there in (("forward", forward), ("backward", backward)))
    if not forward and not backward:
        return Use(ignored="road closed in both directions")
    return Use(forward, backward, notes=(*notes, *_remarks(tags, kinds)))


def _left_out(tags: Mapping[str, str], service: str) -> str:
    highway = tags["highway"]
    if highway not in CLASSES and highway not in LINKS:
        return f"way that is no road for motor vehicles ({highway})"
    if tags.get("area") == "yes":
        return "area on which vehicles move freely (area=yes)"
    if highway == "service" and service != "all":
        side = tags.get("service", "")
        if service == "none" and "bus" not in tags and "psv" not in tags:
            return "service road"
        if side in SIDE_SERVICE:
            return f"service road ({side})"
    return ""


def _kinds(tags: Mapping[str, str]) -> tuple[Kind, ...]:
    """Kinds of vehicles by the tags of access; a road for buses only is kept for them."""
    value = first_of(tags, ACCESS)[1]
    closed = value in CLOSED or tags["highway"] == "busway"
    if closed:
        return BUS_ONLY if value in BUSES or tags["highway"] == "busway" or \
            any(tags.get(one) in OPEN for one in BUSES) else ()
    return tuple(kind for kind in KINDS if kind != "truck") if tags.get("hgv") == "no" else KINDS


def _one_way(tags: Mapping[str, str]) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Return 1, -1 or 0 (both directions), and what is to be told of it."""
    key, value = first_of(tags, ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"))
    if value in ONE_WAY:
        return ONE_WAY[value], ()
    if value in CHANGING:
        return 1, (("inferred", f"direction that changes in the day ({key}={value}): driven as the way is drawn"),)
    notes: Sequence[tuple[str, str]] = (("repaired", "osm-value-unread"),) if value else ()
    if tags.get("junction") in RINGS or tags["highway"] in ("motorway", "motorway_link"):
        return 1, (*notes, ("inferred", "one-way, as every roundabout and motorway is"))
    return 0, tuple(notes)


def _buses_against(tags: Mapping[str, str]) -> bool:
    return any(tags.get(f"oneway:{one}") == "no" for one in BUSES) or any(
        value == "opposite_lane" for key, value in tags.items() if key.startswith("busway"))


def _open_in(tags: Mapping[str, str], direction: str, kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    value = first_of(tags, [f"{one}:{direction}" for one in ACCESS])[1]
    if value not in CLOSED:
        return kinds
    buses = value in BUSES or any(tags.get(f"{one}:{direction}") in OPEN for one in BUSES)
    return BUS_ONLY if buses and kinds else ()


def _remarks(tags: Mapping[str, str], kinds: tuple[Kind, ...]) -> list[tuple[str, str]]:
    notes = []
    if kinds == BUS_ONLY:
        notes.append(("read", "road for buses only"))
    elif "truck" not in kinds:
        notes.append(("read", "road closed to trucks (hgv=no)"))
    value = first_of(tags, ACCESS)[1]
    if value and value not in CLOSED and value not in OPEN:
        notes.append(("ignored", f"road for those with business there ({value}): driven through too"))
    if any(key.endswith(":conditional") and key.split(":")[0] in (*ACCESS, "oneway", "hgv") for key in tags):
        notes.append(("ignored", "access or direction by time of day (:conditional)"))
    return notes
