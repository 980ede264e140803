"""Incidents: how long they lasted, what capacity was left, who queued, and what it cost the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trafficsim.outcomes.secondary_crashes import PER_MINUTE, secondary_probability
from trafficsim.plan.arrays import BOOL, F8, I4, Plan
from trafficsim.plan.record import Record
from trafficsim.results.frames import Labels, frame, names_of, nullable, strings
from trafficsim.results.period import interval_bounds
from trafficsim.results.reference import Reference, journeys

S_PER_H, S_PER_MIN = 3600.0, 60.0
QUEUE_VEHICLES = 5.0
"""Fewer delayed vehicles on the mean of an interval are no queue (modelling assumption)."""
SETTLES_S = 120.0
"""Time that the discharge past an incident takes to settle, on the way to the end of the link (modelling
assumption)."""


@dataclass(frozen=True)
class Curves:
    """Cumulative curves of an incident by interval, from the one in which it begins.

    Attributes
    ----------
    begin_s, end_s : of the intervals
    arrived : vehicles that would have left the link without the delay since then, cumulative
    departed : vehicles that left it, cumulative
    queued : delayed vehicles, on the mean of the interval
    ended : position of the first interval after the end without a queue; the number of intervals if there is none
    """

    begin_s: F8
    end_s: F8
    arrived: F8
    departed: F8
    queued: F8
    ended: int

    @property
    def length_s(self) -> F8:
        """Lengths of the intervals."""
        return self.end_s - self.begin_s

    @property
    def delay_h(self) -> float:
        """Delay until the queue has gone: the area between the curves."""
        return float((self.queued * self.length_s)[: self.ended].sum()) / S_PER_H

    def flow_veh_h(self, where: BOOL) -> float | None:
        """Discharge in some intervals; ``None`` where there are none."""
        number = np.diff(self.departed, prepend=0.0)[where].sum()
        length_s = float(self.length_s[where].sum())
        return float(number) / length_s * S_PER_H if length_s > 0.0 else None


def links_only_to(plan: Plan, link: int) -> I4:
    """Return a link with all before it from which nobody can go anywhere else: its own queue stands there."""
    turns, area = plan.turns, {link}
    onward = [set(turns.to_link[turns.from_link == one].tolist()) for one in range(len(plan.link_id))]
    found = True
    while found:
        more = {one for one, targets in enumerate(onward) if targets and targets <= area} - area
        found = bool(more)
        area |= more
    return np.array(sorted(area), np.int32)


def curves_of(plan: Plan, record: Record, reference: Reference, row: int) -> Curves:
    """Return the cumulative curves of an incident.

    Delay is the time of vehicles on the link, and on all links before it that lead nowhere else, above that at the mean
    free speed, with the time in which trips wait to enter there. Who is delayed in an interval of length T is
    ``queued = delay / T`` vehicles on the mean; arrivals are departures and those.
    """
    link, began_s = int(plan.incidents.link[row]), float(plan.incidents.begin_s[row])
    begin_s, end_s = interval_bounds(plan, record, len(record.links.entered))
    rows, area = len(begin_s), links_only_to(plan, link)
    lost_s = np.maximum(record.links.vehicle_s[:rows, area]
                        - record.links.vehicle_m[:rows, area] / reference.free_speed_ms[area], 0.0).sum(axis=1)
    lost_s += _waiting_s(plan, record, reference, area, (begin_s, end_s))
    first = max(int(np.searchsorted(end_s, began_s, side="right")), 0)
    queued = (lost_s / (end_s - begin_s))[first:]
    departed = np.cumsum(record.links.left[:rows, link][first:])
    over = (begin_s[first:] >= plan.incidents.end_s[row]) & (queued < QUEUE_VEHICLES)
    ended = int(np.argmax(over)) if over.any() else len(over)
    return Curves(begin_s[first:], end_s[first:], departed + queued, departed, queued, ended)


def _waiting_s(plan: Plan, record: Record, reference: Reference, area: I4, bounds: tuple[F8, F8]) -> F8:
    """Return by interval the time in which trips wait to enter on some links."""
    begin_s, end_s = bounds
    mine = np.isin(plan.trips.route_link[plan.trips.route_start[:-1]], area)
    depart_s = plan.trips.depart_s[mine]
    entry_s = depart_s + journeys(plan, record, reference).wait_s[mine]
    edges = np.append(begin_s, end_s[-1:])
    # all time that has been waited up to each edge: of who has entered, and of who has not
    waited = np.array([np.clip(np.minimum(entry_s, edge) - depart_s, 0.0, None).sum() for edge in edges])
    return np.asarray(np.diff(waited))


def incidents_table(plan: Plan, record: Record, labels: Labels, reference: Reference) -> pd.DataFrame:
    """One row per incident: as it was drawn, and what it did to the others.

    ``capacity_reduced_veh_h`` is what left the link while it lasted and vehicles queued, from two minutes after its
    begin on; ``capacity_full_veh_h`` what left it afterwards until the queue had gone: both in whole intervals (null
    without one: shorten ``time.interval_s``), and capacities as far as there was a queue. ``delay_veh_h`` is the delay
    of all on the link, and on the links before it that lead nowhere else, until then, usual delay included;
    ``longest_queue_veh`` the most vehicles that were delayed at once, on the mean of an interval, and ``recovered_s``
    the clock time by which fewer than five were. ``secondary_low`` and ``secondary_high`` are what the time on
    scene adds to the probability of a secondary crash at high volumes (Goodall 2017; extrapolated).
    """
    found = plan.incidents
    curves = [curves_of(plan, record, reference, row) for row in range(len(found.name))]
    reduced = [one.flow_veh_h(_within(one, begin_s + SETTLES_S, end_s))
               for one, begin_s, end_s in zip(curves, found.begin_s, found.end_s, strict=True)]
    full = [one.flow_veh_h(_within(one, end_s + SETTLES_S, one.begin_s[one.ended] if one.ended < len(one.begin_s)
                                   else np.inf) & (one.queued >= QUEUE_VEHICLES))
            for one, end_s in zip(curves, found.end_s, strict=True)]
    minutes = found.duration_s / S_PER_MIN
    over = np.array([one.ended < len(one.begin_s) for one in curves])
    recovered = [one.begin_s[one.ended] if is_over else 0.0 for one, is_over in zip(curves, over, strict=True)]
    return frame(labels, {
        "incident": strings(found.name), "kind": strings(found.kind), "link": names_of(plan.link_id, found.link),
        "position_m": nullable(found.position_m), "begin_s": nullable(found.begin_s),
        "duration_s": nullable(found.duration_s),
        "lanes_blocked": nullable(np.array([len(one) for one in found.lanes])),
        "lanes": nullable(np.diff(plan.links.lane_start)[found.link]), "injured": nullable(found.injured),
        "capacity_reduced_veh_h": _some(reduced), "capacity_full_veh_h": _some(full),
        "delay_veh_h": nullable(np.array([one.delay_h for one in curves])),
        "longest_queue_veh": nullable(np.array([one.queued.max(initial=0.0) for one in curves])),
        "recovered_s": nullable(np.array(recovered, np.float64), over),
        **{f"secondary_{end}": nullable(np.array([secondary_probability(one, 0.0, rate) for one in minutes]))
           for end, rate in (("low", PER_MINUTE.low or 0.0), ("high", PER_MINUTE.high or 0.0))},
    })


def _within(curves: Curves, begin_s: float, end_s: float) -> BOOL:
    whole = (curves.begin_s >= begin_s) & (curves.end_s <= end_s)
    return np.asarray(whole & (curves.queued >= QUEUE_VEHICLES))


def _some(values: list[float | None]) -> object:
    return nullable(np.array([one or 0.0 for one in values]), np.array([one is not None for one in values]))


def incident_curves_table(plan: Plan, record: Record, labels: Labels, reference: Reference) -> pd.DataFrame:
    """One row per incident and interval from its begin on: cumulative arrivals and departures, and the queue between.

    ``departed`` counts who left the link of the incident; ``arrived`` adds the vehicles that were delayed in the
    interval on the mean, on the link and on those before it that lead nowhere else.
    """
    curves = [curves_of(plan, record, reference, row) for row in range(len(plan.incidents.name))]
    names = [name for name, one in zip(plan.incidents.name, curves, strict=True) for _ in one.begin_s]
    return frame(labels, {
        "incident": strings(names),
        **{column: nullable(np.concatenate([getattr(one, column) for one in curves]))
           for column in ("begin_s", "end_s", "arrived", "departed", "queued")},
    })
