"""Indicators between runs: crashes and casualties of an alternative relative to the baseline, from free speeds by link.

Free speeds are measured where an alternative acts on them; on every other link drivers want what they wanted before, so
its relative number is one. What else changes crashes is not modelled: an alternative that touches signals, or moves
traffic, has no such indicator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.outcomes.casualties import DEATHS_OF_KSI, Models, Outcome, SpeedChange, drawn, relative
from trafficsim.outcomes.sourced import Sourced
from trafficsim.outcomes.speed_models import SETS, outside_range
from trafficsim.results.frames import LABEL_COLUMNS
from trafficsim.results.indicator import Indicator, Pair, register
from trafficsim.results.people import ALL_PARTS, BY_PEOPLE, by_part, people_of, total
from trafficsim.results.people import TABLE as EXPOSURE
from trafficsim.spec.casualties import Casualties, Coefficient

F8 = NDArray[np.float64]
KEY = "casualties"
MODELLED = frozenset({
    "link.speed_limit_ms", "link.free_speed_mean_ms", "link.free_speed_cv", "link.factor_speed_ms",
    "class.max_speed_ms", "behaviour.response", "section.citation_ms", "deployment.hours",
})
"""Fields of the ledger whose change acts on crashes through free speeds alone."""
OF_PEOPLE = ("group.", "sanction.")
"""Beginnings of fields whose change acts through who drives, and how fast: the table ``exposure`` has it all."""
TRIPS = "trip.number"
"""Trips that are not made: with people their kilometres are in that table too."""
MOST_MOVED = 0.05
"""Change of all vehicle-km above which volumes count as changed (modelling assumption)."""
FEWEST_TRAVERSALS = 5
"""A mean over fewer unimpeded vehicles in a run takes the change of links with the same limits (modelling
assumption)."""
LEAST_COVERED = 0.5
"""Share of the weight that must be measured, or not acted on (modelling assumption)."""

NOT_APPLICABLE = "not applicable: "
UNMEASURED = NOT_APPLICABLE + "free speeds are not known on links that carry {share:.0%} of the weight"
MIXED = "speeds on link {link} change within the analysis period, and a mean over it mixes two kinds of time " \
        "(judge each in a scenario of its own)"
NO_FORM = "the interval covers replications and exponents; model form is absent (no coefficient of the exponential " \
          "model is given)"
WITH_FORM = "the interval covers replications, coefficients and model form"
ONE_FORM = "the interval covers replications and coefficients of the exponential model alone"
NO_EXPONENT = NOT_APPLICABLE + "the set of exponents has none for it"
EXTRAPOLATED = "extrapolated: on links that carry {share:.0%} of the weight speeds, or their change, lie outside the " \
               "studies (30 to 120 km/h, a quarter)"
TABLES = ("links", "free_speeds", "ledger", EXPOSURE)
BY_TRAFFIC, BY_CASUALTIES = "links weighted by traffic", "links weighted by baseline casualties"


@dataclass(frozen=True)
class Seen:
    """What a pair of runs says: the change of speeds, or why there is none; and what limits it."""

    change: SpeedChange | None
    reason: str | None
    limits: tuple[str, ...] = ()


def models_of(asked: Casualties) -> Models:
    """Return the models that a study asks for."""
    betas = {name: _sourced(f"exponential coefficient: {name}", one) for name, one in (
        ("fatal", asked.beta_fatal), ("injury", asked.beta_injury)) if one is not None}
    share = DEATHS_OF_KSI if asked.deaths_of_ksi is None else Sourced(
        DEATHS_OF_KSI.name, asked.deaths_of_ksi, "1", "given by the study", "D", "input")
    return Models(SETS[asked.exponents], betas, asked.form, share, asked.draws, asked.seed)


def _sourced(name: str, one: Coefficient) -> Sourced:
    return Sourced(name, one.value_h_km, "h/km", one.source, "D", "extrapolated", one.low_h_km, one.high_h_km)


def asked_of(pair: Pair) -> Casualties:
    """What the study says about casualties, or the defaults."""
    return cast(Casualties, pair.asked.get(KEY) or Casualties())


def seen_of(pair: Pair) -> Seen:
    """Read a pair once for all indicators."""
    if KEY not in pair.memory:
        pair.memory[KEY] = _seen(pair)
    return cast(Seen, pair.memory[KEY])


def _seen(pair: Pair) -> Seen:
    reason = _foreign(pair) or _moved(pair)
    if reason is not None:
        return Seen(None, NOT_APPLICABLE + reason)
    mixed = _mixed(pair.alternative["free_speeds"])
    if mixed:
        return Seen(None, NOT_APPLICABLE + MIXED.format(link=mixed))
    weights, limits = _weights(pair)
    places = _places(pair.baseline["free_speeds"], pair.alternative["free_speeds"], weights)
    total = float(weights.sum())
    lost = float(places["weight"][~places["known"]].sum()) / total if total > 0.0 else 1.0
    if total <= 0.0 or lost > 1.0 - LEAST_COVERED:
        return Seen(None, UNMEASURED.format(share=lost))
    change = _change(places, total)
    far = outside_range(change.before_kmh[:-1], change.after_kmh[:-1]) & (change.weight[:-1] > 0.0)
    told = [*limits]
    if lost > 0.0:
        told.append(f"links that carry {lost:.0%} of the weight are left out: no place away from signals")
    if far.any():
        told.append(EXTRAPOLATED.format(share=float(change.weight[:-1][far].sum()) / change.weight.sum()))
    return Seen(change, None, tuple(told))


def _foreign(pair: Pair) -> str | None:
    """Say what the alternative changes beside speeds, or what the baseline does, where that has policies too."""
    before, after = pair.baseline["ledger"], pair.alternative["ledger"]
    rows = _differing(before, after) if len(before) else after
    others = sorted(set(rows["field"].dropna().astype(str)) - MODELLED)
    counted = {TRIPS} if people_of(pair) is not None else set()
    others = [name for name in others if not name.startswith(OF_PEOPLE) and name not in counted]
    if not others:
        return None
    if any(name.startswith("signal.") for name in others):
        return "the alternative changes signals, and with them conflicts (no model of that is built)"
    return f"the alternative changes {', '.join(others)} (no model of that is built)"


def _differing(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Rows that only one of two ledgers has."""
    rows = pd.concat([before, after]).drop(columns=list(LABEL_COLUMNS))
    return rows[~rows.duplicated(keep=False).to_numpy()]


