"""Who gives way to whom at a junction, which paths conflict, and the gaps that drivers accept."""

from __future__ import annotations

import math
from collections.abc import Sequence

from trafficsim.design.inference.geometry import distance_to_crossing, paths_cross, turn_angle
from trafficsim.design.inference.junction_shape import LANE_WIDTH_M, JunctionPath, JunctionShape

OPPOSING_RAD = math.radians(135.0)  # approaches that differ by more face each other (modelling assumption)
MERGING_RAD = math.radians(20.0)  # approaches that differ by less run side by side (modelling assumption)

Pair = tuple[int, int]

# (critical gap, follow-up time) in s. HCM 2016 ch. 20, base values for passenger cars.
MAJOR_LEFT = (4.1, 2.2)
MINOR = {"right": (6.2, 3.3), "through": (6.5, 4.0), "left": (7.1, 3.5)}
MINOR_FOUR_LANES = {"right": (6.9, 3.3), "through": (6.5, 4.0), "left": (7.5, 3.5)}
U_TURN = (6.4, 2.5)
# HCM 2016 ch. 19: permitted left turn at a signal.
PERMITTED_LEFT = (4.5, 2.5)
# HCM 2016 ch. 22: single-lane roundabout entry, from its capacity 1380 exp(-0.00102 q).
ROUNDABOUT = (4.98, 2.61)
# All-way stop: departure headway of an approach that is alone (HCM 2016 ch. 21); order of arrival, no gaps.
ALL_WAY_STOP = (4.0, 3.9)
# Straight on and nearside turns that give way at a signal follow each other as at green (modelling assumption).
AT_SIGNAL = {"right": (6.2, 2.0), "through": (6.5, 2.0), "left": PERMITTED_LEFT}
# Lanes that merge at speed: two following headways (modelling assumption); car following alone spaces those who merge.
MERGE = (2.0, 1.0)
LEAST_WAITING_PLACE_M = 5.5
"""A car stands wholly beyond the stop line, with a metre to spare (modelling assumption)."""


def conflicts_of(movements: Sequence[JunctionPath]) -> list[Pair]:
    """Return the pairs of conflicting movements, or end in the same lane; ways out of one lane never conflict."""
    found = []
    for a, first in enumerate(movements):
        for b in range(a + 1, len(movements)):
            second = movements[b]
            if (first.approach, first.from_lane) == (second.approach, second.from_lane):
                continue
            same_target = (first.exit, first.to_lane) == (second.exit, second.to_lane)
            if same_target or paths_cross(first.path.points, second.path.points):
                found.append((a, b))
    return found


def without_drawn(
    shape: JunctionShape, movements: Sequence[JunctionPath], pairs: Sequence[Pair]
) -> list[Pair]:
    """Leave out pairs that meet as a map draws them only.

    Streams that face each other, both straight on, pass each other; lanes of one approach fork in their order.
    """
    return [(a, b) for a, b in pairs if movements[a].exit == movements[b].exit
            or not (_face(shape, movements[a], movements[b]) or _fork(shape, movements[a], movements[b]))]


def _face(shape: JunctionShape, a: JunctionPath, b: JunctionPath) -> bool:
    first, second = shape.approaches[a.approach], shape.approaches[b.approach]
    return a.turn == b.turn == "through" and abs(turn_angle(first.heading, second.heading)) > OPPOSING_RAD


def _fork(shape: JunctionShape, a: JunctionPath, b: JunctionPath) -> bool:
    if a.approach != b.approach or a.from_lane == b.from_lane:
        return False
    heading = shape.approaches[a.approach].heading
    right, left = (a, b) if a.from_lane < b.from_lane else (b, a)
    return turn_angle(heading, shape.exits[right.exit].heading) <= turn_angle(heading, shape.exits[left.exit].heading)


def who_yields(
    shape: JunctionShape, movements: Sequence[JunctionPath], pairs: Sequence[Pair]
) -> tuple[set[Pair], bool]:
    """Return ``(yields, to)`` for every conflicting pair, free of circles, and whether a circle had to be cut.

    A circle (four drivers, each with another on the right) would lock a junction for ever; it is cut so that as few
    rules as possible are turned round, always in the same way.
    """
    yields = {(a, b) if _gives_way(shape, movements[a], movements[b]) else (b, a) for a, b in pairs}
    order = _order_of_going(len(movements), yields)
    straightened = {(a, b) if order[a] > order[b] else (b, a) for a, b in yields}
    return straightened, straightened != yields


