"""Sum a scenario's replications up: the numbers of ``run --json``, from tables alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from trafficsim.results.compare import table_reasons
from trafficsim.results.digest import combined_digest
from trafficsim.results.frames import LABEL_COLUMNS
from trafficsim.results.gridlocks import gridlock_list
from trafficsim.results.indicators import declaration, in_order, not_within_a_run
from trafficsim.results.left import left_list
from trafficsim.results.runs import STATUSES, VEHICLE_COUNTS
from trafficsim.results.statistics import t_interval
from trafficsim.results.unserved import unserved_summary


def summarise(tables: Mapping[str, pd.DataFrame], confidence: float = 0.95) -> dict[str, Any]:
    """Sum up the replications of one scenario, alternative and engine.

    Returns
    -------
    ``digest`` (of the replications' digests in their order), ``vehicles`` (summed over replications), ``indicators``
    (mean with t-interval over replications; low and high are null with one), ``not_computed`` (reasons),
    ``performance``, ``status`` (of the worst replication: ``complete``, ``incomplete`` when vehicles did not arrive,
    ``gridlock`` when a gridlock lasted to the end, ``failed``), ``gridlocks`` (replication, begin, end, links and
    vehicles of each), ``routes`` (how many rehearsals drivers had, and the relative gap that they left), ``left``
    (where vehicles were left, since when, behind what), and, when there are any, ``unserved`` (trips and flows that
    nothing can carry, with reasons) and ``failed`` (reason by replication).
    """
    runs = tables["runs"].sort_values("replication")
    done = runs[runs["status"] != "failed"]
    indicators, missing = indicator_means(tables["indicators"], confidence)
    summary: dict[str, Any] = {
        "digest": combined_digest(runs["digest"].fillna("failed").tolist()),
        "vehicles": {name: int(done[name].sum()) for name in VEHICLE_COUNTS},
        "indicators": indicators,
        "not_computed": not_within_a_run() | missing,
        "performance": performance_sums(done),
        "status": worst_status(runs["status"].tolist()),
        "gridlocks": [_without_names(one) for one in gridlock_list(tables["events"])],
        "left": [_without_names(one) for one in left_list(tables["events"])],
        "routes": learnt_routes(done),
    }
    lost = unserved_summary(tables["unserved"]) if "unserved" in tables else {}
    if lost:
        summary["unserved"] = lost
    failed = runs[runs["status"] == "failed"]
    if len(failed):
        summary["failed"] = {str(row.replication): str(row.reason) for row in failed.itertuples()}
    return summary


def learnt_routes(runs: pd.DataFrame) -> dict[str, Any]:
    """Rehearsals and relative gap of the routes of a scenario, which all of its runs share; null where none ran."""
    known = runs[["rehearsals", "relative_gap"]].head(1).to_dict("records")
    row = known[0] if known else {"rehearsals": None, "relative_gap": None}
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}


def learnt_by_scenario(runs: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Rehearsals and relative gap of every scenario in which drivers learnt their routes.

    Where alternatives have routes of their own those of the scenario are the first one's, and all are in
    ``alternatives``.
    """
    done = runs[runs["status"] != "failed"]
    learnt = {str(scenario): _learnt(part) for scenario, part in done.groupby("scenario", observed=True)}
    return {scenario: told for scenario, told in learnt.items() if told["rehearsals"]}


def _learnt(runs: pd.DataFrame) -> dict[str, Any]:
    every = {str(name): learnt_routes(part) for name, part in runs.groupby("alternative", observed=True, sort=False)}
    told = learnt_routes(runs)
    return told if all(one == told for one in every.values()) else {**told, "alternatives": every}


def worst_status(statuses: Sequence[str]) -> str:
    """Return the worst of some statuses.

    Examples
    --------
    >>> worst_status(["complete", "gridlock", "incomplete"])
    'gridlock'
    """
    return max(statuses, key=STATUSES.index)


def run_endings(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return how many runs ended how, ``{scenario: {engine: {alternative: {status: runs}}}}``."""
    counts: dict[str, Any] = {}
    names = tables["runs"][["scenario", "engine", "alternative", "status"]].astype(str)
    for scenario, engine, alternative, status in names.itertuples(index=False, name=None):
        ended = counts.setdefault(scenario, {}).setdefault(engine, {}).setdefault(alternative, {})
        ended[status] = ended.get(status, 0) + 1
    return counts


def _without_names(gridlock: dict[str, Any]) -> dict[str, Any]:
    """Leave out the names that all runs of a summary share."""
    return {key: value for key, value in gridlock.items() if key == "replication" or key not in LABEL_COLUMNS}


def indicator_means(indicators: pd.DataFrame, confidence: float) -> tuple[dict[str, Any], dict[str, str]]:
    """Mean and interval by indicator over the replications that have a value, and reasons of those that never have.

    A mean that is limited has its ``reason`` too.
    """
    told = table_reasons(indicators)
    means: dict[str, Any] = {}
    missing: dict[str, str] = {}
    for name in in_order(indicators["indicator"].unique().tolist()):
        part = indicators[indicators["indicator"] == name]
        values = part["value"].dropna().to_numpy(np.float64)
        if len(values):
            means[name] = _entry(values, confidence) | {"unit": declaration(name).unit, "n": len(values)}
            if name in told:
                means[name]["reason"] = told[name]
        elif len(part):
            missing[name] = str(part["reason"].iloc[0])
    return means, missing


def _entry(values: np.ndarray, confidence: float) -> dict[str, float | None]:
    if len(values) < 2:
        return {"mean": float(values[0]), "low": None, "high": None}
    return dict(zip(("mean", "low", "high"), (float(part) for part in t_interval(values, confidence)), strict=True))


def performance_sums(runs: pd.DataFrame) -> dict[str, float | int | None]:
    """Sums over runs; ``per_s`` is vehicle updates per second of the loops, ``peak_mb`` the highest."""
    updates, loop_s = int(runs["vehicle_updates"].sum()), float(runs["loop_s"].sum())
    return {
        "vehicle_updates": updates,
        "loop_s": loop_s,
        "per_s": updates / loop_s if loop_s > 0.0 else None,
        "compile_s": float(runs["compile_s"].sum()),
        "peak_mb": float(runs["peak_mb"].max()) if len(runs) else None,
    }