def _moved(pair: Pair) -> str | None:
    before, after = (float(side["links"]["vehicle_km"].sum()) for side in (pair.baseline, pair.alternative))
    if before <= 0.0:
        return "nobody drove under the baseline"
    change = after / before - 1.0
    if abs(change) <= MOST_MOVED:
        return None
    return f"traffic changes by {change:+.0%} (vehicle-km), and the models hold volumes"


def _mixed(free_speeds: pd.DataFrame) -> str | None:
    """First link whose speeds change within the analysis period; none, also in tables of before there were any."""
    if "steady" not in free_speeds or free_speeds["steady"].all():
        return None
    return str(free_speeds["link"][~free_speeds["steady"].to_numpy(np.bool_)].iloc[0])


def _weights(pair: Pair) -> tuple[pd.Series, tuple[str, ...]]:
    """Weight by link, and how they were taken."""
    given = asked_of(pair).weights
    if given:
        return pd.Series(given, dtype=np.float64), (BY_CASUALTIES,)
    if pair.casualties is not None:
        crashes = pair.casualties.crashes
        return pd.Series(crashes["crashes"].to_numpy(), crashes["link"].astype(str)), (BY_CASUALTIES,)
    links = pair.baseline["links"]
    by_link = links.groupby("link", sort=False)["vehicle_km"].sum()
    return pd.Series(by_link.to_numpy(np.float64), by_link.index.astype(str)), (BY_TRAFFIC,)


def _places(before: pd.DataFrame, after: pd.DataFrame, weights: pd.Series) -> dict[str, Any]:
    """Speeds of both runs by place, the weight of its link shared among the places that are known."""
    if not len(before) or not len(after):
        empty = np.zeros(0)
        return {"v0": empty, "v1": empty, "weight": empty, "urban": empty > 0.0, "known": empty > 0.0}
    link = before["link"].astype(str).to_numpy()
    v0, v1 = (_numbers(one, "unimpeded_mean_kmh") for one in (before, after))
    fine = np.ones(len(link), np.bool_)
    for one in (before, after):
        fine &= one["undisturbed"].to_numpy(np.bool_) & (_numbers(one, "unimpeded_traversals") >= FEWEST_TRAVERSALS)
    codes, names = pd.factorize(link)
    enough = np.bincount(codes, fine)[codes] > 0
    used = np.where(enough, fine, True)  # a link without any good place keeps all of them, to take others' change
    own = weights.reindex(names).fillna(0.0).to_numpy(np.float64)
    weight = np.where(used, own[codes] / np.bincount(codes, used)[codes], 0.0)
    urban = (before["road_class"] == "urban").to_numpy(np.bool_)
    groups, _ = pd.factorize(pd.Series(list(zip(urban, *(_numbers(one, "limit_kmh") for one in (before, after)),
                                                strict=True))))
    v0, v1, known = _borrowed(np.stack([v0, v1]), fine, np.where(fine, weight, 0.0), groups)
    return {"v0": v0, "v1": v1, "weight": weight, "urban": urban, "known": known}


def _numbers(table: pd.DataFrame, column: str) -> F8:
    return np.asarray(table[column].to_numpy(np.float64, na_value=0.0))


def _borrowed(
    speeds: F8, fine: NDArray[np.bool_], weight: F8, groups: NDArray[np.intp]
) -> tuple[F8, F8, NDArray[np.bool_]]:
    """Speeds of places, those without own ones with the mean of the places of the same limits and kind of road."""
    total = np.bincount(groups, weight)
    mean = [np.divide(np.bincount(groups, weight * np.where(fine, one, 0.0)), total, out=np.ones(len(total)),
                      where=total > 0.0)[groups] for one in speeds]
    known = fine | (total > 0.0)[groups]
    v0, v1 = (np.where(fine, one, borrowed) for one, borrowed in zip(speeds, mean, strict=True))
    return v0, v1, known


