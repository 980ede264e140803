"""Plane geometry of roads: lengths, headings, turning paths and whether two paths cross.

Headings are in radians, counter-clockwise from the x axis; a positive turn is a turn to the left.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]

ARC_SEGMENTS = 6  # of a drawn quarter turn: its chords lie within 1 % of the radius from the arc
STRAIGHT_RAD = math.radians(5.0)  # below this a path counts as straight (modelling assumption)
U_TURN_RAD = math.radians(170.0)
SAME_PLACE_M = 1e-9  # what arithmetic leaves between two sums of the same lengths
LEAST_U_TURN_RADIUS_M = 5.5  # half the turning circle of a passenger car, about 11 m kerb to kerb


@dataclass(frozen=True, slots=True)
class Path:
    """A driven path: its polyline, length along the arc and smallest radius (infinite when straight)."""

    points: tuple[Point, ...]
    length_m: float
    radius_m: float


def line_length(points: Sequence[Point]) -> float:
    """Return the length of a polyline in metres.

    Examples
    --------
    >>> line_length([(0.0, 0.0), (3.0, 4.0), (3.0, 10.0)])
    11.0
    """
    return sum(math.dist(a, b) for a, b in itertools.pairwise(points))


def along(points: Sequence[Point], distance_m: float) -> Point:
    """Return the point of a polyline at a distance from its start; its end beyond it.

    Examples
    --------
    >>> along([(0.0, 0.0), (10.0, 0.0)], 4.0)
    (4.0, 0.0)
    """
    for a, b in itertools.pairwise(points):
        piece_m = math.dist(a, b)
        if distance_m <= piece_m and piece_m > 0.0:
            share = max(0.0, distance_m) / piece_m
            return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
        distance_m -= piece_m
    return points[-1]


def cut(points: Sequence[Point], begin_m: float, end_m: float) -> tuple[Point, ...]:
    """Return the part of a polyline between two distances along it.

    Examples
    --------
    >>> cut([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], 5.0, 15.0)
    ((5.0, 0.0), (10.0, 0.0), (10.0, 5.0))
    """
    inner, done_m = [], 0.0
    for a, b in itertools.pairwise(points):
        done_m += math.dist(a, b)
        if begin_m < done_m < end_m - SAME_PLACE_M:
            inner.append(b)
    return (along(points, begin_m), *inner, along(points, end_m))


def turn_angle(heading_in: float, heading_out: float) -> float:
    """Return the turn from one heading to another in (-pi, pi]; positive to the left.

    Examples
    --------
    >>> round(math.degrees(turn_angle(0.0, math.radians(270))))
    -90
    """
    angle = math.fmod(heading_out - heading_in, 2 * math.pi)
    if angle <= -math.pi:
        angle += 2 * math.pi
    return angle - 2 * math.pi if angle > math.pi else angle


def heading(points: Sequence[Point]) -> float:
    """Return the heading of the first piece of a polyline that is not a repeated point (0 when there is none)."""
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if math.hypot(x1 - x0, y1 - y0) > 1e-6:
            return math.atan2(y1 - y0, x1 - x0)
    return 0.0


def heading_at_end(points: Sequence[Point]) -> float:
    """Return the heading of the last piece of a polyline."""
    return turn_angle(math.pi, heading(tuple(reversed(points))))


def ahead(point: Point, direction: float, distance_m: float) -> Point:
    """Return the point that lies a distance ahead in a direction."""
    return point[0] + distance_m * math.cos(direction), point[1] + distance_m * math.sin(direction)


def turning_path(start: Point, heading_in: float, end: Point, heading_out: float) -> Path:
    """Return the path through a junction: straight on, then a circular arc, then straight on, tangent at both ends.

    The arc is the largest that fits between the two tangents, as a driver cuts a corner.

    Examples
    --------
    >>> path = turning_path((-10.0, 0.0), 0.0, (0.0, 10.0), math.pi / 2)
    >>> round(path.radius_m, 6), round(path.length_m, 6) == round(5 * math.pi, 6)
    (10.0, True)
    """
    angle = turn_angle(heading_in, heading_out)
    if abs(angle) < STRAIGHT_RAD:
        return Path((start, end), math.dist(start, end), math.inf)
    if abs(angle) > U_TURN_RAD:
        return _turned_back(start, heading_in, end)
    before, after = _tangents(start, heading_in, end, heading_out)
    if min(before, after) < 0.1:  # the tangents do not meet ahead: an arc over the chord
        return _over_chord(start, heading_in, end, angle)
    cut = min(before, after)
    radius = cut / math.tan(abs(angle) / 2)
    arc = _arc(ahead(start, heading_in, before - cut), heading_in, angle, radius)
    length = radius * abs(angle) + abs(before - after)
    return Path((start, *arc, end), length, radius)


def paths_cross(a: Sequence[Point], b: Sequence[Point]) -> bool:
    """Tell whether two polylines cross.

    Examples
    --------
    >>> paths_cross([(0, 0), (2, 2)], [(0, 2), (2, 0)]), paths_cross([(0, 0), (2, 0)], [(0, 1), (2, 1)])
    (True, False)
    """
    return any(
        _segments_cross(p, q, r, s)
        for p, q in itertools.pairwise(a)
        for r, s in itertools.pairwise(b)
    )


def distance_to_crossing(a: Sequence[Point], b: Sequence[Point]) -> float | None:
    """Return the length along polyline ``a`` up to its first crossing with ``b``, or ``None`` if they do not cross.

    Examples
    --------
    >>> distance_to_crossing([(0, 0), (4, 0)], [(3, -1), (3, 1)])
    3.0
    """
    done = 0.0
    for p, q in itertools.pairwise(a):
        shares = [_share_before_crossing(p, q, r, s) for r, s in itertools.pairwise(b) if _segments_cross(p, q, r, s)]
        if shares:
            return done + min(shares) * math.dist(p, q)
        done += math.dist(p, q)
    return None


def _share_before_crossing(p: Point, q: Point, r: Point, s: Point) -> float:
    """Return where on p-q the line r-s crosses it, from 0 at p to 1 at q."""
    at_p, at_q = _side(r, s, p), _side(r, s, q)
    return at_p / (at_p - at_q)


def _tangents(start: Point, heading_in: float, end: Point, heading_out: float) -> tuple[float, float]:
    ux, uy, vx, vy = math.cos(heading_in), math.sin(heading_in), math.cos(heading_out), math.sin(heading_out)
    dx, dy = end[0] - start[0], end[1] - start[1]
    determinant = ux * vy - uy * vx
    return (dx * vy - dy * vx) / determinant, (ux * dy - uy * dx) / determinant


def _arc(start: Point, heading_in: float, angle: float, radius: float) -> tuple[Point, ...]:
    side = math.copysign(1.0, angle)
    centre = ahead(start, heading_in + side * math.pi / 2, radius)
    return tuple(
        ahead(centre, heading_in + angle * step / ARC_SEGMENTS - side * math.pi / 2, radius)
        for step in range(ARC_SEGMENTS + 1)
    )


def _over_chord(start: Point, heading_in: float, end: Point, angle: float) -> Path:
    chord = math.dist(start, end)
    radius = chord / (2 * math.sin(abs(angle) / 2))
    middle = ahead(start, heading_in, chord / 2 / max(math.cos(angle / 2), 0.2))
    return Path((start, middle, end), radius * abs(angle), max(radius, 1.0))


def _turned_back(start: Point, heading_in: float, end: Point) -> Path:
    radius = max(math.dist(start, end) / 2, LEAST_U_TURN_RADIUS_M)
    points = (start, ahead(start, heading_in, radius), ahead(end, heading_in, radius), end)
    return Path(points, math.pi * radius, radius)


def _segments_cross(p: Point, q: Point, r: Point, s: Point) -> bool:
    side_r, side_s = _side(p, q, r), _side(p, q, s)
    side_p, side_q = _side(r, s, p), _side(r, s, q)
    return side_r * side_s < 0 and side_p * side_q < 0


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
