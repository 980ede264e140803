"""Who wants to go through a signal, in which lanes, and how fast they can: loads and saturation flows by stage."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trafficsim.design.timing.stages import GREEN_LETTERS, Stages, stages_of
from trafficsim.spec.network import Connection, Network, Turn

F8 = NDArray[np.float64]
S_PER_H = 3600.0
SATURATION_VEH_H = 1850.0
"""Saturation flow of a through lane: 1,850 +- 50 veh/h, what the engine's default rule discharges (HCM base 1,900)."""
TURN_FACTOR: Mapping[Turn, float] = {"through": 1.0, "left": 1.0 / 1.05, "right": 1.0 / 1.18, "u_turn": 1.0 / 1.18}
"""Saturation flow of a turn relative to straight on (HCM 2016, 19.3: E_L = 1.05, E_R = 1.18; u-turns as right turns:
modelling assumption)."""
SNEAKERS_OWN_LANE = 2.0
"""Vehicles that wait inside the junction and leave at the end of green, per cycle (HCM 2016 ch. 31); from a lane shared
with others 1 + their share."""
ROUNDS = 60


@dataclass(frozen=True)
class Use:
    """One movement in one lane.

    Attributes
    ----------
    link, lane, to_link : where it goes from and to
    turn : its direction
    letters : what the movement sees in every stage: ``G``, ``g`` or ``r``
    between : whether it stays green in the intergreen after every stage
    gap_s, follow_up_s : gaps that it accepts where it gives way
    conflicting_ones : connections (positions in the network) that it gives way to
    connections : its own connections
    """

    link: str
    lane: int
    to_link: str
    turn: Turn
    letters: str
    between: tuple[bool, ...]
    gap_s: float
    follow_up_s: float
    conflicting_ones: frozenset[int]
    connections: frozenset[int]


@dataclass(frozen=True)
class Approaches:
    """All movements under one signal program, lane by lane."""

    stages: Stages
    uses: tuple[Use, ...]

    @property
    def lanes(self) -> dict[tuple[str, int], list[int]]:
        """Positions of the movements of every lane."""
        found: dict[tuple[str, int], list[int]] = {}
        for place, use in enumerate(self.uses):
            found.setdefault((use.link, use.lane), []).append(place)
        return found


@dataclass(frozen=True)
class Row:
    """A lane with its demand (or one of its movements, where no stage serves all of them together).

    Attributes
    ----------
    name : link and lane, with the link beyond where the row is one movement
    volume : pcu/h
    rate : discharge in every stage, pcu per hour of green
    between_pcu : what it discharges per cycle in intergreens in which it stays green
    """

    name: str
    volume: float
    rate: F8
    between_pcu: float

    def capacity(self, greens_s: Sequence[float], cycle_s: float) -> float:
        """Capacity in pcu/h."""
        return (float(self.rate @ np.asarray(greens_s)) + S_PER_H * self.between_pcu) / cycle_s


def approaches_of(network: Network, program: str) -> Approaches:
    """Collect the movements that a program controls; lanes that cars may not use are left out.

    Raises
    ------
    KeyError
        If there is no such program.
    """
    stages = stages_of({one.id: one for one in network.signals}[program])
    links, found = network.links, dict[tuple[str, int, str], list[int]]()
    for place, movement in enumerate(network.connections):
        if (
            movement.signal == program
            and movement.signal_index is not None
            and _for_cars(links[movement.from_link], movement.from_lane)
        ):
            found.setdefault((movement.from_link, movement.from_lane, movement.to_link), []).append(place)
    return Approaches(stages, tuple(_use(network, stages, places) for places in found.values()))


def _for_cars(link: Mapping[str, object], lane: int) -> bool:
    allowed = link.get("allow")
    entry = allowed[lane] if isinstance(allowed, list | tuple) and lane < len(allowed) else None
    return entry is None or not entry or "car" in entry


def _use(network: Network, stages: Stages, places: Sequence[int]) -> Use:
    movements = [network.connections[place] for place in places]
    program = stages.program
    letters = "".join(_letter(program.phases[phase].state, movements) for phase in stages.phase)
    between = tuple(bool(numbers) and all(_letter(program.phases[n].state, movements) != "r" for n in numbers)
                    for numbers in stages.after)
    first = movements[0]
    conflicting_ones = frozenset(conflicting for movement in movements for conflicting in movement.yields_to)
    return Use(first.from_link, first.from_lane, first.to_link, first.turn, letters, between, first.critical_gap_s,
               first.follow_up_s, conflicting_ones, frozenset(places))


