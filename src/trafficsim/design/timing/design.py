"""One signal, designed: cycle and greens for given volumes, or the reason why there are none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trafficsim.design.inference.staging import LEAST_GREEN_S
from trafficsim.design.timing.demand import SATURATION_VEH_H, Approaches, Row, approaches_of, demand_rows
from trafficsim.design.timing.pedestrians import Crossing, crossings_of, window_s
from trafficsim.design.timing.webster import (
    TINY,
    Bounds,
    Critical,
    critical_ratios,
    even_split,
    least_cycle_s,
    webster_cycle_s,
    whole_seconds,
)
from trafficsim.spec.network import Network

Volumes = Mapping[tuple[str, str], float]
ROUNDS, DAMPING, CLOSE_S = 40, 0.5, 0.01


@dataclass(frozen=True)
class Rules:
    """What a design keeps to.

    Attributes
    ----------
    saturation_veh_h : of a lane straight on
    cycle_s : shortest and longest cycle
    least_green_s : shortest green of any stage (RiLSA 2015: 5 s)
    pedestrians : whether streets are crossed on foot beside the traffic
    """

    saturation_veh_h: float = SATURATION_VEH_H
    cycle_s: tuple[float, float] = (30.0, 120.0)
    least_green_s: float = LEAST_GREEN_S
    pedestrians: bool = True


DEFAULT_RULES = Rules()


@dataclass(frozen=True)
class Junction:
    """A signal with the volumes that it is designed for and the durations that it has now."""

    approaches: Approaches
    crossings: tuple[Crossing, ...]
    volumes: tuple[tuple[tuple[str, str], float], ...]
    phase_s: tuple[float, ...]
    rules: Rules

    @property
    def lost_s(self) -> float:
        """L, the sum of the intergreens."""
        return sum(self.approaches.stages.intergreens(self.phase_s))

    @property
    def bounds(self) -> Bounds:
        """Shortest greens of vehicles and pedestrians."""
        runs = []
        for crossing in self.crossings:
            if crossing.stages and self.rules.pedestrians:
                greens = self.approaches.stages.greens(self.phase_s)
                other = window_s(crossing, self.approaches, self.phase_s) - sum(greens[s] for s in crossing.stages)
                runs.append((crossing.stages, float(math.ceil(crossing.needed_s - other - TINY))))
        return Bounds((float(math.ceil(self.rules.least_green_s - TINY)),) * len(self.approaches.stages.phase),
                      tuple(runs))

    def rows(self, phase_s: Sequence[float]) -> tuple[Row, ...]:
        """Lanes with demand under some durations."""
        return demand_rows(self.approaches, dict(self.volumes), phase_s, self.rules.saturation_veh_h)


@dataclass(frozen=True)
class Design:
    """Result for one signal.

    Attributes
    ----------
    phase_s : durations of all phases
    cycle_s : their sum
    critical : stage ratios that Webster's formula starts from
    deciding : lanes that they are due to
    rows : lanes with demand under these durations
    saturation : largest degree of saturation of any of them
    """

    phase_s: tuple[float, ...]
    critical: Critical
    deciding: tuple[Row, ...]
    rows: tuple[Row, ...]
    saturation: float

    @property
    def served(self) -> bool:
        """Whether every lane gets through what it demands."""
        return self.saturation <= 1.0

    @property
    def cycle_s(self) -> float:
        """Sum of all phases."""
        return float(sum(self.phase_s))


def junction_of(network: Network, program: str, volumes: Volumes, phase_s: Sequence[float],
                rules: Rules = DEFAULT_RULES) -> Junction:
    """Collect what a design of one signal needs."""
    approaches = approaches_of(network, program)
    own = sorted({(use.link, use.to_link) for use in approaches.uses})
    of_own = tuple((movement, volumes.get(movement, 0.0)) for movement in own)
    return Junction(approaches, crossings_of(network, approaches, phase_s), of_own, tuple(map(float, phase_s)), rules)


@lru_cache(maxsize=4096)
def design(junction: Junction, cycle_s: float | None = None) -> Design:
    """Design greens, and the cycle unless it is given.

    What giving way costs depends on the greens, so the design is repeated with its own result (each time half of the
    way) until greens stay; then they are rounded to whole seconds. Far beyond capacity they may never stay: whether the
    volumes are served is judged by the result alone.

    Parameters
    ----------
    junction
        A signal with at least two stages.
    cycle_s
        Cycle to keep to.
    """
    stages = junction.approaches.stages
    greens, given = stages.greens(junction.phase_s), cycle_s
    for _ in range(ROUNDS):
        phase_s = stages.phases_s(junction.phase_s, greens)
        rows = [row for row in junction.rows(phase_s) if row.rate.any()]
        wanted, critical = _step(junction, rows, sum(phase_s), given)
        moved = max(abs(new - old) for new, old in zip(wanted, greens, strict=True))
        greens = [old + DAMPING * (new - old) for new, old in zip(wanted, greens, strict=True)]
        if moved < CLOSE_S:
            break
    phase_s = _rounded(junction, rows, greens, given)
    deciding, after = tuple(rows[place] for place in critical.rows), junction.rows(phase_s)
    capacity = [row.capacity(stages.greens(phase_s), sum(phase_s)) for row in after]
    degrees = [row.volume / most if most > 0.0 else math.inf for row, most in zip(after, capacity, strict=True)]
    return Design(tuple(phase_s), critical, deciding, after, max(degrees, default=0.0))


def _step(
    junction: Junction, rows: Sequence[Row], cycle_now_s: float, given: float | None
) -> tuple[list[float], Critical]:
    bounds, lost_s = junction.bounds, junction.lost_s
    critical = critical_ratios(rows, len(bounds.least_s), cycle_now_s)
    cycle_s = given if given is not None else cycle_for(junction, rows, critical)
    return even_split(rows, bounds, cycle_s - lost_s, cycle_s), critical


def cycle_for(junction: Junction, rows: Sequence[Row], critical: Critical) -> float:
    """Webster's cycle within its limits, not rounded; what minimum greens take beyond Webster's counts as lost time.

    The longest cycle where none serves all lanes; more than that only if minimum greens do not fit into it.
    """
    shortest, longest = junction.rules.cycle_s
    lost_s, total, bounds = junction.lost_s, critical.total, junction.bounds
    least_s = least_cycle_s((), bounds, lost_s, 1.0) or longest
    if total >= 1.0 - lost_s / longest:
        return max(longest, least_s)
    first = min(max(webster_cycle_s(lost_s, total), shortest), longest)
    plain = even_split(rows, Bounds((0.0,) * len(bounds.least_s)), first - lost_s, first) if rows else bounds.least_s
    both = Bounds(tuple(map(max, bounds.least_s, plain)), bounds.runs)
    excess_s = (least_cycle_s((), both, lost_s, 1.0) or first) - lost_s - sum(plain)
    return max(min(max(webster_cycle_s(lost_s + excess_s, total), shortest), longest), least_s)


def _rounded(junction: Junction, rows: Sequence[Row], greens: Sequence[float], given: float | None) -> list[float]:
    """Round the cycle up and share it out once more, then round greens."""
    stages, lost_s, bounds = junction.approaches.stages, junction.lost_s, junction.bounds
    cycle_s = given if given is not None else float(math.ceil(sum(greens) + lost_s - 2.0 * CLOSE_S))
    split = even_split(rows, bounds, cycle_s - lost_s, cycle_s)
    return stages.phases_s(junction.phase_s, whole_seconds(split, bounds, cycle_s - lost_s))


def least_cycle_of(junction: Junction) -> float:
    """Shortest cycle that keeps all minimum greens, in whole seconds."""
    needed = least_cycle_s((), junction.bounds, junction.lost_s, 1.0)
    return float(math.ceil((needed or junction.lost_s) - TINY))
