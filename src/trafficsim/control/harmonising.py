"""Limits by flow and speed, with hysteresis: the denser and slower traffic is, the lower they are.

The rules are those of line control on German motorways in kind (MARZ: limits by volume and speed, separate thresholds
for on and off, lower limits announced upstream in steps); the thresholds are parameters.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from trafficsim.control.measured import Measured, Site
from trafficsim.plan.arrays import F8
from trafficsim.spec.roadside import HarmonisingSigns, LimitStep

REST = np.inf
"""The limit of a sign that shows nothing, in comparisons."""


class Harmonising:
    """One sign per link: every step of the limits has a memory of its own, then limits are announced upstream.

    Parameters
    ----------
    signs
        Steps and bands.
    site
        Its links.

    Examples
    --------
    >>> step = LimitStep(limit_kmh=80, flow_veh_h_lane=1800)
    >>> signs = HarmonisingSigns(name="a", links=("x",), every_s=60, steps=(step,), flow_band_veh_h_lane=200,
    ...                          speed_band_kmh=10, funnel_kmh=20, hold_s=0)
    >>> site = Site(np.array([500.0]), np.array([2.0]), np.array([120.0]), np.array([115.0]), 7.0)
    >>> one = Harmonising(signs, site)
    >>> dense, less = (Measured(np.array([flow]), np.array([40.0]), np.array([90.0])) for flow in (3700.0, 3100.0))
    >>> one.decide(60.0, dense)[0][0], one.decide(120.0, dense), one.decide(180.0, less)[0][0]
    (80.0, {}, nan)
    """

    def __init__(self, signs: HarmonisingSigns, site: Site) -> None:
        self._signs, self._site = signs, site
        count = len(site.lanes)
        self._on = np.zeros((len(signs.steps), count), np.bool_)
        self._shown = np.full(count, REST)
        self._since_s = np.full(count, -np.inf)

    def decide(self, time_s: float, traffic: Measured) -> Mapping[int, tuple[float, str]]:
        """Return the signs that change."""
        own = self._wanted(traffic)
        wanted = np.minimum(own, self._announced(own))
        wanted[wanted > self._site.limit_kmh - 1e-6] = REST  # it would say nothing new
        raised = wanted > self._shown
        wanted = np.where(raised & (time_s - self._since_s < self._signs.hold_s), self._shown, wanted)
        changed = np.flatnonzero(wanted != self._shown)
        self._shown, self._since_s[changed] = wanted, time_s
        return {one: (float(wanted[one]) if wanted[one] < REST else np.nan, self._why(one, own[one], traffic))
                for one in changed.tolist()}

    def _wanted(self, traffic: Measured) -> F8:
        """Limit of every sign by its own traffic."""
        flow, speed = traffic.flow_veh_h / self._site.lanes, traffic.speed_kmh
        wanted = np.full(len(flow), REST)
        for row, step in enumerate(self._signs.steps):
            kept = self._on[row]
            self._on[row] = _holds(step, flow, speed, (kept * self._signs.flow_band_veh_h_lane,
                                                       kept * self._signs.speed_band_kmh))
            wanted = np.where(self._on[row], np.minimum(wanted, step.limit_kmh), wanted)
        return wanted

    def _announced(self, own: F8) -> F8:
        """Limit of every sign by that of the next one: at most a step above it."""
        known = sorted(step.limit_kmh for step in self._signs.steps)
        found, ahead = np.full(len(own), REST), REST
        for one in range(len(own) - 1, -1, -1):
            most = ahead + self._signs.funnel_kmh
            found[one] = REST if most > known[-1] else max((limit for limit in known if limit <= most),
                                                           default=known[0])
            ahead = min(own[one], found[one])
        return found

    def _why(self, one: int, own: float, traffic: Measured) -> str:
        flow, speed = traffic.flow_veh_h[one] / self._site.lanes[one], traffic.speed_kmh[one]
        moving = "nobody" if np.isnan(speed) else f"{flow:.0f} veh/h per lane at {speed:.0f} km/h"
        return f"announces a lower limit; {moving}" if self._shown[one] < own else moving


def _holds(step: LimitStep, flow: F8, speed: F8, bands: tuple[F8, F8]) -> NDArray[np.bool_]:
    """Whether a step holds: its thresholds, made easier by the bands where it held before."""
    by_flow = np.zeros(len(flow), np.bool_) if step.flow_veh_h_lane is None else flow >= step.flow_veh_h_lane - bands[0]
    if step.speed_kmh is None:
        return by_flow
    with np.errstate(invalid="ignore"):  # nobody is not slow
        return np.asarray(by_flow | (speed < step.speed_kmh + bands[1]))
