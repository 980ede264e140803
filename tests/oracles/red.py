"""Crossings of stop lines, read off the road after every tick, and what they say about red running: lists and loops."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tests.oracles.decisions import overlooks
from tests.oracles.road_state import unpack
from trafficsim.base.codes import RED, RED_AMBER
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program

CLOSER_THAN_S = 5.0


@dataclass(frozen=True)
class Crossed:
    """Who crossed a line when, when it passes the middle of its way, and what the signal showed."""

    trip: int
    link: int
    conn: int
    tick: int
    time: float
    middle: float
    red_for: float
    """Ticks since the onset of red; -1 at any other indication."""
    process: str


@dataclass
class Watch:
    """Runs a program tick by tick and writes down who crosses a line; ticks of 1 s."""

    program: Program
    per_10000: float
    crossed: list[Crossed] = field(default_factory=list)
    red_since: dict[int, int] = field(default_factory=dict)
    reds: list[list[bool]] = field(default_factory=list)
    """By tick and group, whether it shows red."""

    def run(self, ticks: int) -> list[Crossed]:
        """Return all crossings of some ticks, from the first one on."""
        for tick in range(ticks):
            before = self.program.trips.row.route_position.copy()
            advance(self.program, tick, tick + 1)
            self._note_red(tick)
            for trip in np.flatnonzero(self.program.trips.row.route_position[:-1] > before[:-1]).tolist():
                self._note(trip, tick)
        return self.crossed

    def _note_red(self, tick: int) -> None:
        self.reds.append([state in (RED, RED_AMBER) for state in self.program.signals.group.state.tolist()])
        for group, is_red in enumerate(self.reds[-1]):
            if not is_red:
                self.red_since.pop(group, None)
            elif group not in self.red_since:
                self.red_since[group] = tick

    def _note(self, trip: int, tick: int) -> None:
        program, row, road = self.program, self.program.trips.row[trip], unpack(self.program)
        conn = int(row.connection)
        group, half = int(program.net.conn.group[conn]), int(program.net.conn.length[conn]) // 2
        speed = int(road.speed[road.trip == trip][0])
        link = int(program.net.lane.link[program.net.conn.origin[conn]])
        key = int(program.vehicles.KEY[: len(road.trip)][road.trip == trip][0])
        red = float(row.enter_time) - self.red_since[group] if group in self.red_since else -1.0
        self.crossed.append(Crossed(
            trip, link, conn, tick, float(row.enter_time),
            float(row.enter_time) + half / max(speed, int(program.net.scale.approach)), red,
            "inattention" if overlooks(key, link, self.per_10000) else "late"))

    def red_runs(self) -> list[tuple[int, int, str, float]]:
        """Return trip, link, process and time after the onset of red of who ran red, in the order of ticks."""
        return [(one.trip, one.link, one.process, one.red_for) for one in self.crossed if one.red_for >= 0.0]

    def encroachments(self) -> list[tuple[int, int, str, float]]:
        """Return trip, link, process and gap of who met the last one before, or the first one after, on a movement."""
        found = []
        for runner in (one for one in self.crossed if one.red_for >= 0.0):
            for conn in self._crossing(runner.conn):
                others = [one for one in self.crossed if one.conn == conn]
                before = [one for one in others if one.time < runner.time][-1:]
                after = [one for one in others if one.time > runner.time and one.red_for < 0.0][:1]
                if self.reds[runner.tick][int(self.program.net.conn.group[conn])]:
                    before = []
                for other in before + after:
                    gap = abs(other.middle - runner.middle)
                    if gap < CLOSER_THAN_S:
                        found.append((runner.trip, runner.link, runner.process, gap))
        return found

    def _crossing(self, conn: int) -> list[int]:
        begin, end = (int(self.program.net.conn.crosses[row]) for row in (conn, conn + 1))
        return [int(other) for other in self.program.net.crosses[begin:end]]
