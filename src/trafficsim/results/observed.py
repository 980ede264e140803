"""The table ``validation`` of a run: what was observed, and what the run gives at the same place and time."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from trafficsim.base.codes import DETECTOR, HISTOGRAM, PATH, TRAVEL_TIME
from trafficsim.base.units import KMH_PER_MS
from trafficsim.design.calibration.binned_moments import binned_moments
from trafficsim.outcomes.validation.days import critical_intervals
from trafficsim.outcomes.validation.speeds import distance_of_distributions
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.record import Record
from trafficsim.results.frames import Labels, frame, nullable, strings
from trafficsim.results.period import observed_end_s
from trafficsim.results.speeds import Traversals, evaluated_traversals
from trafficsim.spec.observations import Observations, Series
from trafficsim.spec.validation import ObservedSpeeds, Validation

S_PER_H = 3600.0
UNITS = {"count": "veh/h", "turning_count": "veh/h", "screenline": "veh/h", "travel_time": "s"}
SPEED_MEASURES = ("mean", "sd", "p85", "distance")
Row = dict[str, Any]


def validation_table(
    validation: Validation, observations: Observations, plan: Plan, record: Record, labels: Labels,
) -> pd.DataFrame:
    """One row per place and interval of what was observed; flows in vehicles per hour.

    ``observed`` is the mean over ``days``, ``observed_sd`` their standard deviation; ``representative`` is the value on
    the representative day of FHWA 2019, ``day_distance`` the mean absolute difference of the other days from it, and
    ``critical`` names the critical intervals. ``simulated`` is the flow of the link by Edie's definitions, or the count
    of the detector of that name; of a turning count the volume that crossed the stop line, known for the whole analysis
    period only; the mean time of vehicles that arrived in the interval; or mean, standard deviation, 85th percentile
    and largest difference of cumulative shares of spot speeds. It is null where the run does not tell it.
    ``simulated_n`` is the number of vehicles timed or measured.
    """
    seen = evaluated_traversals(plan, record)
    rows = [row for one in observations.series for row in _of_series(one, validation, plan, record, seen)]
    rows += [row for one in validation.speeds for row in _of_speeds(one, plan, seen)]
    return framed(rows, labels)


def framed(rows: Sequence[Row], labels: Labels) -> pd.DataFrame:
    """Put rows into the table ``validation``."""
    return frame(labels, _columns(rows))


def _columns(rows: Sequence[Row]) -> dict[str, Any]:
    def text(name: str) -> Any:
        return strings(str(row[name]) for row in rows)

    def number(name: str) -> Any:
        values = [row.get(name) for row in rows]
        return nullable(np.array([0.0 if one is None else one for one in values], np.float64),
                        np.array([one is not None for one in values], np.bool_))

    return {
        "kind": text("kind"), "place": text("place"), "data": text("data"), "begin_s": number("begin_s"),
        "end_s": number("end_s"), "unit": text("unit"), "observed": number("observed"),
        "observed_sd": number("observed_sd"),
        "days": nullable(np.array([row["days"] for row in rows], np.int64)),
        "representative": number("representative"), "day_distance": number("day_distance"),
        "critical": nullable(np.array([row["critical"] for row in rows], np.bool_)),
        "simulated": number("simulated"),
        "simulated_n": nullable(np.array([row.get("simulated_n", 0) for row in rows], np.int64)),
    }


def _of_series(one: Series, wish: Validation, plan: Plan, record: Record, seen: Traversals) -> Iterator[Row]:
    simulated = _simulated(one, plan, record, seen)
    critical = critical_of(one, wish.critical_s)
    for at, (value, number) in enumerate(simulated):
        yield {**observed_row(one, at, critical), "simulated": value, "simulated_n": number}


def observed_row(one: Series, at: int, critical: Container[int]) -> Row:
    """One interval of a series as it was observed."""
    return {
        "kind": one.kind, "place": one.place, "data": one.data, "begin_s": one.begin_s[at], "end_s": one.end_s[at],
        "unit": UNITS[one.kind], "observed": one.observed[at], "observed_sd": one.sd[at] if one.sd else None,
        "days": one.days, "representative": one.representative[at] if one.representative else None,
        "day_distance": one.distance[at] if one.distance else None, "critical": at in critical,
    }


def critical_of(one: Series, begins_s: Collection[float]) -> tuple[int, ...]:
    """Positions of critical intervals, those that are named or chosen; none where days do not vary."""
    if not one.representative:
        return ()
    named = tuple(at for at, begin_s in enumerate(one.begin_s) if begin_s in begins_s)
    return named or critical_intervals(one.representative)


def _simulated(one: Series, plan: Plan, record: Record, seen: Traversals) -> list[tuple[float | None, int]]:
    """Value and number of vehicles by interval."""
    if one.kind == "travel_time":
        return _times(one, plan, seen)
    if one.kind == "turning_count":
        return [(_turning(one, plan, record), 0)] * len(one.begin_s)
    per_interval = _vehicles(one, plan, record)
    return [(_flow(per_interval, begin_s, end_s, plan, record), 0)
            for begin_s, end_s in zip(one.begin_s, one.end_s, strict=True)]


def _vehicles(one: Series, plan: Plan, record: Record) -> F8:
    """Vehicles by interval of the simulation, summed over the links or lanes that are meant."""
    if one.detector:
        lanes = [row for row, name in enumerate(plan.detectors.name) if name == one.detector]
        return np.asarray(record.detectors.count[:, lanes].sum(axis=1), np.float64)
    links = [plan.link_id.index(link) for link in one.links]
    return np.asarray(record.links.traversed[:, links].sum(axis=1), np.float64)


def _flow(per_interval: F8, begin_s: float, end_s: float, plan: Plan, record: Record) -> float | None:
    """Vehicles per hour; ``None`` where the run stopped before the end."""
    if end_s > observed_end_s(plan, record):
        return None
    first, last = (round((at - plan.start_s) / plan.interval_s) for at in (begin_s, end_s))
    return float(per_interval[first:last].sum() / (end_s - begin_s) * S_PER_H)


def _turning(one: Series, plan: Plan, record: Record) -> float | None:
    """Volume of a movement, known for the whole analysis period alone."""
    whole = (one.begin_s[0], one.end_s[-1]) == (plan.analysis_begin_s, plan.analysis_end_s)
    if not whole or plan.analysis_end_s > observed_end_s(plan, record):
        return None
    start, end = plan.link_id.index(one.links[0]), plan.link_id.index(one.to_link)
    mine = (plan.turns.from_link == start) & (plan.turns.to_link == end)
    return float(record.turns.volume[mine].sum() / (plan.analysis_end_s - plan.analysis_begin_s) * S_PER_H)


def _times(one: Series, plan: Plan, seen: Traversals) -> list[tuple[float | None, int]]:
    sections = plan.sections
    rows = [row for row, (name, role) in enumerate(zip(sections.name, sections.role.tolist(), strict=True))
            if name == one.place and role in (PATH, TRAVEL_TIME)]
    mine = np.isin(seen.section, rows)
    taken_s, at_s = sections.length_m[seen.section[mine]] / seen.speed_ms[mine], seen.time_s[mine]
    bounds = zip(one.begin_s, one.end_s, strict=True)
    inside = [taken_s[(at_s >= begin_s) & (at_s < end_s)] for begin_s, end_s in bounds]
    return [(float(part.mean()) if len(part) else None, len(part)) for part in inside]


def _of_speeds(one: ObservedSpeeds, plan: Plan, seen: Traversals) -> Iterator[Row]:
    """One row per measure that was observed: mean, spread, 85th percentile, distance."""
    speeds = np.sort(_speeds(one, plan, seen))
    observed = _observed_speeds(one)
    simulated = _simulated_speeds(one, speeds)
    for measure in SPEED_MEASURES:
        if measure in observed:
            yield {
                "kind": f"speed_{measure}", "place": one.link, "data": one.data, "begin_s": plan.analysis_begin_s,
                "end_s": plan.analysis_end_s, "unit": "" if measure == "distance" else "km/h",
                "observed": observed[measure], "days": 1, "critical": False, "simulated": simulated.get(measure),
                "simulated_n": len(speeds),
            }


def _speeds(one: ObservedSpeeds, plan: Plan, seen: Traversals) -> F8:
    """Spot speeds in km/h where they were observed."""
    sections = plan.sections
    rows = [row for row, role in enumerate(sections.role.tolist())
            if (sections.name[row] == one.detector and role == DETECTOR if one.detector else
                role == HISTOGRAM and plan.link_id[sections.to_link[row]] == one.link)]
    mine = np.isin(seen.section, rows) & (seen.unimpeded | (not one.unimpeded))
    return np.asarray(seen.speed_ms[mine] * KMH_PER_MS)


def _observed_speeds(one: ObservedSpeeds) -> dict[str, float]:
    if not one.bins_kmh:
        given = {"mean": one.mean_kmh, "sd": one.sd_kmh}
        return {name: value for name, value in given.items() if value is not None}
    moments = binned_moments(one.bins_kmh, one.vehicles)
    return {"mean": moments.mean, "sd": moments.sd, "p85": moments.p85, "distance": 0.0}


def _simulated_speeds(one: ObservedSpeeds, speeds: F8) -> dict[str, float]:
    if len(speeds) < 2:
        return {}
    told = {"mean": float(speeds.mean()), "sd": float(speeds.std(ddof=1)), "p85": float(np.quantile(speeds, 0.85))}
    if one.bins_kmh:
        told["distance"] = distance_of_distributions(speeds, one.bins_kmh, one.vehicles)
    return told
