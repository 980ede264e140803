"""Free speeds of the drivers on a link as a distribution, and by how much they fall where enforcement is felt.

The distribution is that of the plan: a normal score per driver, one speed per score, class and link. Means are taken
over equally likely scores, so a link with few vehicles has as exact a mean as one with many.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trafficsim.base.units import KMH_PER_MS
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.desired_speed import LEAST_FACTOR, desired_speed_ms
from trafficsim.plan.realise import normal_score
from trafficsim.run.siting.kernels import Check, Influence, Kernel
from trafficsim.spec.behaviour import Response

SCORES, MARGINS = 400, 40
"""Equally likely scores of speeds and of margins over which means are taken."""


class SpeedChoices:
    """Free speeds by link and class.

    Parameters
    ----------
    plan
        Of the design day, without any policy. Equipment and habits of single people are not considered.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._classes = len(plan.classes.name)
        scores = normal_score((np.arange(SCORES) + 0.5) / SCORES)
        people: dict[str, Any] = {"z": np.tile(scores, self._classes),
                  "vehicle_class": np.repeat(np.arange(self._classes, dtype=np.int32), SCORES)}
        if "limit_factor" in plan.trips._fields:
            people["limit_factor"] = np.full(SCORES * self._classes, np.inf)
        self._people = plan.trips._replace(**people)
        self._margin_scores = normal_score((np.arange(MARGINS) + 0.5) / MARGINS)
        self._speeds: dict[int, F8] = {}
        self._alike: dict[bytes, int] = {}
        self._kind: dict[int, int] = {}
        self._link_index = {name: row for row, name in enumerate(plan.link_id)}
        self._drops: dict[tuple[object, ...], F8] = {}

    def speeds_ms(self, link: int) -> F8:
        """Return equally likely free speeds on a link, shape (classes, scores)."""
        if link not in self._speeds:
            rows = np.arange(SCORES * self._classes)
            links, classes = self._plan.links, self._plan.classes
            speeds = desired_speed_ms(links, classes, self._people, rows, np.full_like(rows, link))
            self._speeds[link] = speeds.reshape(self._classes, SCORES)
            self._kind[link] = self._alike.setdefault(speeds.tobytes(), len(self._alike))
        return self._speeds[link]

    def mean_kmh(self, link: int, classes: F8) -> float:
        """Return the mean free speed on a link of vehicles with a mix of classes (weights), in km/h."""
        return float(classes @ self.speeds_ms(link).mean(axis=1) / classes.sum()) * KMH_PER_MS

    def drop_kmh(self, link: int, influence: Influence, classes: F8) -> F8:
        """Return by how much the mean free speed falls at full strength.

        Parameters
        ----------
        link
            Link that is driven on.
        influence
            What is felt there.
        classes
            Vehicles by group and class; shape (groups, classes).

        Returns
        -------
        In km/h, shape (groups,).
        """
        limit_ms = self._limit_ms(influence.limit_link)
        speeds = self.speeds_ms(link)
        key = (self._kind[link], limit_ms, influence.response)
        if key not in self._drops:
            over = np.maximum(speeds[:, :, np.newaxis] - limit_ms * self._factors(influence.response), 0.0)
            self._drops[key] = over.mean(axis=(1, 2)) * (1.0 - influence.response.unaffected) * KMH_PER_MS
        return np.asarray(classes @ self._drops[key] / classes.sum(axis=1))

    def cited(self, link: int, check: Check, kernel: Kernel) -> F8:
        """Return the probability that a vehicle of each class is cited at a check on a link; shape (classes,).

        Drivers respond to the strongest of the influences at the first point of the check.
        """
        speeds, least = self.speeds_ms(link), check.check.citation_kmh / KMH_PER_MS
        plain = (speeds > least).mean(axis=1)
        there = [(_strength_at(one, check.check.begin), one) for one in kernel.influences]
        strength, influence = max(there, key=lambda pair: pair[0], default=(0.0, None))
        if influence is None or strength <= 0.0:
            return np.asarray(check.cited * plain)
        over = speeds[:, :, np.newaxis] - self._limit_ms(influence.limit_link) * self._factors(influence.response)
        slower = speeds[:, :, np.newaxis] - strength * np.maximum(over, 0.0)
        share = (1.0 - influence.response.unaffected) * influence.noticed
        return np.asarray(check.cited * (share * (slower > least).mean(axis=(1, 2)) + (1.0 - share) * plain))

    def _factors(self, response: Response) -> F8:
        return np.maximum(1.0 + response.margin_mean + response.margin_sd * self._margin_scores, LEAST_FACTOR)

    def _limit_ms(self, link: str) -> float:
        return float(self._plan.links.speed_limit_ms[self._link_index[link]])


def _strength_at(influence: Influence, place: tuple[str, float]) -> float:
    link, position_m = place
    return max((zone.strength for zone in influence.zones
                if zone.link == link and zone.begin_m <= position_m <= zone.end_m), default=0.0)
