"""Indicators: each declared once, with formula, unit, direction, population and origin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module

import numpy as np
import pandas as pd

from trafficsim.base.codes import PATH
from trafficsim.base.errors import InputError
from trafficsim.base.packages import load_entry_points
from trafficsim.base.units import KMH_PER_MS
from trafficsim.outcomes.emissions.validity import Total
from trafficsim.outcomes.emissions.vt_micro import KG_CO2_PER_L
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.record import Record
from trafficsim.results.emissions import NO_TRACES
from trafficsim.results.frames import Labels, frame, nullable, strings
from trafficsim.results.indicator import BY_NAME, Indicator, Observation, register
from trafficsim.results.offences import fines_eur, officer_hours, points
from trafficsim.results.pedestrians import PEDESTRIANS, has_crossings
from trafficsim.results.pedestrians import TABLE as PEDESTRIANS_TABLE
from trafficsim.results.period import analysis_length_s
from trafficsim.results.red_running import RED_RUNNING
from trafficsim.results.reference import Reference, journeys
from trafficsim.results.responses import RESPONSES, has_responses
from trafficsim.results.responses import TABLE as RESPONSES_TABLE
from trafficsim.results.routes import ROUTE_CHANGES
from trafficsim.results.routes import TABLE as ROUTES
from trafficsim.results.speeds import at_detectors

ENTRY_POINT_GROUP = "trafficsim.indicators"
S_PER_H = 3600.0
M_PER_KM = 1000.0


NONE_DUE = "no trip is due in the analysis period"
NONE_ENTERED = "no trip due in the analysis period has entered the network"
BETWEEN_RUNS = "between two runs: compare an alternative with the baseline"
NOT_OBSERVED = "the run stopped before the analysis period"


def _mean_speed_kmh(seen: Observation) -> float | None:
    travel_s = seen.total(seen.journeys.travel_s, seen.due_entered)
    distance_m = seen.total(seen.record.trips.distance_m, seen.due_entered)
    return distance_m / travel_s * KMH_PER_MS if travel_s and distance_m is not None else None


def _throughput_veh_h(seen: Observation) -> float | None:
    duration_s = analysis_length_s(seen.plan, seen.record)
    exit_s = seen.record.trips.exit_s[seen.journeys.completed]
    leaving = ((exit_s >= seen.plan.analysis_begin_s) & (exit_s < seen.plan.analysis_end_s)).sum()
    return float(leaving) / duration_s * S_PER_H if duration_s > 0.0 else None


def _max_queue_m(seen: Observation) -> float | None:
    longest_m = seen.record.queues.longest_m
    return float(longest_m.max()) if len(longest_m) else None


def _of_spot_speeds(seen: Observation, statistic: Callable[[F8], float], least: int) -> float | None:
    speeds = seen.traversals.speed_ms[at_detectors(seen.plan, seen.traversals)] * KMH_PER_MS
    return float(statistic(speeds)) if len(speeds) >= least else None


def _sd(values: F8) -> float:
    return float(values.std(ddof=1))


def _share_over_limit(seen: Observation) -> float | None:
    chosen = at_detectors(seen.plan, seen.traversals)
    above = seen.traversals.speed_ms > seen.traversals.limit_ms
    return float(above[chosen].mean()) if chosen.any() else None


def _path_times_s(seen: Observation, path: str) -> F8:
    """Times of the vehicles that drove the whole route."""
    rows = [
        row for row, name in enumerate(seen.plan.sections.name) if name == path and seen.plan.sections.role[row] == PATH
    ]
    chosen = np.isin(seen.traversals.section, rows)
    return np.asarray(seen.plan.sections.length_m[rows].sum() / seen.traversals.speed_ms[chosen])


def _path_time_s(seen: Observation, path: str) -> float | None:
    times_s = _path_times_s(seen, path)
    return float(times_s.mean()) if len(times_s) else None


def _fuel_l(seen: Observation) -> Total:
    return Total(None, seen.traced) if isinstance(seen.traced, str) else seen.traced.fuel_l()


def _co2_kg(seen: Observation) -> float | None:
    fuel_l = _fuel_l(seen).value
    return None if fuel_l is None else fuel_l * KG_CO2_PER_L["petrol"]


def _nox_g(seen: Observation) -> Total:
    return Total(None, seen.traced) if isinstance(seen.traced, str) else seen.traced.nox_g()


def _limit_of_traces(seen: Observation) -> str | None:
    return None if isinstance(seen.traced, str) else seen.traced.limit()


def _completed_share(seen: Observation) -> float | None:
    return seen.mean(seen.journeys.completed.astype(np.float64), seen.due)


COST = re.compile(r"cost_([a-z]{3})")
NO_ECONOMICS = "a study gives it, with [economics] in this currency"


def annual_cost(currency: str) -> Indicator:
    """Declare the annual cost in a currency; the table ``[economics]`` of a study gives it.

    Examples
    --------
    >>> annual_cost("pln").unit
    'PLN/year'
    """
    return Indicator(
        f"cost_{currency}", "analysis periods per year x sum of unit value x quantity (delay, fuel, emissions)"
        " + value of casualties + annuity, operation and enforcement of the measure",
        f"{currency.upper()}/year", "lower", "trips due in the analysis period, of a year", "extrapolated", None,
        NO_ECONOMICS, of_traffic=False, on_request="economics",
    )


DUE = "trips due in the analysis period, followed to the end of the run"
DUE_ENTERED = "trips due in the analysis period that have entered the network, followed to the end of the run"
UNIMPEDED = "vehicles at detectors with a headway to the leader above 5 s, in the analysis period"
NO_TRAVERSAL = "no unimpeded vehicle (headway to the leader above 5 s) passed a detector in the analysis period"
ALL_VEHICLES = "all vehicles in the analysis period"
LIGHT = "light vehicles of the trips due in the analysis period that have entered, by the traces of some or all"

TRAVERSALS = ("traversals",)

INDICATORS: tuple[Indicator, ...] = (
    Indicator("mean_travel_time_s", "exit (or end of run) - entry", "s", "lower", DUE_ENTERED, "emergent",
              lambda seen: seen.mean(seen.journeys.travel_s, seen.due_entered), NONE_ENTERED),
    Indicator("mean_entry_wait_s", "entry (or end of run) - departure", "s", "lower", DUE, "emergent",
              lambda seen: seen.mean(seen.journeys.wait_s, seen.due), NONE_DUE),
    Indicator("mean_delay_s",
              "entry delay + travel time - dwell time - free-flow time of the distance covered under do nothing",
              "s", "lower", DUE, "emergent", lambda seen: seen.mean(seen.journeys.delay_s, seen.due), NONE_DUE),
    Indicator("mean_speed_kmh", "distance / travel time (space mean, stops included)", "km/h", "higher", DUE_ENTERED,
              "emergent", _mean_speed_kmh, NONE_ENTERED),
    Indicator("free_speed_kmh", "mean spot speed (over 50 m)", "km/h", "none", UNIMPEDED, "input",
              lambda seen: _of_spot_speeds(seen, np.mean, 1), NO_TRAVERSAL, needs=TRAVERSALS),
    Indicator("free_speed_sd_kmh", "standard deviation of the spot speed (over 50 m)", "km/h", "lower", UNIMPEDED,
              "input", lambda seen: _of_spot_speeds(seen, _sd, 2), NO_TRAVERSAL, needs=TRAVERSALS),
    Indicator("throughput_veh_h", "vehicles that arrive / length of the analysis period", "veh/h", "higher",
              "arrivals in the analysis period", "emergent", _throughput_veh_h, NOT_OBSERVED,
              scale="whole"),
    Indicator("stops_per_trip", "number of times the speed fell below 5 km/h", "1", "lower", DUE_ENTERED, "emergent",
              lambda seen: seen.mean(seen.record.trips.stops.astype(np.float64), seen.due_entered), NONE_ENTERED),
    Indicator("max_queue_m", "longest queue from a stop line to the back of the queue, through junctions", "m", "lower",
              "all links, as far as the engine recorded", "emergent", _max_queue_m, "the network has no link",
              needs=("queues",), scale="whole"),
    Indicator("vehicle_km", "sum of distances", "km", "none", DUE_ENTERED, "emergent",
              lambda seen: seen.total(seen.record.trips.distance_m / M_PER_KM, seen.due_entered), NONE_ENTERED),
    Indicator("vehicle_h", "sum of travel times", "h", "lower", DUE_ENTERED, "emergent",
              lambda seen: seen.total(seen.journeys.travel_s / S_PER_H, seen.due_entered), NONE_ENTERED),
    Indicator("completed_share", "completed / due", "1", "higher", DUE, "emergent", _completed_share, NONE_DUE,
              scale="whole"),
    Indicator("share_over_limit", "share of vehicles with a spot speed (over 50 m) above the limit", "1", "lower",
              UNIMPEDED, "input", _share_over_limit, NO_TRAVERSAL, needs=TRAVERSALS),
    Indicator("citations", "vehicles recorded by cameras and section controls above their citation speed", "1", "none",
              ALL_VEHICLES, "emergent", lambda seen: float(seen.traversals.cited.sum()), "",
              needs=TRAVERSALS, scale="events", of_traffic=False),
    Indicator("sanctions", "offences detected and sanctioned where they are enforced", "1", "none",
              ALL_VEHICLES, "emergent", lambda seen: float(len(seen.sanctions.trip)), "",
              needs=TRAVERSALS, scale="events", of_traffic=False),
    Indicator("fines_eur", "sum of the fines of all sanctions", "EUR", "none", ALL_VEHICLES, "emergent",
              lambda seen: float(fines_eur(seen.plan, seen.sanctions).sum()), "",
              needs=TRAVERSALS, of_traffic=False),
    Indicator("points", "sum of the demerit points of all sanctions", "1", "none", ALL_VEHICLES, "emergent",
              lambda seen: float(points(seen.plan, seen.sanctions).sum()), "",
              needs=TRAVERSALS, scale="whole", of_traffic=False),
    Indicator("officer_hours", "officers of the deployments x their hours in force in the analysis period", "h", "none",
              "deployments in the analysis period", "input", lambda seen: officer_hours(seen.plan), "",
              of_traffic=False),
    Indicator("devices", "devices of all deployments of the alternative, in force or not", "1", "none",
              "all deployments", "input", lambda seen: float(seen.plan.enforcement.devices.sum()), "",
              scale="whole", of_traffic=False),
    *RED_RUNNING,
    Indicator("fuel_l", "sum of VT-Micro's fuel rate over smoothed traces", "l", "lower", LIGHT, "extrapolated",
              lambda seen: _fuel_l(seen).value, NO_TRACES, _limit_of_traces, needs=("trajectories",),
              cause=lambda seen: _fuel_l(seen).reason),
    Indicator("co2_kg", "fuel x 2.31 kg of carbon dioxide per litre of petrol", "kg", "lower", LIGHT, "extrapolated",
              _co2_kg, NO_TRACES, _limit_of_traces, needs=("trajectories",), cause=lambda seen: _fuel_l(seen).reason),
    Indicator("nox_g", "sum of Int Panis' emission rate of petrol cars over smoothed traces, up to 70 km/h", "g",
              "lower", LIGHT, "extrapolated", lambda seen: _nox_g(seen).value, NO_TRACES, _limit_of_traces,
              needs=("trajectories",), cause=lambda seen: _nox_g(seen).reason),
    annual_cost("eur"),
)
register(*INDICATORS, *ROUTE_CHANGES, *RESPONSES, *PEDESTRIANS)
PATH_TIME = re.compile(r"path_time_s\[(.+)\]")
FEWEST_VEHICLES = 5
"""A mean over fewer vehicles than this in a replication is flagged wherever it is shown (modelling assumption)."""
NO_THROUGH = "no vehicle drove the whole route in the analysis period"
FEW_THROUGH = f"few vehicles: in a replication fewer than {FEWEST_VEHICLES} drove the whole route"


def path_time(path: str) -> Indicator:
    """Declare the travel time on a named route.

    Examples
    --------
    >>> path_time("king_road").name
    'path_time_s[king_road]'
    """
    return Indicator(
        f"path_time_s[{path}]", "mean time from the start of the route's first link to the end of its last", "s",
        "lower", "vehicles that drove the whole route and reached its end in the analysis period", "emergent",
        lambda seen: _path_time_s(seen, path), NO_THROUGH,
        lambda seen: FEW_THROUGH if len(_path_times_s(seen, path)) < FEWEST_VEHICLES else None, needs=TRAVERSALS,
    )


def registered() -> Mapping[str, Indicator]:
    """Return all indicators by name, those of installed packages included; not those of named routes.

    Raises
    ------
    InputError
        If a package that offers indicators cannot be imported.

    Examples
    --------
    >>> registered()["mean_delay_s"].unit
    's'
    """
    _load_packages()
    return BY_NAME


@cache
def _load_packages() -> None:
    import_module("trafficsim.results.casualties")
    import_module("trafficsim.results.casualties_per_year")
    load_entry_points(ENTRY_POINT_GROUP, InputError)


def not_computed() -> dict[str, str]:
    """Return the indicators that nothing computes yet, each with the reason."""
    return {name: one.reason for name, one in registered().items() if not one.is_computed}


def not_within_a_run() -> dict[str, str]:
    """Return the indicators that no single run has, each with the reason: not computed yet, or between two runs.

    Those that only some scenarios have, such as parts of casualties by people, are not among them.

    Examples
    --------
    >>> not_within_a_run()["ksi_rel"]
    'between two runs: compare an alternative with the baseline'
    """
    return {name: BETWEEN_RUNS if one.between is not None else one.reason for name, one in registered().items()
            if one.compute is None and not one.only_with}


def declared(name: str) -> Indicator | None:
    """Return the declaration of an indicator, those of named routes included; none if there is no such indicator."""
    path, cost = PATH_TIME.fullmatch(name), COST.fullmatch(name)
    return registered().get(name) or (path_time(path[1]) if path else annual_cost(cost[1]) if cost else None)


def declaration(name: str) -> Indicator:
    """Return the declaration of an indicator that is known to exist."""
    found = declared(name)
    if found is None:
        raise KeyError(name)
    return found


def in_order(names: Iterable[str]) -> list[str]:
    """Sort names of indicators into the order of their declaration, named routes last in the order given."""
    given, known = list(dict.fromkeys(names)), registered()
    return [*(name for name in known if name in given), *(name for name in given if name not in known)]


def indicators_table(plan: Plan, record: Record, labels: Labels, reference: Reference) -> pd.DataFrame:
    """One row per indicator that this engine gives, and per named route.

    ``reason`` says why a value is null, or what limits it (a mean over few vehicles).

    Raises
    ------
    SimulationError
        If a value is not finite.
    """
    seen = Observation(plan, record, journeys(plan, record, reference))
    paths = [name for name, role in zip(plan.sections.name, plan.sections.role.tolist(), strict=True) if role == PATH]
    every = [*registered().values(), *map(path_time, paths)]
    absent = {ROUTES: not plan.en_route.informed.any(), RESPONSES_TABLE: not has_responses(plan),
              PEDESTRIANS_TABLE: not has_crossings(plan)}
    every = [one for one in every if not absent.get(one.only_with, False)]
    computed = [(one, one.compute(seen)) for one in every if one.compute is not None]
    values = [value for _, value in computed]
    return frame(labels, {
        "indicator": strings(one.name for one, _ in computed),
        "value": nullable([value or 0.0 for value in values], [value is not None for value in values]),
        "unit": strings(one.unit for one, _ in computed),
        "reason": strings(one.remark(seen, value) for one, value in computed),
    })
