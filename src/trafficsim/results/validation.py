"""A scenario against observations, over replications: the table ``validation`` and what guidelines say of it.

With data that were held out this is a validation; with data that the calibration has used it is called a fit, never a
validation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trafficsim.base.findings import Finding
from trafficsim.outcomes.validation.days import DayVariability, fhwa_2019
from trafficsim.outcomes.validation.flows import LEAST_FOR_R_SQUARED, S_PER_H, geh, r_squared, rmse, whole_hours
from trafficsim.outcomes.validation.guidelines import (
    GEH_LINK,
    SCREENLINE_SHARE,
    Guideline,
    judge_flows,
    judge_screenlines,
    judge_travel_times,
    within_travel_time,
)
from trafficsim.results.frames import nullable, strings
from trafficsim.results.statistics import t_interval

TABLE = "validation"
KEYS = ["scenario", "engine", "data"]
PLACE = [*KEYS, "kind", "place"]
FLOWS = ("count", "turning_count", "screenline")
FHWA_2019 = "FHWA 2019"
CRITERIA_2019 = {
    "I": "95 % of the intervals within 1.96 standard deviations of days",
    "II": "two thirds of the intervals within one standard deviation of days, and the critical ones",
    "III": "mean absolute error at most that of other days (BDAE)",
    "IV": "mean error at most a third of that (BDSE)",
}
LEAST_INTERVALS = 3
"""Fewer have no two critical intervals that are no neighbours: FHWA 2019 is not asked of them."""
RULE = ("GEH and the bands of guidelines are defined on hourly flows: intervals that follow each other are joined to "
        "whole hours; where they make none, a shorter one is scaled to an hour, which exaggerates its error")
"""How intervals shorter than an hour are judged."""


class Summary(NamedTuple):
    """How well values of one kind agree.

    Attributes
    ----------
    scenario, engine, data, kind : which values
    n, passed : how many, and how many pass
    rmse : in the unit of the values
    bias : sum of simulated over sum of observed values, less one
    r_squared : share of the observed variance that is explained; ``None`` of fewer than 5 values, or equal ones
    """

    scenario: str
    engine: str
    data: str
    kind: str
    n: int
    passed: int
    rmse: float
    bias: float
    r_squared: float | None


@dataclass(frozen=True)
class ValidationResult:
    """A scenario held against observations.

    Attributes
    ----------
    table : one row per scenario, engine, use of the data, place and interval (whole hours where there are any)
    criteria : one row per criterion of a guideline
    intervals : the same as ``table`` at the intervals of the observations
    findings : what was found while counts were read that came after the runs
    """

    table: pd.DataFrame
    criteria: pd.DataFrame
    intervals: pd.DataFrame
    findings: tuple[Finding, ...] = ()

    def uses(self) -> tuple[tuple[str, str, str], ...]:
        """Use of the data, scenario and engine of what was observed, held-out data first."""
        rows = self.table[["data", "scenario", "engine"]].drop_duplicates().astype(str)
        return tuple(sorted((str(one[0]), str(one[1]), str(one[2])) for one in rows.to_numpy().tolist()))

    def summaries(self) -> tuple[Summary, ...]:
        """Sum up the values of each kind that have a simulated one."""
        known = self.table[self.table["simulated"].notna()]
        found = []
        for (scenario, engine, data, kind), rows in known.groupby([*KEYS, "kind"], sort=False):
            ours, seen = (rows[name].to_numpy(np.float64) for name in ("simulated", "observed"))
            total = float(seen.sum())
            found.append(Summary(str(scenario), str(engine), str(data), str(kind), len(rows),
                                 int(rows["passed"].fillna(False).sum()), rmse(ours, seen),
                                 float(ours.sum()) / total - 1.0 if total > 0.0 else 0.0,
                                 r_squared(ours, seen) if len(rows) >= LEAST_FOR_R_SQUARED else None))
        return tuple(found)

    def as_json(self) -> dict[str, Any]:
        """Return ``summary``, ``criteria`` and ``rows`` as plain objects; ``data`` says what each rests on."""
        told = {"findings": [one.as_dict() for one in self.findings]} if self.findings else {}
        return {
            "rule": RULE, "summary": [one._asdict() for one in self.summaries()],
            "criteria": _records(self.criteria), "rows": _records(self.table), **told,
        }

    def _repr_html_(self) -> str:
        """Show the criteria and the table in a notebook."""
        return str(self.criteria.to_html(index=False)) + str(self.table.to_html(index=False))


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): None if pd.isna(value) else value for name, value in row.items()}
            for row in table.astype(object).to_dict("records")]


def validation_of(
    tables: Mapping[str, pd.DataFrame], alternative: str | None = None, confidence: float = 0.95,
) -> ValidationResult | None:
    """Hold the replications of a scenario against its observations.

    Parameters
    ----------
    tables
        Of a run or a study, with ``validation``.
    alternative
        The one that stands for the world as it was observed: the baseline; all rows without it.
    confidence
        Level of the intervals over replications.

    Returns
    -------
    ``None`` where nothing was observed.
    """
    if TABLE not in tables:
        return None
    rows = tables[TABLE]
    if alternative is not None:
        rows = rows[rows["alternative"] == alternative]
    if not len(rows):
        return None
    by_replication = _by_replication(rows)
    hourly = _hourly(by_replication)
    intervals, table = (_over_replications(one, confidence) for one in (by_replication, hourly))
    return ValidationResult(table, _criteria(table, intervals), intervals)


def _by_replication(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per place, interval and replication: the mean over its days of simulation, with plain columns."""
    plain = rows.assign(**{name: rows[name].astype("Float64").to_numpy(np.float64, na_value=np.nan)
                           for name in ("observed_sd", "representative", "day_distance", "simulated")})
    names = {name: plain[name].to_numpy() for name in (*PLACE, "unit")}
    plain = plain.assign(**{name: pd.Series(values, index=plain.index).astype(str) for name, values in names.items()})
    keys = [*PLACE, "begin_s", "end_s", "replication"]
    first = plain.drop_duplicates(keys)
    mean = plain.groupby(keys, sort=False)["simulated"].mean().to_numpy(np.float64)
    return first.assign(simulated=mean).reset_index(drop=True)


