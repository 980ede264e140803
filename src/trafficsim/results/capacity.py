"""Capacity of movements at signals from what a run holds: lanes used, shared lanes, gaps, short links, queues beyond.

The full capacity of a lane is saturation flow x green. Five things take from it, each by a rule of the field:

- *lanes that lead on*: who needs certain lanes within short links beyond the junction uses the lanes that lead to them
  (:mod:`trafficsim.results.streams`; lane utilisation of HCM 2016 ch. 19, from the routes instead of a default);
- *shared lanes*: the capacities of the movements of a lane are weighted by their volumes (Harders; HCM 2016, eq. 20-61:
  ``c = sum(v) / sum(v / c)``), and a movement of several lanes spreads until these are used to the same degree;
- *giving way in green*: gaps in the streams that are green with it, after their queues are gone, and two vehicles a
  cycle at the end of green (HCM 2016 ch. 31), with the critical gap and follow-up time of the movement;
- *short links* with more lanes than lead into them: per cycle a lane discharges no more than stands on it and its share
  of what flows in during green (short lanes of HBS 2015, S4);
- *queues beyond the junction*: the time in which the first vehicle might have gone and found no room, as measured.

Of the last three the one that takes most counts: they take the same seconds of green.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from trafficsim.base.codes import GREEN, PERMITTED, STOP_ARROW
from trafficsim.design.timing.demand import SNEAKERS_OWN_LANE, permitted_flow
from trafficsim.plan.arrays import BOOL, F8, I4, U1, Plan
from trafficsim.plan.record import Record
from trafficsim.plan.shown import GREENS, Pictures, pictures_of, program_of_group
from trafficsim.results.frames import ratio
from trafficsim.results.streams import CAR, streams_of

S_PER_H = 3600.0
ROUNDS = 60
"""Rounds of spreading movements over their lanes (two or three are enough where they share one)."""
LEAST_SHARE = 1e-6
"""Greens below this share of the time, and capacities below this share of full greens, are none."""
MOST_QUEUE = 0.99
"""Degree to which an opposing lane is taken for full."""


class Capacity(NamedTuple):
    """Of each movement.

    Attributes
    ----------
    veh_h, degree : capacity, volume over it (above 1 only where more crossed than full greens of all lanes give)
    gaps, short, downstream : whether gaps, a short link, or queues beyond the junction took from it
    """

    veh_h: F8
    degree: F8
    gaps: BOOL
    short: BOOL
    downstream: BOOL


class Pairs(NamedTuple):
    """One row per stream of a movement and lane."""

    stream: I4
    turn: I4
    lane: I4
    volume: F8
    """veh/h of the stream."""


def capacities(plan: Plan, record: Record, duration_s: float, saturation_veh_h: float) -> Capacity:
    """Return the capacity of all movements in the analysis period; those without a signal count as green all the time.

    Parameters
    ----------
    plan, record
        What was run, and what came of it.
    duration_s
        Length of the analysis period.
    saturation_veh_h
        Saturation flow of a lane.
    """
    volume, _ = ratio(record.turns.volume * S_PER_H, duration_s)
    green, _ = ratio(record.turns.green_s, duration_s)
    green = np.where(green > LEAST_SHARE, green, 0.0)
    pairs = _pairs(plan, volume)
    full = saturation_veh_h * green[pairs.turn]
    pictures = pictures_of(plan, record.signals)
    gaps = _by_pair(plan, pairs, gap_shares(plan, volume, saturation_veh_h, pictures))
    short = short_shares(plan, pairs, full, pictures)
    blocked = record.blocking.lane_s if len(record.blocking.lane_s) else np.zeros(len(plan.lanes.link))
    downstream = saturation_veh_h * np.minimum(blocked[pairs.lane] / max(duration_s, 1.0), green[pairs.turn])
    left = np.minimum(full * np.minimum(gaps, short), full - downstream)
    lost = (gaps < 1.0, short < gaps, downstream > 0.01 * full)
    count = len(plan.turns.from_link)
    flags = [np.bincount(pairs.turn, flag, count) > 0 for flag in lost]
    estimated, spare = _degrees(pairs, full, left, (count, len(plan.lanes.link)))
    ideal, _ = ratio(volume, saturation_veh_h * green * _lanes_of_turns(plan))
    degree = np.maximum(ideal, np.minimum(estimated, 1.0))  # what crossed nevertheless is no more than capacity
    capacity, used = ratio(volume, degree)
    return Capacity(np.where(used, capacity, spare), degree, *flags)


def _pairs(plan: Plan, volume: F8) -> Pairs:
    found = streams_of(plan)
    return Pairs(found.stream, found.turn, found.lane, volume[found.turn] * found.share)


def _by_pair(plan: Plan, pairs: Pairs, of_connection: F8) -> F8:
    """Mean of a value of connections over those of a movement in a lane."""
    connections, lanes = plan.connections, len(plan.lanes.link)
    keys, place = np.unique(connections.turn.astype(np.int64) * lanes + connections.from_lane, return_inverse=True)
    mean = np.bincount(place, of_connection) / np.bincount(place)
    return np.asarray(mean[np.searchsorted(keys, pairs.turn.astype(np.int64) * lanes + pairs.lane)])


def _lanes_of_turns(plan: Plan) -> I4:
    """Number of lanes of each movement."""
    pairs = np.unique(np.column_stack([plan.connections.turn, plan.connections.from_lane]), axis=0).reshape(-1, 2)
    return np.bincount(pairs[:, 0], minlength=len(plan.turns.from_link)).astype(np.int32)


def _degrees(pairs: Pairs, full: F8, left: F8, size: tuple[int, int]) -> tuple[F8, F8]:
    """Degree of saturation of each movement, and what is spare in its lanes."""
    turns, lanes = size
    least = np.maximum(LEAST_SHARE * full, LEAST_SHARE)
    left = np.where(left > least, left, 0.0)  # less serves nobody, and nothing may be divided by it
    load = _shares(pairs, np.where(left > 0.0, left, least), lanes) * pairs.volume
    used, exists = ratio(load, left)
    by_lane = np.bincount(pairs.lane, np.where(exists | (load == 0.0), used, 1.0), lanes)[pairs.lane]
    degree, _ = ratio(np.bincount(pairs.turn, load * by_lane, turns), np.bincount(pairs.turn, load, turns))
    spare = np.bincount(pairs.turn, left * np.maximum(1.0 - by_lane, 0.0), turns)
    return degree, np.asarray(spare, np.float64)


def _shares(pairs: Pairs, capacity: F8, lanes: int) -> F8:
    """Shares of the lanes in the volume of each stream, so that its lanes are used to the same degree."""
    share = _parts(capacity, pairs.stream)
    for _ in range(ROUNDS):
        used, _ = ratio(share * pairs.volume, capacity)
        degree = np.bincount(pairs.lane, used, lanes)[pairs.lane]
        share = _parts(share / np.sqrt(np.maximum(degree, 1e-9)), pairs.stream)
    return share


def _parts(values: F8, group: I4) -> F8:
    """Values as parts of the sum of their group; equal ones where that is 0."""
    total = np.bincount(group, values)[group]
    return np.where(total > 0.0, ratio(values, total)[0], 1.0 / np.bincount(group)[group])


def gap_shares(plan: Plan, volume: F8, saturation_veh_h: float, pictures: Sequence[Pictures]) -> F8:
    """Part of full greens that each connection can use, less than 1 where it gives way in green.

    Volumes are by movement, in veh/h, and stand for all its connections alike. Signals are as they were shown.
    """
    shown = Shown(plan, pictures)
    connections = plan.connections
    each, _ = ratio(volume[connections.turn], np.bincount(connections.turn, minlength=len(volume))[connections.turn])
    shares = np.ones(len(connections.turn))
    for movement in np.flatnonzero((connections.signal_group >= 0) & (np.diff(connections.yield_start) > 0)).tolist():
        indications, seconds = shown.of(movement)
        asks = (indications == PERMITTED) | (indications == STOP_ARROW)
        if seconds[asks].sum() > 0.0:
            free = _free_s(shown, movement, each, saturation_veh_h)
            shares[movement] = min(
                1.0, (seconds[indications == GREEN].sum() + free) / seconds[asks | (indications == GREEN)].sum()
            )
    return shares


class Shown(NamedTuple):
    """What signals showed, by program."""

    plan: Plan
    pictures: Sequence[Pictures]

    def program(self, movement: int) -> int:
        """Return the program of a connection with a signal."""
        group = int(self.plan.connections.signal_group[movement])
        return int(np.searchsorted(self.plan.signals.group_start, group, side="right")) - 1

    def of(self, movement: int) -> tuple[U1, F8]:
        """States of a connection's signal in every picture of its program, and the seconds of the pictures."""
        program = self.program(movement)
        own = int(self.plan.connections.signal_group[movement]) - int(self.plan.signals.group_start[program])
        return self.pictures[program].state[:, own], self.pictures[program].seconds

    def open_with(self, movement: int, other: int) -> BOOL:
        """Pictures of the program of ``movement`` in which ``other`` may go.

        All of them where it has no signal there.
        """
        states, _ = self.of(movement)
        if self.plan.connections.signal_group[other] < 0 or self.program(other) != self.program(movement):
            return np.ones(len(states), np.bool_)
        return np.isin(self.of(other)[0], GREENS)


