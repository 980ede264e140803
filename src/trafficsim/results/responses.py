"""Response to crashes: every part of the chain, by crash; and indicators of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from trafficsim.outcomes.response_time import death_probability, is_extrapolated
from trafficsim.outcomes.secondary_crashes import PER_MINUTE, secondary_probability
from trafficsim.outcomes.severity import LEAST_MIN, MOST_MIN
from trafficsim.plan.arrays import BOOL, F8, EmergencyPlan, Plan
from trafficsim.plan.record import Record
from trafficsim.results.frames import Labels, frame, names_of, nullable, strings
from trafficsim.results.indicator import Indicator, Observation

TABLE = "responses"
S_PER_MIN = 60.0
TARGETS_MIN = (8.0, 15.0)
"""Response times by which services are judged: 8 min for life-threatening calls (NHS England until 2017), 15 min in
the plans of most German states (Hilfsfrist)."""
SECONDARY = (PER_MINUTE.low, PER_MINUTE.high)
"""Bounds of the probability of a secondary crash per minute on scene."""
CRASHES = "crashes with injured people that a unit has reached"
NOBODY_CAME = "no unit has reached a crash with injured people"
OUTSIDE = (f"extrapolated: a response time outside {LEAST_MIN:g} to {MOST_MIN:g} min, for which the formula of "
           "deaths is known")


def has_responses(plan: Plan) -> bool:
    """Whether units are wanted in a run."""
    return plan.emergency is not None and len(plan.emergency.crashes.name) > 0


def response_s(plan: Plan, record: Record) -> tuple[F8, BOOL]:
    """Time (s) from each crash to the arrival of the unit, and whether it arrived."""
    response = _of(plan)
    arrived = record.emergency.arrived_s >= 0.0
    return np.asarray(record.emergency.arrived_s - response.crashes.begin_s), np.asarray(arrived)


def responses_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per crash with injured people, in order of time; parts that did not happen are null.

    ``response_s``, from the crash to the arrival, is the sum of ``notification_s``, ``handling_s``, ``unit_wait_s``
    (until a unit is free), ``turnout_s`` and ``travel_s``; ``care_s`` and ``clearance_s`` follow. ``free_travel_s`` is
    the drive on an empty road, ``held_s`` the part of ``travel_s`` lost behind other vehicles. ``deaths`` are expected:
    ``injured`` times ``p0 exp(k (t - t0))``, ``extrapolated`` where the response time lies outside 5 to 30 min;
    ``secondary_low`` and ``secondary_high`` bound the probability of a secondary crash until the road is clear.
    """
    response, seen = _of(plan), record.emergency
    crashes, stations, setting = response.crashes, response.stations, response.setting
    total_s, arrived = response_s(plan, record)
    sent, left = seen.dispatched_s >= 0.0, seen.departed_s >= 0.0
    rows = np.arange(len(crashes.name))
    free_s = response.drive_s[np.maximum(seen.station, 0), rows]
    minutes = np.where(arrived, total_s, 0.0) / S_PER_MIN
    on_scene = (seen.cleared_s - crashes.begin_s) / S_PER_MIN
    deaths = crashes.injured * death_probability(minutes, setting.survival.p0, setting.survival.t0_min,
                                                 setting.survival.slope_per_min)
    low, high = (np.minimum(rate * np.where(arrived, on_scene, 0.0), 1.0) for rate in SECONDARY)
    return frame(labels, {
        "crash": strings(crashes.name), "link": names_of(plan.link_id, crashes.link),
        "begin_s": nullable(crashes.begin_s), "injured": nullable(crashes.injured),
        "station": strings(stations.name[row] if row >= 0 else None for row in seen.station.tolist()),
        "unit": nullable(seen.unit + 1, sent), "ecall": nullable(seen.ecall),
        "notification_s": nullable(seen.notified_s - crashes.begin_s),
        "handling_s": nullable(seen.handled_s - seen.notified_s),
        "unit_wait_s": nullable(seen.dispatched_s - seen.handled_s, sent),
        "turnout_s": nullable(seen.departed_s - seen.dispatched_s, left),
        "travel_s": nullable(seen.arrived_s - seen.departed_s, arrived),
        "response_s": nullable(total_s, arrived),
        "care_s": nullable(seen.cared_s - seen.arrived_s, arrived),
        "clearance_s": nullable(seen.cleared_s - seen.cared_s, arrived),
        "free_travel_s": nullable(np.where(sent, free_s, 0.0), sent),
        "held_s": nullable(seen.held_s, left), "red_crossings": nullable(seen.red_crossings, left),
        "driven_m": nullable(seen.driven_m, left), "deaths": nullable(deaths, arrived),
        "extrapolated": nullable(is_extrapolated(minutes), arrived),
        "secondary_low": nullable(low, arrived), "secondary_high": nullable(high, arrived),
    })