def _hourly(rows: pd.DataFrame) -> pd.DataFrame:
    """Join the intervals of flows to whole hours, replication by replication."""
    parts = []
    for (*_, kind, _place, _replication), part in rows.groupby([*PLACE, "replication"], sort=False):
        parts.append(_joined(part) if kind in FLOWS else part.assign(joined=1))
    return pd.concat(parts, ignore_index=True)


def _joined(part: pd.DataFrame) -> pd.DataFrame:
    ordered = part.sort_values("begin_s")
    groups = whole_hours(ordered["begin_s"].to_numpy(np.float64), ordered["end_s"].to_numpy(np.float64))
    return pd.DataFrame([_hour(ordered.iloc[group]) for group in groups], columns=[*part.columns, "joined"])


def _hour(rows: pd.DataFrame) -> dict[str, Any]:
    """One row for the intervals of an hour: flows weighted by length. Spreads of days of an hour are not known."""
    first: dict[str, Any] = {**{str(name): value for name, value in rows.iloc[0].items()}, "joined": len(rows)}
    if len(rows) == 1:
        return first
    weight = (rows["end_s"] - rows["begin_s"]).to_numpy(np.float64)
    means = {name: float(np.average(rows[name].to_numpy(np.float64), weights=weight))
             for name in ("observed", "simulated")}
    return {**first, **means, "end_s": float(rows["end_s"].max()), "observed_sd": np.nan, "representative": np.nan,
            "day_distance": np.nan, "critical": bool(rows["critical"].any())}