def _change(places: Mapping[str, Any], total: float) -> SpeedChange:
    """Places that are known, and last what no alternative acts on, which stays as it is."""
    known = places["known"]
    rest = max(total - float(places["weight"].sum()), 0.0)
    return SpeedChange(
        np.append(places["v0"][known], 1.0), np.append(places["v1"][known], 1.0),
        np.append(places["weight"][known], rest), np.append(places["urban"][known], True))


def _value(pair: Pair, outcome: Outcome) -> float | None:
    parts = parts_of(pair, outcome)
    return None if parts is None else 1.0 + float(total(parts)[0])


def _draws(pair: Pair, outcome: Outcome) -> F8 | None:
    parts = drawn_parts_of(pair, outcome)
    return None if parts is None else total(parts)


def parts_of(pair: Pair, outcome: Outcome) -> dict[str, F8] | None:
    """Parts of the change of an outcome by speed, exposure, risk and severity, of shape (1,); none where none is known.

    They add up to the number relative to do nothing less one.
    """
    change, models = seen_of(pair).change, models_of(asked_of(pair))
    if change is None or models.parts(outcome) is None:
        return None
    return by_part(pair, outcome, np.array([relative(change, outcome, models)]))


def drawn_parts_of(pair: Pair, outcome: Outcome) -> dict[str, F8] | None:
    """Return draws of these parts, the same for every alternative; shape (draws,)."""
    change, models = seen_of(pair).change, models_of(asked_of(pair))
    if change is None or models.parts(outcome) is None:
        return None
    known = f"parts of {outcome}"
    if known not in pair.memory:
        pair.memory[known] = by_part(pair, outcome, drawn(change, outcome, models), models)
    return cast("dict[str, F8]", pair.memory[known])


def _told(pair: Pair, outcome: Outcome) -> str | None:
    """Why there is no value, or what limits the one there is and what its interval covers."""
    if pair.baseline["links"] is pair.alternative["links"]:
        return None  # the baseline beside itself
    seen, models = seen_of(pair), models_of(asked_of(pair))
    if seen.change is None:
        return seen.reason
    return NO_EXPONENT if models.parts(outcome) is None else limits_of(pair)


def limits_of(pair: Pair) -> str | None:
    """Say what limits the values of a pair and what their intervals cover; nothing for the baseline beside itself."""
    if pair.baseline["links"] is pair.alternative["links"]:
        return None
    seen, models = seen_of(pair), models_of(asked_of(pair))
    form = {"power": NO_FORM, "exponential": ONE_FORM, "both": WITH_FORM}[models.form]
    people = () if people_of(pair) is None else (BY_PEOPLE,)
    return "; ".join((form, *people, *seen.limits))


def _declared(name: str, outcome: Outcome, what: str) -> Indicator:
    return Indicator(
        name, f"{what} relative to do nothing: sum over links of weight x (free speed / free speed under do nothing)^e,"
        " exponents of Elvik 2009 by road and severity", "1", "lower", "all links; free speeds of vehicles with a "
        "headway to the leader above 5 s, away from signals", "extrapolated", None,
        "not measured: name it among the primary indicators of a study, or give the study a table [casualties]",
        between=lambda pair: _value(pair, outcome), tables=TABLES, on_request=KEY,
        told=lambda pair: _told(pair, outcome), draws=lambda pair: _draws(pair, outcome),
    )


def _part(part: str, what: str) -> Indicator:
    """Declare a part of the change of ``ksi_rel``."""
    return Indicator(
        f"ksi_by_{part}", f"part of the change of ksi_rel that is due to {what} (mean over all orders of the changes; "
        "the parts add up to ksi_rel - 1)", "1", "lower", "all drivers", "extrapolated", None,
        "no people: give the scenario a table [population]",
        between=lambda pair: None if (parts := parts_of(pair, "ksi")) is None else float(parts[part][0]), tables=TABLES,
        on_request=KEY, only_with=EXPOSURE, told=lambda pair: _told(pair, "ksi"),
        draws=lambda pair: None if (parts := drawn_parts_of(pair, "ksi")) is None else parts[part],
    )


PART_WORDS = {
    "speed": "free speeds", "exposure": "kilometres of people", "risk": "crash risk per km of people",
    "severity": "belts",
}


CASUALTIES = (
    _declared("ksi_rel", "ksi", "killed and seriously injured"),
    _declared("deaths_rel", "deaths", "deaths"),
    _declared("injury_crashes_rel", "injury_crashes", "injury crashes"),
    _declared("fatal_crashes_rel", "fatal_crashes", "fatal crashes"),
)
register(*CASUALTIES, *(_part(part, PART_WORDS[part]) for part in ALL_PARTS))