def _of(plan: Plan) -> EmergencyPlan:
    assert plan.emergency is not None  # asked only where units are wanted
    return plan.emergency


def _of_arrived(seen: Observation, values: Callable[[Observation, BOOL], F8]) -> F8 | None:
    if not has_responses(seen.plan):
        return None
    arrived = response_s(seen.plan, seen.record)[1]
    return np.asarray(values(seen, arrived), np.float64) if arrived.any() else None


def _response(seen: Observation, arrived: BOOL) -> F8:
    return np.asarray(response_s(seen.plan, seen.record)[0][arrived])


def _travel(seen: Observation, arrived: BOOL) -> F8:
    return np.asarray((seen.record.emergency.arrived_s - seen.record.emergency.departed_s)[arrived])


def _deaths(seen: Observation, arrived: BOOL) -> F8:
    response = _of(seen.plan)
    survival = response.setting.survival
    return np.asarray(response.crashes.injured[arrived] * death_probability(
        _response(seen, arrived) / S_PER_MIN, survival.p0, survival.t0_min, survival.slope_per_min))


def _secondary(seen: Observation, arrived: BOOL) -> F8:
    response = _of(seen.plan)
    minutes = (seen.record.emergency.cleared_s - response.crashes.begin_s)[arrived] / S_PER_MIN
    return np.array([secondary_probability(one) for one in minutes.tolist()])


def _mean(values: F8 | None) -> float | None:
    return None if values is None else float(values.mean())


def _total(values: F8 | None) -> float | None:
    return None if values is None else float(values.sum())


def _within(seen: Observation, minutes: float) -> float | None:
    values = _of_arrived(seen, _response)
    return None if values is None else float((values <= minutes * S_PER_MIN).sum()) / len(
        _of(seen.plan).crashes.name)


def _beyond(seen: Observation) -> str | None:
    values = _of_arrived(seen, _response)
    return OUTSIDE if values is not None and is_extrapolated(values / S_PER_MIN).any() else None


ALL_CRASHES = "crashes with injured people; who has not been reached at the end counts as not in time"
RESPONSES = (
    Indicator("response_time_s", "arrival of the unit - crash", "s", "lower", CRASHES, "emergent",
              lambda seen: _mean(_of_arrived(seen, _response)), NOBODY_CAME, only_with=TABLE),
    Indicator("unit_travel_time_s", "arrival of the unit - departure from its station", "s", "lower", CRASHES,
              "emergent", lambda seen: _mean(_of_arrived(seen, _travel)), NOBODY_CAME, only_with=TABLE),
    Indicator("response_within_8_min", "crashes reached within 8 min / crashes", "1", "higher", ALL_CRASHES, "emergent",
              lambda seen: _within(seen, TARGETS_MIN[0]), NOBODY_CAME, scale="whole", only_with=TABLE),
    Indicator("response_within_15_min", "crashes reached within 15 min / crashes", "1", "higher", ALL_CRASHES,
              "emergent", lambda seen: _within(seen, TARGETS_MIN[1]), NOBODY_CAME, scale="whole", only_with=TABLE),
    Indicator("response_deaths", "sum of injured x p0 exp(k (response time - t0))", "1", "lower", CRASHES,
              "extrapolated", lambda seen: _total(_of_arrived(seen, _deaths)), NOBODY_CAME, _beyond, only_with=TABLE),
    Indicator("secondary_crashes", "sum of r x time until the road is clear", "1", "lower", CRASHES, "extrapolated",
              lambda seen: _total(_of_arrived(seen, _secondary)), NOBODY_CAME, only_with=TABLE),
)
"""Only of scenarios in which units are wanted."""