def _over_replications(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Mean and t-interval over replications, GEH, and whether the value passes."""
    out: list[dict[str, Any]] = []
    for keys, part in rows.groupby([*PLACE, "begin_s", "end_s"], sort=False):
        first, values = part.iloc[0], part["simulated"].dropna().to_numpy(np.float64)
        row = dict(zip([*PLACE, "begin_s", "end_s"], keys, strict=True))
        row |= {name: first[name] for name in ("unit", "observed", "observed_sd", "days", "representative",
                                               "day_distance", "critical")}
        out.append({**row, **_simulated(values, confidence), **_judged(row, values, int(first.get("joined", 1)))})
    return _framed(out)


def _simulated(values: np.ndarray, confidence: float) -> dict[str, Any]:
    if not len(values):
        return {"simulated": np.nan, "low": np.nan, "high": np.nan, "n": 0}
    if len(values) == 1:
        return {"simulated": float(values[0]), "low": np.nan, "high": np.nan, "n": 1}
    mean, low, high = (float(one) for one in t_interval(values, confidence))
    return {"simulated": mean, "low": low, "high": high, "n": len(values)}


def _judged(row: Mapping[str, Any], values: np.ndarray, joined: int) -> dict[str, Any]:
    """GEH of a flow, and whether a value passes the criterion for single ones of its kind."""
    kind, length_s = str(row["kind"]), float(row["end_s"]) - float(row["begin_s"])
    told: dict[str, Any] = {"geh": np.nan, "passed": pd.NA, "joined": joined,
                            "scaled": kind in FLOWS and length_s < S_PER_H}
    if not len(values):
        return told
    mean, observed = float(values.mean()), float(row["observed"])
    if kind in FLOWS:
        told["geh"] = float(geh(mean, observed))
    if kind in ("count", "turning_count"):
        told["passed"] = told["geh"] < GEH_LINK
    elif kind == "screenline":
        told["passed"] = observed > 0.0 and abs(mean - observed) < SCREENLINE_SHARE * observed
    elif kind == "travel_time":
        told["passed"] = bool(within_travel_time(mean, observed))
    return told


COLUMNS = (*PLACE, "begin_s", "end_s", "unit", "observed", "observed_sd", "days", "representative", "day_distance",
           "critical", "simulated", "low", "high", "n", "geh", "passed", "joined", "scaled")


def _framed(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=list(COLUMNS))
    for name in (*PLACE, "unit"):
        table[name] = strings(table[name])
    for name in ("observed_sd", "representative", "day_distance", "simulated", "low", "high", "geh"):
        values = table[name].to_numpy(np.float64)
        table[name] = nullable(values, ~np.isnan(values))
    table["passed"] = table["passed"].astype("boolean")
    return table


def _criteria(table: pd.DataFrame, intervals: pd.DataFrame) -> pd.DataFrame:
    """What guidelines say of all places of a kind, and FHWA 2019 of each place with several days."""
    rows: list[dict[str, Any]] = []
    known = table[table["simulated"].notna()]
    for (scenario, engine, data), part in known.groupby(KEYS, sort=False):
        names = {"scenario": scenario, "engine": engine, "data": data}
        rows += [{**names, "place": "", **one._asdict()} for one in _by_guidelines(part)]
    for (scenario, engine, data, _, place), part in intervals.groupby(PLACE, sort=False):
        names = {"scenario": scenario, "engine": engine, "data": data, "place": place}
        if len(part) >= LEAST_INTERVALS:
            rows += [{**names, **one._asdict()} for one in _by_days(part)]
    columns = [*KEYS, "place", *Guideline._fields]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys((*KEYS, "place"), "string"))


def _by_guidelines(rows: pd.DataFrame) -> Iterator[Guideline]:
    kinds = {kind: rows[rows["kind"] == kind] for kind in (*FLOWS, "travel_time")}
    flows = kinds["count"] if len(kinds["count"]) else kinds["turning_count"]  # turns are parts of the flows of links
    for judge, part in ((judge_flows, flows), (judge_screenlines, kinds["screenline"]),
                        (judge_travel_times, kinds["travel_time"])):
        yield from judge(part["simulated"].to_numpy(np.float64), part["observed"].to_numpy(np.float64))


def _by_days(rows: pd.DataFrame) -> Iterator[Guideline]:
    """Criteria of FHWA 2019 for one place; nothing where days do not vary or an interval was not simulated."""
    if rows["representative"].isna().any() or rows["simulated"].isna().any():
        return
    ordered = rows.sort_values("begin_s")
    value, sd, distance, mean, ours = (ordered[name].to_numpy(np.float64) for name in
                                       ("representative", "observed_sd", "day_distance", "observed", "simulated"))
    critical = tuple(np.flatnonzero(ordered["critical"].to_numpy(np.bool_)).tolist())
    for one in fhwa_2019(ours, DayVariability(0, value, sd, mean, distance), critical):
        text = f"{one.name}: {CRITERIA_2019[one.name]}"
        yield Guideline(FHWA_2019, text, len(ours), one.value, one.bound, one.passed)
