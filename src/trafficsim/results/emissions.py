"""Fuel and emissions of a run, from the traces of its light vehicles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trafficsim.outcomes.emissions import int_panis, vt_micro
from trafficsim.outcomes.emissions.traces import Motion, smoothed
from trafficsim.outcomes.emissions.validity import Total
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Record
from trafficsim.results.reference import Journeys
from trafficsim.spec.vehicles import HEAVY, KINDS

HEAVY_CODES = tuple(KINDS.index(kind) for kind in HEAVY)
NO_TRACES = "the scenario keeps no traces: set trajectories.share, 0.1 for a tenth of the vehicles"
NOT_EVERYWHERE = ("traces are kept on some links or at some times only: leave trajectories.links, begin_s and end_s "
                  "out of the scenario")
NOBODY = "no light vehicle that is due in the analysis period left a trace"
DIESEL_SHARE = 0.0
"""Share of diesel cars where carbon dioxide and nitrogen oxides are worked out (modelling assumption: all petrol)."""
ALL = 0.9995


@dataclass(frozen=True)
class Traced:
    """Motion of the light vehicles due in the analysis period that left a trace.

    Attributes
    ----------
    motion : smoothed, one element per vehicle and tick
    expansion : distance of all light vehicles due, relative to that of those traced
    heavy_share : share of heavy vehicles in the distance of all
    """

    motion: Motion
    expansion: float
    heavy_share: float

    def fuel_l(self) -> Total:
        """Fuel by VT-Micro."""
        return self._expanded(vt_micro.fuel_l(*self.motion[1:]))

    def nox_g(self) -> Total:
        """Nitrogen oxides by Int Panis; in towns alone."""
        speed_kmh, acceleration_ms2, step_s = self.motion[1:]
        return self._expanded(int_panis.emission_g(speed_kmh, acceleration_ms2, DIESEL_SHARE, "nox", step_s))

    def _expanded(self, total: Total) -> Total:
        return total if total.value is None else Total(total.value * self.expansion)

    def limit(self) -> str | None:
        """Say what the values leave out or are expanded from."""
        told = []
        if self.expansion * ALL > 1.0:
            told.append("expanded from the traces of some vehicles by distance")
        if self.heavy_share > 0.0:
            told.append("without heavy vehicles, which the model does not cover")
        return "; ".join(told) or None


def traced_vehicles(plan: Plan, record: Record, journeys: Journeys) -> Traced | str:
    """Return the motion of the traced light vehicles, or why there is none."""
    if plan.trajectory_share == 0.0:
        return NO_TRACES
    if plan.trace_link or plan.trace_begin_s > plan.analysis_begin_s or plan.trace_end_s < record.end_s:
        return NOT_EVERYWHERE
    due = journeys.due & journeys.entered
    heavy = np.isin(plan.classes.kind[plan.trips.vehicle_class], HEAVY_CODES)
    distance_m, trace = record.trips.distance_m, record.trajectories
    seen = np.zeros(len(due), np.bool_)
    seen[trace.trip] = True
    covered_m, light_m, all_m = (float(distance_m[chosen].sum()) for chosen in (due & ~heavy & seen, due & ~heavy, due))
    if covered_m <= 0.0:
        return NOBODY
    mine: NDArray[np.bool_] = (due & ~heavy)[trace.trip]
    motion = smoothed(trace.trip[mine].astype(np.int64), trace.time_s[mine], trace.speed_ms[mine])
    return Traced(motion, light_m / covered_m, float(distance_m[due & heavy].sum()) / all_m)