def _letter(state: str, movements: Sequence[Connection]) -> str:
    shown = {state[movement.signal_index or 0] for movement in movements}
    if shown & set("GO"):
        return "G"
    return "g" if shown & set(GREEN_LETTERS) else "r"


def loads(approaches: Approaches, volumes: Mapping[tuple[str, str], float], saturation: F8) -> F8:
    """Spread the volume of every movement over its lanes so that the flow ratios of lanes become even.

    One movement after the other fills its lanes to one level, like water, with the others staying as they are, until
    nothing moves any more.

    Parameters
    ----------
    approaches
        Movements by lane.
    volumes
        pcu/h by (link in, link out).
    saturation
        Saturation flow of every use, shape (uses,).

    Returns
    -------
    pcu/h of every use, shape (uses,).
    """
    uses = approaches.uses
    lane_number = {lane: place for place, lane in enumerate(approaches.lanes)}
    lane = np.array([lane_number[use.link, use.lane] for use in uses], np.int64)
    movements: dict[tuple[str, str], list[int]] = {}
    for place, use in enumerate(uses):
        movements.setdefault((use.link, use.to_link), []).append(place)
    load = np.zeros(len(uses))
    for _ in range(ROUNDS):
        before = load.copy()
        for movement, members in movements.items():
            chosen = np.array(members)
            load[chosen] = 0.0
            others = np.bincount(lane, load / saturation, minlength=len(lane_number))[lane[chosen]]
            load[chosen] = _water(volumes.get(movement, 0.0), others, saturation[chosen])
        if np.abs(load - before).max(initial=0.0) < 1e-9:
            break
    return load


def _water(volume: float, others: F8, saturation: F8) -> F8:
    """Fill basins of width ``saturation`` and floor ``others`` with a volume."""
    order = np.argsort(others, kind="stable")
    level = 0.0
    for count in range(1, len(order) + 1):
        wet = order[:count]
        level = (volume + float((saturation[wet] * others[wet]).sum())) / float(saturation[wet].sum())
        if count == len(order) or level <= others[order[count]]:
            break
    return np.maximum(level - others, 0.0) * saturation


def permitted_flow(opposing_veh_h: float, critical_gap_s: float, follow_up_s: float) -> float:
    """Flow (veh/h) that finds gaps in an opposing stream: ``v exp(-v tc) / (1 - exp(-v tf))`` (HCM 2016 ch. 20, 31).

    Examples
    --------
    >>> round(permitted_flow(600.0, 6.2, 3.3), 1)
    504.6
    >>> round(permitted_flow(0.0, 4.5, 2.5))
    1440
    """
    if opposing_veh_h <= 0.0:
        return S_PER_H / follow_up_s
    flow = opposing_veh_h / S_PER_H
    return opposing_veh_h * math.exp(-flow * critical_gap_s) / -math.expm1(-flow * follow_up_s)


def demand_rows(
    approaches: Approaches, volumes: Mapping[tuple[str, str], float], phase_s: Sequence[float],
    saturation_veh_h: float = SATURATION_VEH_H,
) -> tuple[Row, ...]:
    """Return what every lane demands and discharges under the present durations.

    A lane moves in a stage only if all its movements with demand are green in it; where no stage serves them together,
    each movement is a row of its own (an upper bound of what the lane can do). The saturation flow of a lane is the
    harmonic mean over its vehicles. A movement that gives way goes in the gaps of the streams that are green with it,
    once their queues are gone, plus the vehicles that wait inside the junction and leave at the end of green.

    Parameters
    ----------
    approaches
        Movements by lane.
    volumes
        pcu/h by (link in, link out).
    phase_s
        Durations of all phases: what giving way costs depends on them.
    saturation_veh_h
        Saturation flow of a lane of vehicles that go straight on.
    """
    turn = saturation_veh_h * np.array([TURN_FACTOR[use.turn] for use in approaches.uses])
    load = loads(approaches, volumes, turn)
    rate = _Rates(approaches, phase_s, turn, load).all()
    even = loads(approaches, volumes, np.maximum(_over_green(approaches, phase_s, rate), 1.0))
    rate = _Rates(approaches, phase_s, turn, even).all()
    rows = []
    for (link, lane), members in approaches.lanes.items():
        moving = [place for place in members if even[place] > 0.0]
        groups = [moving] if _together(approaches, moving) else [[place] for place in moving]
        for group in (group for group in groups if group):
            beyond = f" to {approaches.uses[group[0]].to_link}" if len(groups) > 1 else ""
            rows.append(_row(approaches, phase_s, f"{link} lane {lane}{beyond}", even[group], rate[group], group))
    return tuple(rows)


