"""Equilibrium of a convex assignment problem by the bi-conjugate Frank-Wolfe method.

Source: M. Mitradjieva, P. O. Lindberg, The stiff is moving: conjugate direction Frank-Wolfe methods with applications
to traffic assignment, Transportation Science 47 (2013) 280-293.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq

from trafficsim.design.assignment.volume_delay import LinkCosts
from trafficsim.spec.static_network import F8

FULL_STEP = 0.99
"""After a step nearly to the target the next direction forgets those before it: conjugation would divide by what is
left. Mitradjieva and Lindberg restart there too."""


RESTART_AFTER = 50
"""Iterations in which the gap has to halve, or else directions are forgotten: on some networks conjugate directions
come to a standstill, and go on after a restart (found on random networks; the number is a compromise between them and
Sioux Falls)."""


class Iterate(NamedTuple):
    """Volumes before an iteration, and how far they are from equilibrium.

    ``target`` is what all trips on the cheapest paths would give; ``step`` the part of the way to the target of the
    iteration that led here, 0 at first.
    """

    volume: F8
    target: F8
    cost: F8
    step: float

    @property
    def excess(self) -> float:
        """Total cost less that of all trips on the cheapest paths."""
        return float(self.cost @ (self.volume - self.target))

    @property
    def relative_gap(self) -> float:
        """Excess as a share of the total cost."""
        return max(self.excess, 0.0) / total if (total := float(self.cost @ self.volume)) > 0 else 0.0


class _Memory(NamedTuple):
    """Targets of the last two iterations, newest first, and the step that followed the newest."""

    targets: tuple[F8, ...] = ()
    step: float = 0.0


class _Progress:
    """Whether the gap halves often enough."""

    def __init__(self) -> None:
        self._number, self._least, self._before = 0, np.inf, np.inf

    def stalls(self, gap: float) -> bool:
        """Take the gap of an iteration; tell every so many iterations whether it did not halve."""
        self._number += 1
        self._least = min(self._least, gap)
        if self._number % RESTART_AFTER:
            return False
        stalled = self._least > self._before / 2.0
        self._before = self._least
        return stalled


def iterates(costs: LinkCosts, load: Callable[[F8], F8]) -> Iterator[Iterate]:
    """Give iterates without end; each has a lower objective than the one before it.

    Parameters
    ----------
    costs
        Costs of links.
    load
        Gives the volumes of all trips on the cheapest paths under costs of links.
    """
    volume = load(costs.at(np.zeros_like(costs.fixed)))
    memory, progress = _Memory(), _Progress()
    while True:
        cost = costs.at(volume)
        now = Iterate(volume, load(cost), cost, memory.step)
        yield now
        if progress.stalls(now.relative_gap):
            memory = _Memory()
        target, kept = _target(now, costs.slope(volume), memory)
        step = _step(costs, volume, target - volume)
        volume = np.maximum(volume + step * (target - volume), 0.0)
        memory = _Memory((target, *kept)[:2], step) if 0.0 < step < FULL_STEP else _Memory((), step)


def _target(now: Iterate, slope: F8, memory: _Memory) -> tuple[F8, tuple[F8, ...]]:
    """Target whose direction is conjugate to the last ones, with the targets to keep; else the cheapest paths."""
    if memory.targets:
        target = _conjugate(now, slope, memory)
        if now.cost @ (target - now.volume) < 0:
            return target, memory.targets
    return now.target, ()


def _conjugate(now: Iterate, slope: F8, memory: _Memory) -> F8:
    last, *older = memory.targets
    ahead, curved = last - now.volume, slope * (now.target - now.volume)
    mu = 0.0
    if older:
        two_back = memory.step * last + (1.0 - memory.step) * older[0] - now.volume
        mu = max(_ratio(-(two_back @ curved), two_back @ (slope * (older[0] - last))), 0.0)
    nu = max(_ratio(-(ahead @ curved), ahead @ (slope * ahead)) + mu * memory.step / (1.0 - memory.step), 0.0)
    mixed: F8 = now.target + nu * last
    if older:
        mixed = mixed + mu * older[0]
    return mixed / (1.0 + mu + nu)


def _ratio(part: Any, whole: Any) -> float:
    return float(part / whole) if whole != 0 else 0.0


def _step(costs: LinkCosts, volume: F8, direction: F8) -> float:
    """Part of a direction at which the objective is least: where the costs along it become 0."""
    def along(part: float) -> float:
        return float(costs.at(np.maximum(volume + part * direction, 0.0)) @ direction)

    if along(1.0) <= 0:
        return 1.0
    if along(0.0) >= 0:
        return 0.0
    return float(brentq(along, 0.0, 1.0, xtol=1e-15, rtol=1e-14))
