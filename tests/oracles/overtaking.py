"""Who may not overtake on the nearside, said plainly."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Car:
    """Front, length (cells) and speed (cells per tick)."""

    front: int
    length: int
    speed: int


@dataclass(frozen=True)
class Manners:
    """Speed of a queue, headway (ticks) and ticks over which it is taken up, braking, and speed that comes on top."""

    queueing: int
    diagonal: float
    closing: int
    soft: int
    queue_speed: int


def bounds(lane: list[Car], beside: list[Car], manners: Manners) -> dict[int, int]:
    """Speed bounds by number of the car in ``lane``; ``beside`` is the next lane towards the offside."""
    found = {}
    for number, car in enumerate(lane):
        ahead = [other for other in beside if other.front >= car.front]
        nearest = min(ahead, key=lambda other: other.front, default=None)
        if nearest is None or nearest.speed <= manners.queueing:
            continue
        spare = nearest.front - nearest.length - car.front - int(manners.diagonal * nearest.speed)
        speed = max(nearest.speed + spare // manners.closing, nearest.speed - manners.queue_speed)
        if speed < car.speed + manners.queue_speed:
            found[number] = max(speed, car.speed - manners.soft)
    return found
