"""Rollouts of a study: which sites are built when, what they cost and avoid, and whether that can be seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from trafficsim.base.errors import InputError, quoted
from trafficsim.design.siting.benefits import Benefits, Coverage
from trafficsim.design.siting.programme import (
    Budget,
    Built,
    Order,
    at_random,
    built,
    by_gain,
    by_score,
    equal_reduction,
    one_per_area,
)
from trafficsim.io.load import naming
from trafficsim.io.practices import load_practices
from trafficsim.outcomes.casualties import Models, SpeedChange, drawn
from trafficsim.outcomes.sites.history import SiteHistory
from trafficsim.outcomes.sites.stepped_wedge import wedge, wedge_power
from trafficsim.plan.arrays import F8
from trafficsim.plan.prepare import Prepared
from trafficsim.results.casualties import models_of
from trafficsim.results.rollout import Programme
from trafficsim.run.siting.place import Sited, candidates_along, sited
from trafficsim.run.siting.worth import ALL_CRASHES, KSI, Crashes, avoided_in, crashes_along, is_urban, table_of
from trafficsim.spec.casualties import Casualties
from trafficsim.spec.rollout import Rollout
from trafficsim.spec.study import Study

NEAR = 0.5
"""Crashes are counted for a site where at least so much of its effect is felt (modelling assumption): with a fixed
camera 150 m before it to 400 m beyond."""
MOST_OF_CURVE = 200
LEVELS = (0.025, 0.975)
LESS_THAN_PUBLISHED = ("casualties avoided follow from the mean free speed; published effects on crashes near cameras "
                       "are larger than it explains, and are shown for comparison only")
BY_COUNT = ("{count} sites without a safety performance function keep their count as what is expected: there "
            "regression to the mean is not corrected")


@dataclass(frozen=True, eq=False)
class _Ground:
    """Everything that a rollout is decided on.

    Attributes
    ----------
    rollout : as asked
    there : the candidates and what they do
    crashes, models : casualties
    benefits : killed and seriously injured avoided per year
    near : stretches near each candidate, as in the reach of :class:`trafficsim.run.siting.stretches.Cells`
    observed, expected, seen : injury crashes per year near each candidate (counted, expected), and those avoided
    avoided : the last by cell
    """

    rollout: Rollout
    there: Sited
    crashes: Crashes
    models: Models
    benefits: Benefits
    near: tuple[Mapping[tuple[int, int], float], ...]
    observed: F8
    expected: F8
    seen: F8
    avoided: csr_array

    @property
    def areas(self) -> list[str]:
        return [one.area for one in self.there.candidates]

    @property
    def budget(self) -> Budget:
        one = self.rollout
        return Budget(one.budget_per_year, one.running_cost_per_year, one.years)


def plan_rollouts(
    study: Study, worlds: Mapping[str, Prepared], histories: Mapping[str, SiteHistory],
) -> tuple[Programme, ...]:
    """Work out all rollouts of a study in all of its scenarios.

    Parameters
    ----------
    study
        The study, with the files read that it names.
    worlds
        Its scenarios by name, with their routes.
    histories
        Crash histories by scenario.

    Raises
    ------
    InputError
        If a rollout cannot be: no candidate on the network, nothing that the budget pays, no counts to go by.
    """
    models = models_of(study.casualties or Casualties())
    found = []
    for name, prepared in worlds.items():
        known: dict[str, Sited] = {}
        for one in study.rollout:
            with naming(f"rollout {quoted(one.name)}"):
                there = _sited(one, prepared, known)
                found.append(_programme(name, _ground(one, there, histories[name], models)))
    return tuple(found)


def _sited(rollout: Rollout, prepared: Prepared, known: dict[str, Sited]) -> Sited:
    """What the candidates of a rollout do; rollouts that differ in money and order alone share it."""
    assert not isinstance(rollout.candidates, str), "files are read with the study"
    key = repr((rollout.kind, rollout.parameters, rollout.candidates, rollout.every_m))
    if key not in known:
        places = rollout.candidates or candidates_along(prepared.world.network, rollout.every_m or np.inf)
        known[key] = sited(prepared, places, rollout.kind, rollout.parameters)
    return known[key]


def _ground(rollout: Rollout, there: Sited, history: SiteHistory, models: Models) -> _Ground:
    crashes = crashes_along(history, there.traffic)
    costs = np.array([rollout.cost if one.cost is None else one.cost for one in there.candidates])
    names = tuple(one.name for one in there.candidates)
    near = tuple({at: strength for at, strength in own.items() if strength >= NEAR} for own in there.cells.reached)
    observed = np.array([crashes.within(own, observed=True) for own in near]) if crashes.observed else np.zeros(0)
    avoided = avoided_in(there.cells, crashes, there.traffic.plan, models, ALL_CRASHES)
    seen = table_of(there.cells, len(names), np.where(there.cells.strength >= NEAR, avoided, 0.0))
    return _Ground(rollout, there, crashes, models,
                   Benefits(names, costs, there.table("expected casualties", crashes, models)),
                   near, observed, np.array([crashes.within(own) for own in near]),
                   np.asarray(seen.sum(axis=1), np.float64), seen)


def _orders(ground: _Ground) -> dict[str, Order]:
    """Orders that can be followed, by name."""
    rollout, benefits, areas = ground.rollout, ground.benefits, ground.areas
    best = by_gain(benefits)
    found: dict[str, Order] = {"expected casualties": best, "random": at_random(benefits.name, rollout.seed)}
    if len(ground.observed):
        found["observed counts"] = by_score(ground.observed)
    if any(areas):
        found["equity: one per area"] = one_per_area(areas, best)
        found["equity: equal risk reduction"] = equal_reduction(areas, _risk(ground), benefits)
    return found


def _risk(ground: _Ground) -> dict[str, float]:
    """Expected injury crashes per year in reach of any candidate of each area."""
    reached: dict[str, dict[tuple[int, int], float]] = {}
    for one, own in zip(ground.there.candidates, ground.there.cells.reached, strict=True):
        reached.setdefault(one.area, {}).update(own)
    return {area: ground.crashes.within(own) for area, own in reached.items()}


def _asked(rollout: Rollout, orders: Mapping[str, Order]) -> str:
    name = rollout.order if rollout.order != "equity" else f"equity: {rollout.equity}"
    if name not in orders:
        found, remedy = (("no crash table to count in", "give history.crashes, or another order")
                         if rollout.order == "observed counts" else
                         ("candidates without an area", "give each candidate an area, or another order"))
        raise InputError(f"order {quoted(rollout.order)}", found, "what the order goes by", remedy)
    return name


def _programme(scenario: str, ground: _Ground) -> Programme:
    rollout, orders = ground.rollout, _orders(ground)
    order = _asked(rollout, orders)
    plans = {name: built(ground.benefits, ground.budget, one) for name, one in orders.items()}
    chosen, notes = plans[order], [LESS_THAN_PUBLISHED, *ground.there.notes("expected casualties")]
    if not chosen:
        raise InputError("candidates", "no site that avoids a casualty", "places with traffic, speeding and crashes",
                         "choose other candidates")
    power = None
    if rollout.stepped_wedge is not None:
        chosen, lost = _at_random_times(ground, chosen)
        power = _power(ground, chosen)
        notes += [f"{lost} sites fit into no year of the random order and are left out"] if lost else []
    notes += [BY_COUNT.format(count=ground.crashes.by_count)] if ground.crashes.by_count else []
    return Programme(
        rollout.name, scenario, rollout.kind, order, _sites(ground, chosen), _years(ground, chosen), _curve(ground),
        _compared(ground, plans), _regression(ground, chosen), power, _published(rollout.kind), tuple(notes))


def _at_random_times(ground: _Ground, chosen: Sequence[Built]) -> tuple[tuple[Built, ...], int]:
    """The same sites, years drawn, as many in each as can be; and how many have no room, where costs differ."""
    asked = ground.rollout.stepped_wedge
    assert asked is not None
    if ground.rollout.years < 2:
        raise InputError("stepped_wedge", "one year", "at least two: sites must get it at different times",
                         "give the programme more years, or leave the stepped wedge out")
    some = np.zeros(len(ground.benefits.name), np.bool_)
    some[[one.place for one in chosen]] = True
    draw = at_random(ground.benefits.name, asked.seed)
    budget = replace(ground.budget, most_per_year=math.ceil(len(chosen) / ground.rollout.years))
    found = built(ground.benefits, budget, lambda cover, able: draw(cover, able & some))
    return found, len(chosen) - len(found)


def _power(ground: _Ground, chosen: Sequence[Built]) -> dict[str, Any]:
    asked, places = ground.rollout.stepped_wedge, [one.place for one in chosen]
    assert asked is not None
    expected, predicted = ground.expected[places], float(ground.seen[places].sum())
    mean = float(expected.mean())
    if mean <= 0.0 or predicted <= 0.0:
        raise InputError("stepped_wedge", "no injury crash expected near the sites", "sites with crashes",
                         "choose other candidates, or leave the stepped wedge out")
    between = float(expected.var(ddof=1)) / mean**2 if len(places) > 1 else 0.0
    effect = predicted / float(expected.sum()) if asked.effect is None else asked.effect
    periods = ground.rollout.years + 1
    found = wedge_power(wedge([one.year for one in chosen], periods), mean, between, effect, asked.level)
    return {"sites": len(places), "periods": periods, "crashes_per_site_and_year": mean, "overdispersion": between,
            "effect": effect, "level": asked.level, "power": found.power, "detectable": found.detectable,
            "standard_error": found.standard_error}


def _sites(ground: _Ground, chosen: Sequence[Built]) -> pd.DataFrame:
    places, cover = [one.place for one in chosen], Coverage(ground.benefits)
    alone, gain = ground.benefits.benefit.sum(axis=1)[places], np.array([cover.take(place) for place in places])
    ones, cost, expected = [ground.there.candidates[place] for place in places], ground.benefits.cost[places], (
        ground.expected[places])
    return pd.DataFrame({
        "year": [one.year for one in chosen], "name": [one.name for one in ones], "link": [one.link for one in ones],
        "position_m": [one.position_m for one in ones], "area": [one.area for one in ones], "cost": cost,
        "observed": ground.observed[places] if len(ground.observed) else np.nan, "expected": expected,
        "crash_share": _over(ground.seen[places], expected), "alone": alone, "gain": gain,
        "cost_per_gain": _over(cost, gain)})


def _over(above: F8, below: F8) -> F8:
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0.0))


def _years(ground: _Ground, chosen: Sequence[Built]) -> pd.DataFrame:
    rows, total, before = [], 0.0, 0.0
    for year in range(1, ground.rollout.years + 1):
        there = [one.place for one in chosen if one.year <= year]
        new = [one.place for one in chosen if one.year == year]
        building, running = float(ground.benefits.cost[new].sum()), ground.rollout.running_cost_per_year * len(there)
        avoided = ground.benefits.value(there)
        low, high = np.quantile(_drawn(ground, there), LEVELS) if there else (0.0, 0.0)
        total += avoided
        rows.append({"year": year, "built": len(new), "building": building, "running": running,
                     "left": ground.rollout.budget_per_year - building - running, "avoided": avoided,
                     "low": float(low), "high": float(high), "total": total,
                     "gain_per_cost": (avoided - before) / building if building > 0.0 else np.nan})
        before = avoided
    return pd.DataFrame(rows)


def _drawn(ground: _Ground, places: Sequence[int]) -> F8:
    """Draws of the casualties that places avoid per year: exponents, crashes, casualties per crash, reporting."""
    cells, crashes = ground.there.cells, ground.crashes
    slower = table_of(cells, len(ground.benefits.name), cells.slower_kmh)[list(places)].max(axis=0).toarray().ravel()
    weight = crashes.on(cells)
    rest = max(float(sum(one.sum() for one in crashes.expected)) - float(weight.sum()), 0.0)
    urban = is_urban(ground.there.traffic.plan, cells.link)
    change = SpeedChange(np.append(cells.before_kmh, 1.0), np.append(cells.before_kmh - slower, 1.0),
                         np.append(weight, rest), np.append(urban, True))
    models = ground.models
    parts = [crashes.baseline.draws(severity, models.number, models.seed) * (1.0 - drawn(change, outcome, models))
             for severity, outcome in KSI]
    total: F8 = np.add(*parts)
    return total


def _curve(ground: _Ground) -> pd.DataFrame:
    """Candidates by their gain per cost, as if there was one budget."""
    benefits, cover, rows, spent = ground.benefits, Coverage(ground.benefits), list[dict[str, Any]](), 0.0
    order, able = by_gain(benefits), np.ones(len(benefits.name), np.bool_)
    while len(rows) < MOST_OF_CURVE:
        able[cover.taken] = False
        place = order(cover, able)
        if place is None:
            break
        gain = cover.take(place)
        spent += float(benefits.cost[place])
        rows.append({"name": benefits.name[place], "spent": spent, "gain": gain, "avoided": cover.value,
                     "gain_per_cost": gain / float(benefits.cost[place])})
    return pd.DataFrame(rows, columns=["name", "spent", "gain", "avoided", "gain_per_cost"])


def _compared(ground: _Ground, plans: Mapping[str, Sequence[Built]]) -> pd.DataFrame:
    rows = []
    for name, plan in plans.items():
        values = [ground.benefits.value([one.place for one in plan if one.year <= year])
                  for year in range(1, ground.rollout.years + 1)]
        rows.append({"order": name, "sites": len(plan), "avoided": values[-1], "total": float(sum(values))})
    return pd.DataFrame(rows)


def _regression(ground: _Ground, chosen: Sequence[Built]) -> dict[str, float | None]:
    """What comparing the years before with those after would show at these sites."""
    places, crashes = [one.place for one in chosen], ground.crashes
    together = {at: 1.0 for place in places for at in ground.near[place]}
    expected, seen = crashes.within(together), float(ground.avoided[places].max(axis=0).toarray().sum())
    observed = crashes.within(together, observed=True) if crashes.observed else 0.0
    known = observed > 0.0 and expected > 0.0
    return {"sites": float(len(places)), "observed": observed if crashes.observed else None, "expected": expected,
            "without_effect": expected / observed - 1.0 if known else None,
            "with_effect": (expected - seen) / observed - 1.0 if known else None,
            "effect": -seen / expected if expected > 0.0 else None}


def _published(kind: str) -> tuple[dict[str, Any], ...]:
    """Findings on crashes, as changes in per cent, of practices that the kind of policy represents."""
    return tuple(
        {"outcome": one.outcome, "value": one.value, "low": one.low, "high": one.high, "grade": one.grade,
         "source": entry.sources[one.source].cite, "note": one.note}
        for entry in load_practices().values() if kind in entry.practice.modelled.policies
        for one in entry.practice.evidence
        if one.unit == "%" and one.grade == "A" and "crashes" in one.outcome and not one.unverified)