def gaps(shape: JunctionShape, movement: JunctionPath, is_minor: bool) -> tuple[float, float]:
    """Return critical gap and follow-up time in s of a way that has to yield."""
    leg = shape.approaches[movement.approach]
    if movement.turn == "u_turn":
        return U_TURN
    if shape.control == "signal":
        return AT_SIGNAL[movement.turn]
    if shape.control == "all_way_stop":
        return ALL_WAY_STOP
    if shape.control == "roundabout" and not leg.circulating:
        return ROUNDABOUT
    if merges_only(shape, movement):
        return MERGE
    if not is_minor and movement.turn == "left" and shape.control == "priority":
        return MAJOR_LEFT
    widest = max(other.lanes for other in shape.approaches)
    return (MINOR_FOUR_LANES if widest >= 2 else MINOR)[movement.turn]


def waiting_place_m(
    shape: JunctionShape, movements: Sequence[JunctionPath], number: int, conflicting_ones: Sequence[int]
) -> float:
    """Return how far beyond its stop line a turn across the opposing traffic waits for a gap; 0 where it does not.

    Its front stands at the edge of the first opposing lane that it crosses. That holds at signals and on major
    roads; a car that does not fit there waits at the line.
    """
    movement = movements[number]
    at_line = shape.control != "signal" and (shape.control != "priority" or is_minor(shape, movement.approach))
    if movement.turn not in ("left", "u_turn") or at_line:
        return 0.0
    heading = shape.approaches[movement.approach].heading
    opposing = [movements[conflicting] for conflicting in conflicting_ones
                if abs(turn_angle(heading, shape.approaches[movements[conflicting].approach].heading)) > OPPOSING_RAD]
    crossings = [distance_to_crossing(movement.path.points, conflicting.path.points) for conflicting in opposing]
    before = min((length for length in crossings if length is not None), default=0.0) - LANE_WIDTH_M / 2
    return round(min(before, 100.0), 1) if before >= LEAST_WAITING_PLACE_M else 0.0


def merges_only(shape: JunctionShape, movement: JunctionPath) -> bool:
    """Tell whether all traffic that meets this way runs beside it in the same direction."""
    angles = [abs(turn_angle(shape.approaches[movement.approach].heading, leg.heading)) for leg in shape.approaches]
    return all(angle < 2 * MERGING_RAD or angle > math.pi - MERGING_RAD for angle in angles)


def is_minor(shape: JunctionShape, approach: int) -> bool:
    """Tell whether an approach ranks below another one, or all are equal (nobody is on a major road)."""
    ranks = [leg.rank for leg in shape.approaches]
    return ranks[approach] < max(ranks) or len(set(ranks)) == 1


def _street_order(shape: JunctionShape, approach: int) -> tuple[tuple[float, ...], int]:
    """Return a key of the street (an approach and those facing it) that is larger for the one that goes first."""
    own = shape.approaches[approach].heading
    street = [number for number, leg in enumerate(shape.approaches)
              if number == approach or abs(turn_angle(own, leg.heading)) > OPPOSING_RAD]
    return max(shape.approaches[number].rank for number in street), -min(street)


def _gives_way(shape: JunctionShape, a: JunctionPath, b: JunctionPath) -> bool:
    """Tell whether ``a`` yields to ``b`` (else ``b`` yields to ``a``)."""
    first, second = shape.approaches[a.approach], shape.approaches[b.approach]
    if a.approach == b.approach:  # lanes of one link: straight on goes first, else the lane nearer to the kerb
        return (a.turn != "through", a.from_lane) > (b.turn != "through", b.from_lane)
    if first.circulating != second.circulating:
        return second.circulating
    angle = turn_angle(first.heading, second.heading)
    opposing = abs(angle) > OPPOSING_RAD
    if shape.control in ("priority", "dead_end") and first.rank != second.rank:
        return first.rank < second.rank
    if opposing:
        return (_turn_rank(a), a.order) > (_turn_rank(b), b.order)
    if shape.control == "signal":  # they never have green together; the order matters only when the signals are off
        return _street_order(shape, a.approach) < _street_order(shape, b.approach)
    if abs(angle) < MERGING_RAD:
        return a.order > b.order
    from_right = angle > 0
    return not from_right if shape.control == "roundabout" else from_right


def _turn_rank(movement: JunctionPath) -> int:
    return {"through": 0, "right": 0, "left": 1, "u_turn": 2}[movement.turn]


def _order_of_going(size: int, yields: set[Pair]) -> list[int]:
    """Return the rank of every way in an order in which each yields to those before it, as far as this is possible."""
    waits_for: list[set[int]] = [set() for _ in range(size)]
    for a, b in yields:
        waits_for[a].add(b)
    left, order = set(range(size)), [0] * size
    for rank in range(size):
        first = min(left, key=lambda movement: (len(waits_for[movement] & left), movement))
        order[first] = rank
        left.remove(first)
    return order