def _free_s(shown: Shown, movement: int, each: F8, saturation_veh_h: float) -> float:
    """Seconds of full green that gaps are worth, in one cycle, sneakers included."""
    connections, (indications, seconds) = shown.plan.connections, shown.of(movement)
    asks = (indications == PERMITTED) | (indications == STOP_ARROW)
    opposing, queue_s = np.zeros(len(seconds)), 0.0
    for conflicting in connections.yields_to[
        connections.yield_start[movement] : connections.yield_start[movement + 1]
    ].tolist():
        open_ = shown.open_with(movement, conflicting)
        green = max(float(seconds[open_].sum()), 1.0)
        if each[conflicting] > 0.0 and (open_ & asks).any():
            opposing += each[conflicting] * open_
            flow = min(each[conflicting] / saturation_veh_h, MOST_QUEUE)
            queue_s = max(queue_s, flow / (1.0 - flow) * (float(seconds.sum()) - green))
    rate = np.array(
        [
            min(
                permitted_flow(flow, connections.critical_gap_s[movement], connections.follow_up_s[movement]),
                saturation_veh_h,
            )
            if flow > 0.0
            else saturation_veh_h
            for flow in opposing
        ]
    )
    met = asks & (opposing > 0.0)
    part = max(1.0 - queue_s / max(float(seconds[met].sum()), 1.0), 0.0)
    vehicles = float((rate * seconds * np.where(met, part, 1.0))[asks].sum()) / S_PER_H + SNEAKERS_OWN_LANE * met.any()
    return float(vehicles) * S_PER_H / saturation_veh_h