def _together(approaches: Approaches, members: Sequence[int]) -> bool:
    """Whether some stage serves all of them."""
    letters = [approaches.uses[place].letters for place in members]
    return any(all(letter[stage] != "r" for letter in letters) for stage in range(len(approaches.stages.phase)))


def _row(approaches: Approaches, phase_s: Sequence[float], name: str, load: F8, rate: F8,
         members: Sequence[int]) -> Row:
    volume = float(load.sum())
    served = (rate > 0.0).all(axis=0)
    mean = np.where(served, volume / (load[:, None] / np.where(rate > 0.0, rate, 1.0)).sum(axis=0), 0.0)
    stays = np.array([all(approaches.uses[place].between[stage] for place in members)
                      for stage in range(len(mean))], np.bool_)
    between = np.asarray(approaches.stages.intergreens(phase_s))
    return Row(name, volume, mean, float((mean * between * stays).sum()) / S_PER_H)


def _over_green(approaches: Approaches, phase_s: Sequence[float], rate: F8) -> F8:
    """Mean rate of every use over its green time."""
    green = np.asarray(approaches.stages.greens(phase_s))
    shown = (rate > 0.0) * green
    mean: F8 = (rate * green).sum(axis=1) / np.maximum(shown.sum(axis=1), 1e-9)
    return mean


class _Rates:
    """Discharge of every use in every stage."""

    def __init__(self, approaches: Approaches, phase_s: Sequence[float], turn: F8, load: F8) -> None:
        self.uses, self.turn, self.load = approaches.uses, turn, load
        self.green, self.after = approaches.stages.greens(phase_s), approaches.stages.after
        self.cycle = float(sum(phase_s))
        self.lanes = approaches.lanes
        self.lane_ratio = {lane: float((load[members] / turn[members]).sum()) for lane, members in self.lanes.items()}

    def all(self) -> F8:
        """Shape (uses, stages), pcu per hour of green."""
        return np.array([[self._rate(place, stage) for stage in range(len(self.green))]
                         for place in range(len(self.uses))]).reshape(len(self.uses), len(self.green))

    def _rate(self, place: int, stage: int) -> float:
        use, full = self.uses[place], float(self.turn[place])
        if use.letters[stage] == "r":
            return 0.0
        conflicting_ones = [
            other
            for other, conflicting in enumerate(self.uses)
            if conflicting.letters[stage] != "r"
            and self.load[other] > 0.0
            and use.conflicting_ones & conflicting.connections
        ]
        if use.letters[stage] == "G" or not conflicting_ones:
            return full
        green = max(self.green[stage], 1.0)
        free_s = max(green - self._queue_s(conflicting_ones), 0.0)
        gaps = permitted_flow(float(self.load[conflicting_ones].sum()), use.gap_s, use.follow_up_s)
        following = (stage + 1) % len(self.green)
        goes_on = use.between[stage] if self.after[stage] else following != stage and use.letters[following] != "r"
        waiting = 0.0 if goes_on else self._sneakers(place)
        return min(full, (min(gaps, full) * free_s + S_PER_H * waiting) / green)

    def _queue_s(self, conflicting_ones: Sequence[int]) -> float:
        """Time until the queues of the opposing lanes are gone: red y / (1 - y)."""
        longest = 0.0
        for conflicting in conflicting_ones:
            ratio = min(self.lane_ratio[self.uses[conflicting].link, self.uses[conflicting].lane], 0.99)
            shown = sum(green for green, letter in zip(self.green, self.uses[conflicting].letters, strict=True)
                        if letter != "r")
            longest = max(longest, ratio / (1.0 - ratio) * (self.cycle - shown))
        return longest

    def _sneakers(self, place: int) -> float:
        lane = self.lanes[self.uses[place].link, self.uses[place].lane]
        total = float(self.load[lane].sum())
        share = float(self.load[place]) / total if total > 0.0 else 1.0
        return SNEAKERS_OWN_LANE if share >= 1.0 else 1.0 + share
