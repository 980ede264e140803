"""Results of links over the whole time measured: one row per alternative, engine and link, means of replications."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from trafficsim.results.frames import DAY, label_columns

WITHIN_MEANS = ("replication", DAY)
"""Label columns over whose values means are taken."""
NUMBERS = ("begin_s", "end_s", "entered", "left", "vehicle_h", "vehicle_km", "flow_veh_h", "density_veh_km",
           "delay_s_per_vehicle")
Periods = Mapping[str, tuple[float, float]]


def link_summary(links: pd.DataFrame, periods: Periods | None = None) -> pd.DataFrame:
    """Sum the intervals of the table ``links``, and take means over replications.

    Counts and vehicle-hours are per replication. Flow and density are means over time, speed is vehicle-kilometres by
    vehicle-hours (Edie 1963), delay is by the vehicles that were on the link.

    Parameters
    ----------
    links
        Table ``links`` of one or more runs.
    periods
        Begin and end (s) of the analysis period of each scenario: intervals that lie in it count; all where none does.

    Returns
    -------
    pandas.DataFrame
        Columns ``scenario, alternative, engine, link, replications, begin_s, end_s, entered, left, vehicle_h,
        vehicle_km, flow_veh_h, density_veh_km, speed_kmh, delay_s_per_vehicle``; null without a vehicle.

    Examples
    --------
    >>> row = {"scenario": "s", "alternative": "a", "replication": 1, "engine": "ca", "link": "x", "entered": 10.0,
    ...        "left": 10.0, "vehicle_h": 0.5, "vehicle_km": 10.0, "density_veh_km": 2.0, "delay_s_per_vehicle": 3.0}
    >>> rows = [{**row, "begin_s": at, "end_s": at + 300.0, "flow_veh_h": flow}
    ...         for at, flow in ((0.0, 60.0), (300.0, 120.0))]
    >>> found = link_summary(pd.DataFrame(rows)).iloc[0]
    >>> float(found.flow_veh_h), float(found.speed_kmh), float(found.entered)
    (90.0, 20.0, 20.0)
    """
    labels = label_columns(links)
    keys = [name for name in labels if name not in WITHIN_MEANS]
    rows = links.sort_values([*labels, "link", "begin_s"], kind="stable").astype(dict.fromkeys(NUMBERS, "float64"))
    run = [*labels, "link"]
    change = rows["entered"] - rows["left"]
    rows["there"] = change.groupby([rows[name] for name in run], sort=False).cumsum() - change
    rows = rows[_within(rows, periods or {})]
    first = ~rows.duplicated(run)
    duration = rows["end_s"] - rows["begin_s"]
    parts = rows[[*keys, "link", *NUMBERS[:6]]].assign(
        vehicles=rows["flow_veh_h"].fillna(0.0) * duration, density=rows["density_veh_km"].fillna(0.0) * duration,
        lost=rows["delay_s_per_vehicle"].fillna(0.0) * (rows["there"] + rows["entered"]),
        present=rows["entered"] + rows["there"].where(first, 0.0), duration=duration, runs=first.astype(np.int64))
    times = {"begin_s": "min", "end_s": "max"}
    sums = {name: "sum" for name in parts.columns if name not in (*keys, "link", *times)}
    return _means(parts.groupby([*keys, "link"], sort=False, as_index=False).agg({**times, **sums}), keys)


def _within(rows: pd.DataFrame, periods: Periods) -> pd.Series:
    """Whether an interval lies in the analysis period of its scenario; all of a scenario of which none does."""
    begin = rows["scenario"].map({name: period[0] for name, period in periods.items()}).fillna(-np.inf)
    end = rows["scenario"].map({name: period[1] for name, period in periods.items()}).fillna(np.inf)
    inside = (rows["begin_s"] >= begin) & (rows["end_s"] <= end)
    return inside | ~inside.groupby(rows["scenario"]).transform("any")


def _means(found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Turn sums over intervals and replications into means."""
    def ratio(above: str, below: str) -> pd.Series:
        return (found[above] / found[below].where(found[below] > 0.0)).astype("Float64")

    per_run = {name: found[name] / found["runs"] for name in ("entered", "left", "vehicle_h", "vehicle_km")}
    return pd.DataFrame({
        **{name: found[name] for name in (*keys, "link")}, "replications": found["runs"],
        "begin_s": found["begin_s"], "end_s": found["end_s"], **per_run,
        "flow_veh_h": ratio("vehicles", "duration"), "density_veh_km": ratio("density", "duration"),
        "speed_kmh": ratio("vehicle_km", "vehicle_h"), "delay_s_per_vehicle": ratio("lost", "present"),
    })
