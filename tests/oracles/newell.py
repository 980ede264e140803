"""Reference model of what happens along a link: the trajectory of every vehicle in small steps of time.

On one lane. A vehicle is where its own speed would bring it, but never further than its leader was one reaction time
ago, less the room of one (Newell 2002), and not beyond the stop line before it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEP_S = 0.02


@dataclass(frozen=True)
class Driver:
    """When a vehicle comes to the link, how fast it wants to drive, and when it leaves."""

    since_s: float
    speed_ms: float
    left_s: float


def trajectories(drivers: list[Driver], length_m: float, room_m: float, reaction_s: float, end_s: float) -> np.ndarray:
    """Return positions, shape (drivers, steps); beyond the line vehicles drive on at their speed."""
    times = np.arange(0.0, end_s, STEP_S)
    back = round(reaction_s / STEP_S)
    rows: list[np.ndarray] = []
    for driver in drivers:
        own = (times - driver.since_s) * driver.speed_ms
        if rows:
            leader = np.concatenate([np.full(back, -np.inf), rows[-1][:-back]])
            leader[:back] = rows[-1][0]
            own = np.minimum(own, np.where(times >= reaction_s, leader - room_m, np.inf))
        at_line = np.where(times < driver.left_s, length_m, length_m + (times - driver.left_s) * driver.speed_ms)
        rows.append(np.minimum(own, at_line))
    return np.array(rows)


def passing_s(positions: np.ndarray, place_m: float) -> list[float]:
    """Return when each vehicle left a place behind."""
    return [float(np.argmax(row > place_m + 1e-6) * STEP_S) for row in positions]


@dataclass(frozen=True)
class Standing:
    """Room of a vehicle (m), its free speed (m/s), and what braking and speeding up lose (s)."""

    room_m: float
    free_ms: float
    lost_s: float

    @property
    def moving_up_s(self) -> float:
        """Rest of one who moves up by one room at 1.4 m/s."""
        return self.room_m / 1.4 - self.room_m / self.free_ms


def stood(drivers: list[Driver], length_m: float, who: Standing) -> list[bool]:
    """Return whether each vehicle left in a queue that stood."""
    answer = [False]
    for driver in drivers:
        rest_s = driver.left_s - driver.since_s - length_m / driver.speed_ms
        answer.append(rest_s >= who.lost_s or (answer[-1] and rest_s >= who.moving_up_s))
    return answer[1:]


def standing_back_m(positions: np.ndarray, at_s: float, length_m: float, who: Standing, least_s: float) -> float:
    """Return how far the vehicles that stand at a time reach back from the line, the room of the last one included.

    Who rests for ``least_s`` stands, and who rests behind one that stands.
    """
    step, back_m, ahead_stands = round(at_s / STEP_S), 0.0, False
    for row in positions:
        rests = 0.0 < row[step] <= length_m and abs(row[step] - row[step - 1]) < 1e-9
        if rests and not ahead_stands:
            rests = np.count_nonzero(np.abs(row - row[step]) < 1e-9) * STEP_S >= least_s
        ahead_stands = rests
        back_m = float(length_m - row[step] + who.room_m) if rests else back_m
    return back_m