def short_shares(plan: Plan, pairs: Pairs, full: F8, pictures: Sequence[Pictures]) -> F8:
    """Part of the full capacity that a lane keeps on a link with more lanes than lead into it."""
    connections, lanes = plan.connections, plan.lanes
    links = len(plan.link_id)
    into = np.unique(np.column_stack([lanes.link[connections.to_lane], connections.from_lane]), axis=0).reshape(-1, 2)
    feeding = np.bincount(into[:, 0], minlength=links)
    number = np.bincount(lanes.link, lanes.allowed & CAR > 0, links)
    link = lanes.link[pairs.lane]
    spacing_m = float((plan.classes.length_m + plan.classes.min_gap_m)[plan.trips.vehicle_class].mean()) if len(
        plan.trips.vehicle_class) else np.inf
    fed, _ = ratio(feeding[link], np.maximum(number[link], 1))
    cycle = _cycles_s(plan, pictures)[pairs.turn]
    stored, _ = ratio(lanes.length_m[pairs.lane] / spacing_m * S_PER_H, cycle)
    kept, _ = ratio(stored, full)
    applies = (feeding[link] > 0) & (fed < 1.0) & (cycle > 0.0)
    return np.where(applies, np.minimum(fed + kept, 1.0), 1.0)


def _cycles_s(plan: Plan, pictures: Sequence[Pictures]) -> F8:
    """Mean cycle of the program of each movement, 0 without a signal."""
    connections = plan.connections
    found = np.zeros(len(plan.turns.from_link))
    lit = np.flatnonzero(connections.signal_group >= 0)
    if len(lit):
        cycles = np.array([float(one.seconds.sum()) for one in pictures])
        found[connections.turn[lit]] = cycles[program_of_group(plan.signals, connections.signal_group[lit])]
    return found
