"""The demand that counts make of a seed: tables with intervals, fit on used and held-out counts, how far it moved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from trafficsim.base.findings import Finding
from trafficsim.design.estimation.estimate import QUANTILE_95
from trafficsim.outcomes.validation.flows import geh, r_squared
from trafficsim.outcomes.validation.guidelines import GEH_LINK
from trafficsim.plan.arrays import F8
from trafficsim.run.calibration.calibrate import Fitted
from trafficsim.run.calibration.new_demand import NewDemand, new_demand
from trafficsim.spec.counts import Count
from trafficsim.spec.demand import Demand

LEAST_FOR_R_SQUARED = 3
"""Counts of which fewer say nothing of a share of their variance (modelling assumption)."""
USED, HELD, BROKEN, UNREACHED = "used", "held out", "broken", "no trip passes"


@dataclass(frozen=True, eq=False)
class CalibratedDemand:
    """Demand that was estimated from counts near a seed.

    Attributes
    ----------
    fitted : what was estimated, and from what
    reading : findings of reading the counts
    """

    fitted: Fitted
    reading: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a user should know: of the counts, of broken detectors, of a seed that is 0 where somebody counted."""
        return tuple(dict.fromkeys((*self.reading, *self.fitted.findings)))

    @cached_property
    def new(self) -> NewDemand:
        """The flows of the estimate, and what is kept of the old demand."""
        return new_demand(self.fitted.cells, self.fitted.estimate.trips)

    @property
    def demand(self) -> Demand:
        """The demand as a model: flows by slice, and what was kept."""
        return self.new.world(self.fitted.cells.prepared.world).demand

    @cached_property
    def counts(self) -> pd.DataFrame:
        """One row per count: what was counted, what seed, estimate and engine have, interval of 95 %, GEH.

        ``role`` is ``used``, ``held out``, ``broken`` or ``no trip passes``; ``low`` and ``high`` are the ends of the
        interval in which a sound count would lie; ``driven`` is the flow of the run of the engine (null: none).
        """
        fitted, estimate = self.fitted, self.fitted.estimate
        flow, deviation = estimate.flow(fitted.at_counts)
        counted = np.array([one.vehicles for one in fitted.counts])
        noise = np.maximum(flow, 1.0) + (estimate.spread.error * flow) ** 2
        half = QUANTILE_95 * np.sqrt(deviation**2 + noise)
        flow = flow + fitted.background
        hours = np.array([one.hours for one in fitted.counts])
        driven = np.where(np.isnan(fitted.driven), flow, fitted.driven)
        table = pd.DataFrame([_place(one) for one in fitted.counts])
        return table.assign(
            role=self._roles(), days=fitted.days, counted=counted,
            seed=fitted.at_counts @ fitted.cells.cells.seed + fitted.background, estimated=flow,
            low=np.maximum(flow - half, 0.0), high=flow + half, driven=pd.array(fitted.driven, "Float64"),
            geh=geh(driven / hours, counted / hours))

    def _roles(self) -> list[str]:
        fitted = self.fitted
        broken = {fitted.names[one.detector] for one in fitted.estimate.broken}
        reached = np.asarray(fitted.at_counts @ (fitted.cells.cells.seed > 0)) > 0
        return [HELD if held else BROKEN if one.detector in broken else USED if seen else UNREACHED
                for one, held, seen in zip(fitted.counts, fitted.held.tolist(), reached.tolist(), strict=True)]

    @cached_property
    def links(self) -> pd.DataFrame:
        """One row per link: vehicles of the seed and of the estimate in the whole run, with an interval of 95 %."""
        fitted = self.fitted
        flow, deviation = fitted.estimate.flow(fitted.at_links)
        back = fitted.background_links
        return pd.DataFrame({
            "link": list(fitted.cells.prepared.network.link_index),
            "seed": fitted.at_links @ fitted.cells.cells.seed + back, "vehicles": flow + back,
            "low": np.maximum(flow - QUANTILE_95 * deviation, 0.0) + back,
            "high": flow + QUANTILE_95 * deviation + back})

    @cached_property
    def od(self) -> pd.DataFrame:
        """One row per pair of zones, slice and class: trips of seed and estimate, with an interval of 95 %."""
        cells, estimate = self.fitted.cells, self.fitted.estimate
        half = QUANTILE_95 * estimate.deviation
        zones, groups = np.array(cells.zones, object), np.array(cells.groups, object)
        return pd.DataFrame({
            "origin": zones[cells.cells.origin], "destination": zones[cells.cells.destination],
            "begin_s": cells.edges_s[cells.slice], "end_s": cells.edges_s[cells.slice + 1],
            "vehicle_class": groups[cells.group], "seed": cells.cells.seed, "trips": estimate.trips,
            "low": np.maximum(estimate.trips - half, 0.0), "high": estimate.trips + half})

    @cached_property
    def zones(self) -> pd.DataFrame:
        """One row per zone: trips from it and to it, of seed and estimate, with intervals of 95 %."""
        cells = self.fitted.cells.cells
        ends = (("origins", cells.origin), ("destinations", cells.destination))
        parts = [self._ends(name, end) for name, end in ends]
        return pd.concat(parts, ignore_index=True)

    def _ends(self, name: str, end: Any) -> pd.DataFrame:
        cells, estimate = self.fitted.cells, self.fitted.estimate
        number = len(cells.zones)
        sums = csr_array((np.ones(len(end)), (end, np.arange(len(end)))), shape=(number, len(end)))
        trips, deviation = estimate.flow(sums)
        return pd.DataFrame({"zone": cells.zones, "end": name, "seed": sums @ cells.cells.seed, "trips": trips,
                             "low": np.maximum(trips - QUANTILE_95 * deviation, 0.0),
                             "high": trips + QUANTILE_95 * deviation})

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Figures: fit on used and on held-out counts, distance from the seed, what the counts determine."""
        fitted, estimate = self.fitted, self.fitted.estimate
        seed, whole = fitted.cells.cells.seed, np.ones((1, len(estimate.trips)))
        total, deviation = estimate.flow(csr_array(whole))
        return {
            "scenario": fitted.cells.prepared.world.scenario.name, "method": fitted.settings.method,
            "assignment": fitted.settings.engine if fitted.settings.engine and fitted.settings.iterations else "static",
            "fit_on_used_counts": self.fit(USED), "fit_on_held_out_counts": self.fit(HELD),
            "broken_detectors": [self.fitted.names[one.detector] for one in estimate.broken],
            "seed": {"trips": float(seed.sum()), "mean_trip_length_m": self._length_m(seed)},
            "estimate": {"trips": float(total[0]), "low": float(total[0] - QUANTILE_95 * deviation[0]),
                         "high": float(total[0] + QUANTILE_95 * deviation[0]),
                         "mean_trip_length_m": self._length_m(estimate.trips),
                         "moved_share": float(np.abs(estimate.trips - seed).sum() / max(seed.sum(), 1e-9)),
                         "cells_at_a_bound": estimate.at_bound},
            "determined": vars(estimate.determined), "spread": vars(estimate.spread),
        }

    def fit(self, role: str) -> dict[str, Any]:
        """Detectors, counts, R2, share with GEH below 5, largest GEH, and share within the interval, of a role.

        R2 is ``None`` with fewer than three counts or where all are equal.
        """
        rows = self.counts[self.counts["role"] == role]
        if not len(rows):
            return {"detectors": 0, "counts": 0}
        inside = (rows["counted"] >= rows["low"]) & (rows["counted"] <= rows["high"])
        return {"detectors": int(rows["detector"].nunique()), "counts": len(rows),
                "r2": _r_squared(rows["estimated"].to_numpy(), rows["counted"].to_numpy()),
                "r2_of_seed": _r_squared(rows["seed"].to_numpy(), rows["counted"].to_numpy()),
                "geh_below_5": int((rows["geh"] < GEH_LINK).sum()), "largest_geh": float(rows["geh"].max()),
                "within_interval": int(inside.sum())}

    def _length_m(self, trips: F8) -> float:
        """Mean length of trips; the links on which they pass, each whole."""
        fitted = self.fitted
        length_m = fitted.cells.prepared.network.links.length_m
        return float((fitted.at_links @ trips) @ length_m / max(float(trips.sum()), 1e-9))


def _r_squared(flow: F8, counted: F8) -> float | None:
    return r_squared(flow, counted) if len(counted) >= LEAST_FOR_R_SQUARED else None


def _place(one: Count) -> dict[str, Any]:
    return {"detector": one.detector, "link": one.link, "to_link": one.to_link, "begin_s": one.begin_s,
            "end_s": one.end_s, "vehicle_class": one.vehicle_class}
