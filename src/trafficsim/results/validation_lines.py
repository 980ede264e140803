"""A validation, or a fit, in words for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trafficsim.results.formats import number
from trafficsim.results.validation import RULE, Summary, ValidationResult

TITLES = {"held_out": "Validation, on data that were held out", "used": "Fit, on data that the calibration has used"}
"""What is shown is called by what the data were used for; the words are never exchanged."""
KINDS = {
    "count": "counts", "turning_count": "turning counts", "screenline": "screenlines", "travel_time": "travel times",
    "speed_mean": "mean speeds", "speed_sd": "spreads of speed", "speed_p85": "85th percentiles of speed",
    "speed_distance": "distances of speed distributions",
}
PASSES = {"count": "GEH below 5", "turning_count": "GEH below 5", "screenline": "within 5 %",
          "travel_time": "within 15 % or 1 min"}
UNIT = {"travel_time": "s", "speed_mean": "km/h", "speed_sd": "km/h", "speed_p85": "km/h", "speed_distance": ""}
VALUES = ("simulated", "observed")
MOST_PLACES = 5
"""Places that fail and are named."""


def validation_lines(found: ValidationResult | None) -> Iterator[str]:
    """Yield what a scenario shows against observations, a line each; held-out data first."""
    if found is None:
        return
    summaries = found.summaries()
    for key in found.uses():
        yield f"{TITLES[key[0]]} ({key[1]}, {key[2]}):"
        for one in summaries:
            if (one.data, one.scenario, one.engine) == key:
                yield f"  {_summary(one)}"
        yield from (f"  {line}" for line in _missed(found, key))
        yield from (f"  {line}" for line in _criteria(found.criteria, key))
    if bool(found.table["scaled"].any()):
        yield f"  {RULE}."


def _summary(one: Summary) -> str:
    """One kind of values in a line."""
    if one.kind == "speed_distance":
        return f"{KINDS[one.kind]}: root mean square {number(one.rmse, 2)}"
    passed = f": {one.passed} of {one.n} pass ({PASSES[one.kind]})" if one.kind in PASSES else f": {one.n}"
    if one.kind.startswith("speed"):
        return f"{KINDS[one.kind]}{passed}, RMSE {number(one.rmse, 3)} {UNIT[one.kind]}"
    fit = "" if one.r_squared is None else f", R² {one.r_squared:.2f}"
    unit = UNIT.get(one.kind, "veh/h")
    return f"{KINDS[one.kind]}{passed}, sum {one.bias:+.1%}, RMSE {number(one.rmse, 3)} {unit}{fit}"


def _missed(found: ValidationResult, key: tuple[str, str, str]) -> Iterator[str]:
    """Name the values that fail, the worst first, and those that were not simulated."""
    rows = found.table[(found.table["data"] == key[0]) & (found.table["scenario"] == key[1])
                       & (found.table["engine"] == key[2])]
    failed = rows[rows["passed"].eq(False).fillna(False)].sort_values("geh", ascending=False)
    if len(failed):
        worst = failed.head(MOST_PLACES)
        columns = (worst["place"], worst["unit"], *(worst[name].to_numpy(np.float64).tolist() for name in VALUES))
        named = [f"{place} {number(ours)} for {number(seen)} {unit}" for place, unit, ours, seen in zip(
            *columns, strict=True)]
        more = f" and {len(failed) - MOST_PLACES} more" if len(failed) > MOST_PLACES else ""
        yield f"not within: {'; '.join(named)}{more}"
    absent = rows[rows["simulated"].isna()]["place"].unique().tolist()
    if absent:
        yield f"not compared, because the run does not tell them: {', '.join(absent[:MOST_PLACES])}" \
              + (" …" if len(absent) > MOST_PLACES else "")


def _criteria(criteria: pd.DataFrame, key: tuple[str, str, str]) -> Iterator[str]:
    """Criteria of guidelines in a line each, those of single places counted."""
    data, scenario, engine = key
    mine = criteria[(criteria["data"] == data) & (criteria["scenario"] == scenario) & (criteria["engine"] == engine)]
    for (guideline, criterion), rows in mine.groupby(["guideline", "criterion"], sort=False):
        if len(rows) == 1 and not rows["place"].iloc[0]:
            met = "met" if rows["passed"].iloc[0] else "not met"
            value, bound = (number(float(rows[name].iloc[0]), 3) for name in ("value", "bound"))
            yield f"{guideline}: {criterion}: {met} ({value}, bound {bound})"
        else:
            yield f"{guideline} {criterion}: met at {int(rows['passed'].sum())} of {len(rows)} places"
