"""A junction seen from its middle: its legs, and which lane of which leg leads where.

Everything here is written for right-hand traffic; left-hand traffic is its mirror image. Shapes are hashable, so equal
junctions of a large network are worked out once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from trafficsim.design.inference.geometry import Path, Point, ahead, turn_angle, turning_path
from trafficsim.spec.network import Turn
from trafficsim.spec.schema import turns_of

LANE_WIDTH_M = 3.25  # German guideline RASt 06 for urban main roads with trucks and buses
# Comfortable side friction in low-speed urban turns: 0.27-0.38 g at 10-20 mph (AASHTO Green Book), taken as 0.3 g.
LATERAL_ACCELERATION_MS2 = 3.0
LEAST_TURN_KMH = 1.0  # paths of a few centimetres, where links meet at odd angles, are crept over
ROUNDABOUT_CORNER_RADIUS_M = 12.0  # entries 10-14 m, exits 12-16 m at compact roundabouts (FGSV 242, 2006)
BACK_RAD = math.radians(150.0)  # a sharper turn is a u-turn, where a lane is marked for it (modelling assumption)
THROUGH_RAD = math.radians(45.0)  # larger turns are called left or right (modelling assumption)


@dataclass(frozen=True, slots=True)
class Leg:
    """One link where it meets a junction, as approach or exit.

    Attributes
    ----------
    heading : direction of travel at the junction
    base : where its reference line meets the stop line, relative to the middle of the junction
    shared : the reference line is the middle of a two-way street, lanes lie to its right; else the middle of the lanes
    arm : number of the street it belongs to; approach and exit of one street share it
    rank : larger has the right of way
    circulating : a piece of a roundabout
    turn_lanes, allow : as in the schema
    stops : a stop sign stands at it
    """

    heading: float
    base: Point
    shared: bool
    arm: int
    lanes: int
    speed_kmh: float
    rank: tuple[float, ...]
    circulating: bool = False
    turn_lanes: tuple[str, ...] | None = None
    allow: tuple[tuple[str, ...] | None, ...] | None = None
    stops: bool = False

    @property
    def may_turn_back(self) -> bool:
        """Whether a lane is marked for u-turns."""
        return any("u_turn" in turns_of(entry) for entry in self.turn_lanes or ())

    def lane_point(self, lane: int) -> Point:
        """Return the middle of a lane at the stop line."""
        middle = self.lanes - lane - 0.5 if self.shared else self.lanes / 2 - lane - 0.5
        return ahead(self.base, self.heading - math.pi / 2, middle * LANE_WIDTH_M)

    @property
    def general_lanes(self) -> list[int]:
        """Lanes open to cars; all lanes when none is."""
        if self.allow is None:
            return list(range(self.lanes))
        return [k for k, kinds in enumerate(self.allow) if kinds is None or "car" in kinds] or list(range(self.lanes))


@dataclass(frozen=True, slots=True)
class JunctionShape:
    """A junction: its control and its legs.

    Attributes
    ----------
    control : as in the schema
    approaches, exits : its legs
    banned : pairs (approach, exit) that must not be driven
    mapped : as a map draws it: carriageways fork and lanes open at nodes of their own
    """

    control: str
    approaches: tuple[Leg, ...]
    exits: tuple[Leg, ...]
    banned: frozenset[tuple[int, int]] = frozenset()
    mapped: bool = False


@dataclass(frozen=True, slots=True)
class JunctionPath:
    """One lane-to-lane path through the junction; ``approach`` and ``exit`` are positions in the shape."""

    approach: int
    from_lane: int
    exit: int
    to_lane: int
    turn: Turn
    path: Path
    speed_kmh: float

    @property
    def order(self) -> tuple[int, int, int, int]:
        """Key that sorts the ways of a junction."""
        return self.approach, self.from_lane, self.exit, self.to_lane


def turns_from(shape: JunctionShape, approach: int) -> dict[int, Turn]:
    """Return the exits that an approach leads to, with the direction of each, without banned turns.

    U-turns are offered where a lane is marked so, or where there is no other way on and the node is not declared a dead
    end. The exit that deviates least, by less than 45 degrees, is straight on; a road that only bends is straight on as
    well.
    """
    leg = shape.approaches[approach]
    angles = {number: turn_angle(leg.heading, exit.heading) for number, exit in enumerate(shape.exits)
              if (approach, number) not in shape.banned}
    back = _turned_back(shape, leg, angles)
    onward = {number: angle for number, angle in angles.items()
              if shape.exits[number].arm != leg.arm and number not in back}
    if not onward:
        return {} if shape.control == "dead_end" else dict.fromkeys(angles, "u_turn")
    best = min(onward, key=lambda number: (abs(onward[number]), number))
    arms = {leg.arm for leg in (*shape.approaches, *shape.exits)}
    turns: dict[int, Turn] = {number: _side(angle) for number, angle in onward.items()}
    if abs(onward[best]) < THROUGH_RAD or len(arms) == 2:
        turns[best] = "through"
    return turns | back


def _turned_back(shape: JunctionShape, leg: Leg, angles: dict[int, float]) -> dict[int, Turn]:
    """Return the exits by which one turns back, where a lane is marked so."""
    if not leg.may_turn_back:
        return {}
    return {number: "u_turn" for number, angle in angles.items() if abs(angle) > BACK_RAD}


def paths_through(shape: JunctionShape) -> tuple[tuple[JunctionPath, ...], tuple[str, ...]]:
    """Return all paths through a junction in stable order, and what had to be guessed or repaired about them."""
    movements: list[JunctionPath] = []
    notes: list[str] = []
    for approach, leg in enumerate(shape.approaches):
        turns = turns_from(shape, approach)
        if not turns:
            continue
        marked = leg.turn_lanes is not None and any(leg.turn_lanes) and not (shape.mapped and len(turns) == 1)
        joins = _marked_lanes(shape, approach, turns, notes) if marked else _usual_lanes(shape, approach, turns)
        movements.extend(_path(shape, approach, join, turns) for join in sorted(set(joins)))
    return tuple(sorted(movements, key=lambda movement: movement.order)), tuple(notes)


Join = tuple[int, int, int]  # from lane, exit, to lane
GivenJoin = tuple[int, int, int, int, Turn]  # approach, from lane, exit, to lane, turn


def paths_given(
    shape: JunctionShape, joins: tuple[GivenJoin, ...]
) -> tuple[tuple[JunctionPath, ...], tuple[str, ...]]:
    """Return the stated paths through a junction, and inferred ones of the approaches of which none is stated."""
    stated = {join[0] for join in joins}
    inferred, notes = paths_through(shape)
    movements = [path for path in inferred if path.approach not in stated]
    movements += [_path(shape, approach, (from_lane, exit, to_lane), {exit: turn})
                  for approach, from_lane, exit, to_lane, turn in joins]
    return tuple(sorted(movements, key=lambda movement: movement.order)), notes


def _side(angle: float) -> Turn:
    return "left" if angle > 0 else "right"


def _path(shape: JunctionShape, approach: int, join: Join, turns: dict[int, Turn]) -> JunctionPath:
    return path_of(shape, approach, join, turns[join[1]])


def path_of(shape: JunctionShape, approach: int, join: Join, turn: Turn) -> JunctionPath:
    """Return the path of one connection (from lane, exit, to lane) through a junction."""
    from_lane, exit, to_lane = join
    leg, out = shape.approaches[approach], shape.exits[exit]
    path = turning_path(leg.lane_point(from_lane), leg.heading, out.lane_point(to_lane), out.heading)
    speed = min(leg.speed_kmh, out.speed_kmh)
    if len({arm.arm for arm in (*shape.approaches, *shape.exits)}) == 2 and turn == "through":
        path = Path(path.points, 0.0, math.inf)  # a road that goes on: nothing lies between its links
    if math.isfinite(path.radius_m):
        radius = max(path.radius_m, ROUNDABOUT_CORNER_RADIUS_M if leg.circulating or out.circulating else 0.0)
        speed = min(speed, 3.6 * math.sqrt(LATERAL_ACCELERATION_MS2 * radius))
    return JunctionPath(approach, from_lane, exit, to_lane, turn, path, round(max(speed, LEAST_TURN_KMH), 3))


def _usual_lanes(shape: JunctionShape, approach: int, turns: dict[int, Turn]) -> list[Join]:
    """Share out unmarked lanes: right from the nearside, left from the inner lane, straight on from all that fit."""
    leg = shape.approaches[approach]
    lanes = leg.general_lanes
    rights, main, lefts = _sorted_exits(shape, approach, turns)
    targets = {exit: shape.exits[exit].general_lanes for exit in turns}
    joins: list[Join] = []
    if main is None:  # left and right only, as at the foot of a T
        split = len(lanes) // 2
        right_lanes, left_lanes = lanes[: len(lanes) - split] if split else lanes, lanes[len(lanes) - split:] or lanes
    else:
        right_only, left_only = _exclusive(len(lanes), main, rights, lefts, targets)
        straight = lanes[right_only: len(lanes) - left_only]
        opened = _opened_lanes(shape, approach, straight, main) if shape.mapped else []
        joins += opened or _from_nearside(straight, main, targets[main])
        widens = len(turns) == 1 and not opened and not shape.mapped
        if widens:  # a road that widens: the inner lane leads to all new lanes
            joins += [(straight[-1], main, lane) for lane in targets[main][len(straight):]]
        right_lanes, left_lanes = lanes[: max(1, right_only)], lanes[len(lanes) - max(1, left_only):]
    for exit in rights:
        joins += _from_nearside(right_lanes, exit, targets[exit])
    for exit in lefts:
        joins += _from_inside(left_lanes, exit, targets[exit])
    return joins + _reserved_lanes(shape, approach, turns)


def _opened_lanes(shape: JunctionShape, approach: int, straight: Sequence[int], exit: int) -> list[Join]:
    """Lead straight on where lanes open or are added, as a map draws it; nothing where neither is the case.

    Where links merge, each keeps its side. Where one link leads on, lanes that are marked for right turns open on the
    right, others on the left.
    """
    targets = shape.exits[exit].general_lanes
    feeding = [number for number in range(len(shape.approaches)) if exit in turns_from(shape, number)]
    if len(feeding) > 1:
        return _merged_lanes(shape, approach, straight, feeding) if len(shape.exits) == 1 else []
    extra = len(targets) - len(straight)
    if extra <= 0 or not straight:
        return []
    marks = shape.exits[exit].turn_lanes or ()
    for_right = sum(1 for lane in targets[:extra] if lane < len(marks) and turns_of(marks[lane]) == ("right",))
    joins = [(lane, exit, targets[for_right + place]) for place, lane in enumerate(straight)]
    joins += [(straight[0], exit, lane) for lane in targets[:for_right]]
    return joins + [(straight[-1], exit, lane) for lane in targets[for_right + len(straight):]]


def _merged_lanes(shape: JunctionShape, approach: int, straight: Sequence[int], feeding: Sequence[int]) -> list[Join]:
    """Lead the lanes of links that merge to their own side of the exit; what does not fit ends in the outer lane."""
    targets = shape.exits[0].general_lanes
    angle = {n: turn_angle(shape.approaches[n].heading, shape.exits[0].heading) for n in feeding}
    ordered = sorted(feeding, key=lambda n: (angle[n], n))
    before = sum(len(shape.approaches[n].general_lanes) for n in ordered[:ordered.index(approach)])
    behind = sum(len(shape.approaches[n].general_lanes) for n in ordered[ordered.index(approach) + 1:])
    first = min(before, max(0, len(targets) - len(straight) - behind if ordered[-1] != approach
                            else len(targets) - len(straight)))
    return [(lane, 0, targets[min(first + place, len(targets) - 1)]) for place, lane in enumerate(straight)]


def _sorted_exits(
    shape: JunctionShape, approach: int, turns: dict[int, Turn]
) -> tuple[list[int], int | None, list[int]]:
    """Return exits to the right of the main one, the main one, and those to the left of it."""
    leg = shape.approaches[approach]
    angle = {exit: turn_angle(leg.heading, shape.exits[exit].heading) for exit in turns}
    ordered = sorted(turns, key=lambda exit: (angle[exit], exit))
    kinds = set(turns.values())
    if kinds == {"left", "right"}:
        return [e for e in ordered if turns[e] == "right"], None, [e for e in ordered if turns[e] == "left"]
    straight = [exit for exit in ordered if turns[exit] == "through"]
    main = straight[0] if straight else min(ordered, key=lambda exit: (abs(angle[exit]), exit))
    place = ordered.index(main)
    return ordered[:place], main, ordered[place + 1:]


def _exclusive(
    lanes: int, main: int, rights: Sequence[int], lefts: Sequence[int], targets: dict[int, list[int]]
) -> tuple[int, int]:
    """Return how many lanes are for right and for left turns only: those that do not fit straight on, left first."""
    most_right = max((len(targets[exit]) for exit in rights), default=0)
    most_left = max((len(targets[exit]) for exit in lefts), default=0)
    right = left = 0
    for _ in range(max(0, lanes - len(targets[main]))):
        if left < most_left and (left <= right or right >= most_right):
            left += 1
        elif right < most_right:
            right += 1
    return right, left


def _from_nearside(lanes: Sequence[int], exit: int, targets: Sequence[int]) -> list[Join]:
    return [(lane, exit, targets[min(k, len(targets) - 1)]) for k, lane in enumerate(lanes)]


def _from_inside(lanes: Sequence[int], exit: int, targets: Sequence[int]) -> list[Join]:
    return [(lane, exit, targets[max(0, len(targets) - 1 - k)]) for k, lane in enumerate(reversed(lanes))]


def _reserved_lanes(shape: JunctionShape, approach: int, turns: dict[int, Turn]) -> list[Join]:
    """Lead lanes closed to cars straight on and to the right: into a lane of their kind, else the nearside lane."""
    leg = shape.approaches[approach]
    reserved = sorted(set(range(leg.lanes)) - set(leg.general_lanes))
    wanted = [exit for exit, turn in turns.items() if turn in ("through", "right")] or list(turns)
    joins = []
    for lane in reserved:
        kinds = leg.allow[lane] if leg.allow else None
        for exit in wanted:
            allow = shape.exits[exit].allow or ()
            same = [k for k, permitted in enumerate(allow) if permitted == kinds]
            joins.append((lane, exit, same[0] if same else shape.exits[exit].general_lanes[0]))
    return joins


def _marked_lanes(shape: JunctionShape, approach: int, turns: dict[int, Turn], notes: list[str]) -> list[Join]:
    """Follow the markings; a lane whose markings lead nowhere goes the way that deviates least."""
    leg = shape.approaches[approach]
    marks = [turns_of(entry) for entry in leg.turn_lanes or ()]
    joins: list[Join] = []
    for exit, turn in turns.items():
        lanes = [lane for lane, mark in enumerate(marks) if turn in mark]
        targets = shape.exits[exit].general_lanes
        inside = turn in ("left", "u_turn")
        joins += _from_inside(lanes, exit, targets) if inside else _from_nearside(lanes, exit, targets)
        if not lanes:
            notes.append("turn-not-marked")
    easiest = min(turns, key=lambda exit: abs(turn_angle(leg.heading, shape.exits[exit].heading)))
    served = {join[0] for join in joins}
    for lane in (lane for lane in range(leg.lanes) if lane not in served):
        if marks[lane]:
            notes.append("turn-lane-without-exit")
        targets = shape.exits[easiest].general_lanes
        joins.append((lane, easiest, targets[min(lane, len(targets) - 1)]))
    return joins
