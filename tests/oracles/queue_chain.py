"""Reference model of the queue engine on a chain of links of one lane: who leaves when, one vehicle after the other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """Constants of one link: times in ms; ``stored`` vehicles fit, ``headway`` at its line, ``own`` on it."""

    stored: int
    back: int
    headway: int
    own: int


@dataclass(frozen=True)
class Start:
    """Of vehicles: acceleration, and speed (m/s) by link, for the time lost in speeding up; room of one (m)."""

    acceleration: float
    room_m: float


def leaving_times(links: list[Link], depart: list[int], free: list[list[int]], way: list[list[float]],
                  start: Start) -> tuple[list[int], list[list[int]]]:
    """Return when vehicles enter the first link, and when they leave each; ``free`` and ``way`` by vehicle and link.

    Vehicles keep their order: nobody passes on one lane.
    """
    entered: list[int] = []
    left: list[list[int]] = []
    ready: list[list[int]] = []
    for n in range(len(depart)):
        time = depart[n]
        if n:
            time = max(time, entered[n - 1] + links[0].own)
        time = max(time, _room(left, n, 0, links[0]))
        entered.append(time)
        left.append([])
        ready.append([])
        lost = 0
        for i, link in enumerate(links):
            there = time + free[n][i] + lost
            if n:
                there = max(there, ready[n - 1][i])
            ready[n].append(there)
            goes = max(there, left[n - 1][i] + link.headway) if n else there
            if i + 1 < len(links):
                if n:
                    goes = max(goes, left[n - 1][i] + links[i + 1].own)
                goes = max(goes, _room(left, n, i + 1, links[i + 1]))
            left[n].append(goes)
            lost = 0
            if i + 1 < len(links):
                before = sum(1 for m in range(n) if left[m][i] >= there)
                lost = _lost(max(goes - time - free[n][i], 0), before * start.room_m, way[n][i] * 1000.0 / free[n][i],
                             way[n][i + 1] * 1000.0 / free[n][i + 1], start.acceleration)
            time = goes
    return entered, left


def _room(left: list[list[int]], n: int, i: int, link: Link) -> int:
    """When the vehicle that has to be gone from link i before n enters has given back its room."""
    return left[n - link.stored][i] + link.back if n >= link.stored else -(10**9)


def _lost(delay: int, distance: float, before: float, after: float, acceleration: float) -> int:
    """Time lost in speeding up beyond the line by who stood ``distance`` before it."""
    if delay - int(500.0 * before / 3.0 + 500.0 * before / acceleration) <= 0:
        return 0
    missing = max(after - (2.0 * acceleration * distance) ** 0.5, 0.0)
    return int(500.0 * missing * missing / (acceleration * after))
