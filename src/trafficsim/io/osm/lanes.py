"""Lanes of a way in one direction: how many, what is marked on them, and who may use each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trafficsim.io.osm.values import by_lane, first_of, number_of, parts_of
from trafficsim.spec.schema import within
from trafficsim.spec.vehicles import KINDS, Kind

MOST_LANES = int(within("lanes")["le"])
Permission = tuple[Kind, ...] | None
DEFAULT_ONE_WAY = {"motorway": 2, "trunk": 2}
"""Lanes of a one-way road without ``lanes`` (OpenStreetMap wiki, Key:lanes); of any other direction 1."""
FOR_ALL = ("motor_vehicle:lanes", "vehicle:lanes", "access:lanes")
FOR_BUSES, FOR_CYCLES, FOR_POOLS = ("bus:lanes", "psv:lanes"), "bicycle:lanes", "hov:lanes"
TURNS = "turn:lanes"
LISTS = (TURNS, *FOR_ALL, *FOR_BUSES, FOR_CYCLES, FOR_POOLS)
CLOSED, OPEN = {"no", "private"}, {"designated", "yes", "official"}
BUS: Permission = ("bus",)
DIRECTIONS = {"left": "left", "slight_left": "left", "sharp_left": "left", "right": "right", "slight_right": "right",
              "sharp_right": "right", "through": "through", "reverse": "u_turn"}
OTHER = {"forward": "backward", "backward": "forward"}


@dataclass
class Side:
    """One direction of a way.

    Attributes
    ----------
    lanes : number of lanes for motor vehicles
    turn_lanes : directions marked on each, from the nearside; ``None`` where nothing is marked
    allow : who may use each, from the nearside; ``None`` where everybody may
    origins : attribute -> where it comes from
    notes : ``(act, text)`` for the account of the import; after ``repaired`` comes the code of the repair
    is_stated : the number of lanes is tagged for this direction, not a half or a default
    """

    lanes: int
    turn_lanes: tuple[str, ...] | None = None
    allow: tuple[Permission, ...] | None = None
    origins: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    is_stated: bool = True


@dataclass(frozen=True)
class Reading:
    """What lanes are read from: tags, direction (``forward``, ``backward``), both directions open, name of the way."""

    tags: Mapping[str, str]
    direction: str
    two_way: bool
    name: str
    left_hand: bool

    def tag(self, key: str) -> tuple[str, str]:
        """Return the tag of this direction, with its value; on one-way roads the one without a direction serves too."""
        return first_of(self.tags, (f"{key}:{self.direction}",) if self.two_way else (f"{key}:{self.direction}", key))


def side_of(reading: Reading) -> Side:
    """Return the lanes of one direction.

    Examples
    --------
    >>> tags = {"highway": "primary", "oneway": "yes", "lanes": "3", "turn:lanes": "left|through|through;right"}
    >>> side = side_of(Reading(tags, "forward", False, "way 7", False))
    >>> side.lanes, side.turn_lanes, side.origins["lanes"]
    (3, ('through;right', 'through', 'left'), 'read: way 7, lanes=3')
    """
    side = _number(reading)
    lists = _lists_that_fit(reading, side)
    if TURNS in lists:
        marks = [_marks(entry, side) for entry in lists[TURNS]]
        side.turn_lanes = tuple(marks) if any(marks) else None
        side.origins["turn_lanes"] = f"read: {reading.name}, {reading.tag(TURNS)[0]}={reading.tag(TURNS)[1]}"
    side.allow = _permissions(reading, side, lists)
    if not reading.left_hand:  # lists run from the left
        side.turn_lanes = side.turn_lanes and side.turn_lanes[::-1]
        side.allow = side.allow and side.allow[::-1]
    _read_turn_of_way(reading, side)
    _read_bus_lanes(reading, side)
    if side.turn_lanes is not None:
        side.turn_lanes = spelt_out(side.turn_lanes, reading.left_hand)
    return side


def _number(reading: Reading) -> Side:
    key, value = reading.tag("lanes")
    side = Side(1)
    count = _count(value, f"{reading.name}: {key}={value}", side) if value else None
    if count is not None:
        side.lanes, side.origins["lanes"] = count, f"read: {reading.name}, {key}={value}"
        return side
    both = reading.tags.get("lanes", "")
    total = _count(both, f"{reading.name}: lanes={both}", side) if both and reading.two_way else None
    if total is not None:
        _share(reading, side, total)
        return side
    side.is_stated = False
    highway = reading.tags["highway"]
    side.lanes = 1 if reading.two_way else DEFAULT_ONE_WAY.get(highway, 1)
    side.origins["lanes"] = f"inferred: {highway} road, no lanes"
    return side


def _count(value: str, where: str, side: Side) -> int | None:
    """Read a number of lanes, the lowest of several; ``None``, and a repair, where it is none."""
    numbers = [number for part in parts_of(value) if (number := number_of(part)) is not None]
    if not numbers or min(numbers) < 1:
        side.notes.append(("osm-value-unread", where))
        return None
    if min(numbers) > MOST_LANES:
        side.notes.append(("value-capped", where))
    return min(int(min(numbers)), MOST_LANES)


def _share(reading: Reading, side: Side, total: int) -> None:
    """Lanes of one direction, of a number for both."""
    value = reading.tags["lanes"]
    other_key, middle_key = f"lanes:{OTHER[reading.direction]}", "lanes:both_ways"
    numbers = [number_of(reading.tags.get(key, "")) or 0 for key in (other_key, middle_key)]
    other, middle = int(numbers[0]), int(numbers[1])
    if other:
        side.lanes = total - other - middle
        side.origins["lanes"] = f"read: {reading.name}, lanes={value} less {other_key}={other}"
    else:
        side.lanes, side.is_stated = (total - middle) // 2, False
        side.origins["lanes"] = f"inferred: half of lanes={value} of {reading.name}"
        if (total - middle) % 2 and total > 1:
            side.notes.append(("inferred", "odd number of lanes for both directions: the odd lane is left out"))
    if side.lanes < 1:
        side.lanes = 1
        if total > 1:
            side.notes.append(("osm-lanes-contradict", f"{reading.name}: lanes={value}"))


def _lists_that_fit(reading: Reading, side: Side) -> dict[str, list[str]]:
    """Lists by lane, from the left, without lanes for cycles, as long as the direction has lanes."""
    lists = {key: by_lane(value) for key in LISTS if (value := reading.tag(key)[1])}
    if not lists:
        return {}
    length = len(lists.get(TURNS) or next(iter(lists.values())))
    for key in [key for key, entries in lists.items() if len(entries) != length]:
        side.notes.append(("osm-lanes-contradict", f"{reading.name}: {key}={'|'.join(lists.pop(key))}"))
    ours = [lane for lane in range(length) if not _is_for_others(lists, lane)]
    if len(ours) == side.lanes or (ours and not side.is_stated and len(ours) <= MOST_LANES):
        if len(ours) != side.lanes:
            key = next(iter(lists))
            side.lanes, side.origins["lanes"] = len(ours), f"read: {reading.name}, entries of {reading.tag(key)[0]}"
        return {key: [entries[lane] for lane in ours] for key, entries in lists.items()}
    key = next(iter(lists))
    side.notes.append(("osm-lanes-contradict", f"{reading.name}: {reading.tag(key)[0]}={reading.tag(key)[1]}"))
    return {}


def _is_for_others(lists: Mapping[str, list[str]], lane: int) -> bool:
    """Whether a lane of the lists is for cycles only, or closed to everybody."""
    if any(lists[key][lane] in OPEN for key in FOR_BUSES if key in lists):
        return False
    general = [lists[key][lane] for key in FOR_ALL if key in lists and lists[key][lane]]
    return general[0] in CLOSED if general else FOR_CYCLES in lists and lists[FOR_CYCLES][lane] == "designated"


def _marks(entry: str, side: Side) -> str:
    words = [word for word in entry.split(";") if word]
    for word in words:
        if word not in DIRECTIONS and word != "none" and not word.startswith("merge"):
            side.notes.append(("osm-value-unread", f"turn:lanes: {word}"))
    return ";".join(dict.fromkeys(DIRECTIONS[word] for word in words if word in DIRECTIONS))


def _permissions(reading: Reading, side: Side, lists: Mapping[str, list[str]]) -> tuple[Permission, ...] | None:
    """Who may use each lane, by the lists."""
    if FOR_POOLS in lists and any(entry in OPEN for entry in lists[FOR_POOLS]):
        side.notes.append(("ignored", "lane for car pools (hov:lanes): open to all"))
    allow: list[Permission] = []
    for lane in range(side.lanes):
        general = next((lists[key][lane] for key in FOR_ALL if key in lists and lists[key][lane]), "")
        buses = [lists[key][lane] for key in FOR_BUSES if key in lists]
        bus_only = general in CLOSED or (not general and "designated" in buses)
        allow.append(BUS if bus_only else None)
    if not any(allow):
        return None
    key = next(key for key in (*FOR_BUSES, *FOR_ALL) if key in lists)
    side.origins["allow"] = f"read: {reading.name}, {reading.tag(key)[0]}={reading.tag(key)[1]}"
    return tuple(allow)


def _read_turn_of_way(reading: Reading, side: Side) -> None:
    """A direction that is marked on all lanes alike (``turn=right``)."""
    key, value = reading.tag("turn")
    marks = _marks(value, side) if value and side.turn_lanes is None else ""
    if marks:
        side.turn_lanes = (marks,) * side.lanes
        side.origins["turn_lanes"] = f"read: {reading.name}, {key}={value}"


def _read_bus_lanes(reading: Reading, side: Side) -> None:
    """Bus lanes on the nearside, where no list by lane tells them: ``busway``, ``lanes:bus``, ``lanes:psv``."""
    key, count = _bus_lanes(reading)
    if not count or side.allow is not None:
        return
    if side.lanes <= count:  # the number of lanes was given without them
        side.lanes = min(side.lanes + count, MOST_LANES)
        side.origins["lanes"] += f", and {count} for buses"
        side.turn_lanes = side.turn_lanes and ("",) * count + side.turn_lanes
    side.allow = (BUS,) * count + (None,) * (side.lanes - count)
    side.origins["allow"] = f"read: {reading.name}, {key}={reading.tags[key]}"


def _bus_lanes(reading: Reading) -> tuple[str, int]:
    for name in ("lanes:bus", "lanes:psv"):
        key, value = reading.tag(name)
        number = number_of(value) if value else None
        if number and 1 <= number < MOST_LANES:
            return key, int(number)
    edge = "left" if (reading.direction == "forward") == reading.left_hand else "right"
    sides = ("busway", "busway:both", f"busway:{edge}") if reading.two_way else (
        "busway", "busway:both", "busway:left", "busway:right")
    return next(((key, 1) for key in sides if reading.tags.get(key) == "lane"), ("", 0))


def spelt_out(marks: tuple[str, ...], left_hand: bool) -> tuple[str, ...]:
    """Return the markings of lanes from the nearside, with what drivers may do on lanes without any.

    Lanes without markings lead straight on; the outermost of them on each side lead to that side too, unless
    another lane is marked for it.

    Examples
    --------
    >>> spelt_out(("", "", "left"), False)
    ('through;right', 'through', 'left')
    """
    nearside, middle = ("left", "right") if left_hand else ("right", "left")
    marked = {word for entry in marks for word in entry.split(";")}
    done = [entry or "through" for entry in marks]
    empty = [lane for lane, entry in enumerate(marks) if not entry]
    if empty and empty[0] == 0 and nearside not in marked:
        done[0] += f";{nearside}"
    if empty and empty[-1] == len(marks) - 1 and middle not in marked:
        done[-1] += f";{middle}"
    return tuple(done)


def narrowed(side: Side, kinds: tuple[Kind, ...]) -> None:
    """Close the lanes of a direction to all kinds but some.

    Examples
    --------
    >>> side = Side(2, allow=(BUS, None))
    >>> narrowed(side, ("car", "bus"))
    >>> side.allow
    (('bus',), ('car', 'bus'))
    """
    if kinds != KINDS:
        before = side.allow or (None,) * side.lanes
        side.allow = tuple(kinds if one is None else tuple(kind for kind in one if kind in kinds) for one in before)
