"""What places are worth: citations, traffic under their influence, or casualties avoided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from trafficsim.outcomes.casualties import Models, Outcome
from trafficsim.outcomes.sites.baseline import Baseline, link_shares
from trafficsim.outcomes.sites.estimates import BASES
from trafficsim.outcomes.sites.history import SiteHistory
from trafficsim.outcomes.speed_models import exponential, power
from trafficsim.plan.arrays import F8, Plan
from trafficsim.run.siting.kernels import Kernel
from trafficsim.run.siting.speed_choice import SpeedChoices
from trafficsim.run.siting.stretches import Cells, Traffic, stretch_ends
from trafficsim.spec.schema import ROAD_CLASSES

Parts = tuple[tuple[str, Outcome], ...]
KSI: Parts = (("deaths", "deaths"), ("serious_injuries", "seriously_injured"))
"""Severities of crash histories, and those of the speed models, that make up killed and seriously injured."""
ALL_CRASHES: Parts = (("", "injury_crashes"),)
M_PER_KM = 1000.0


def table_of(cells: Cells, sites: int, values: F8) -> csr_array:
    """Return values of pairs of a place and a cell as a table, shape (sites, cells)."""
    return csr_array(coo_array((values, (cells.site, cells.cell)), shape=(sites, len(cells.link))).tocsr())


def coverage(cells: Cells, sites: int) -> csr_array:
    """Return vehicle-km per hour times the strength that is felt."""
    km = (cells.end_m - cells.begin_m) / M_PER_KM
    return table_of(cells, sites, (cells.flow_veh_h * km)[cells.cell] * cells.strength)


def citations(traffic: Traffic, kernels: Sequence[Kernel], choices: SpeedChoices) -> csr_array:
    """Return expected citations per hour; who would be cited twice on one trip counts once.

    Stretches are here the vehicles of one class that pass the same places: one draws his speed once, so the chance of
    being cited at any of several places is that at the strictest of them.
    """
    plan = traffic.plan
    index = {name: row for row, name in enumerate(plan.link_id)}
    checks = [(site, check) for site, kernel in enumerate(kernels) for check in kernel.checks]
    keys: dict[tuple[str, ...], int] = {}
    key = [keys.setdefault(check.check.links or (check.check.begin[0],), len(keys)) for _, check in checks]
    passing = np.array([np.logical_and.reduce([traffic.passing([index[link]]) for link in links]) for links in keys])
    kinds = plan.trips.vehicle_class
    packed = np.packbits(passing, axis=0).T if len(keys) else np.zeros((len(kinds), 0), np.uint8)
    _, first, group = np.unique(np.column_stack([packed, kinds.astype(np.int64)]), axis=0, return_index=True,
                                return_inverse=True)
    vehicles = np.bincount(np.asarray(group).ravel(), minlength=len(first)) / traffic.hours
    found = np.zeros((len(kernels), len(first)))
    for (site, check), column in zip(checks, key, strict=True):
        chance = choices.cited(index[check.check.begin[0]], check, kernels[site])[kinds[first]]
        found[site] = np.maximum(found[site], vehicles * chance * passing[column][first])
    return csr_array(found)


@dataclass(frozen=True, eq=False)
class Crashes:
    """Injury crashes per year along every link.

    Attributes
    ----------
    expected, observed : by link, one number per stretch; observed is empty without a crash table
    baseline : casualties per crash
    by_count : sites that have no safety performance function, so that their count stands for what is expected
    """

    expected: tuple[F8, ...]
    observed: tuple[F8, ...]
    baseline: Baseline
    by_count: int

    def on(self, cells: Cells) -> F8:
        """Return the expected crashes of every cell: those of its stretch by the share of its traffic."""
        first = np.concatenate([[0], np.cumsum([len(one) for one in self.expected])])
        lengths = np.array([len(one) for one in self.expected])
        ends = cells.end_m - cells.begin_m
        number = np.rint(cells.begin_m / np.where(ends > 0.0, ends, 1.0)).astype(np.int64)
        whole = np.concatenate(self.expected)
        return np.asarray(whole[first[cells.link] + np.minimum(number, lengths[cells.link] - 1)] * cells.share)

    def within(self, reached: Mapping[tuple[int, int], float], *, observed: bool = False) -> float:
        """Return the crashes per year in the reach of a place."""
        by_link = self.observed if observed else self.expected
        return float(sum(by_link[link][number] for link, number in sorted(reached)))


def crashes_along(history: SiteHistory, traffic: Traffic) -> Crashes:
    """Put the crashes of sites on stretches: of roads evenly along them, of junctions on the last stretch before them.

    Parameters
    ----------
    history
        Crash history of the scenario.
    traffic
        Of the design day: where no AADT is given, its flows times the expansion factor.
    """
    plan = traffic.plan
    flows = dict(zip(plan.link_id, traffic.flow_veh_h.tolist(), strict=True))
    judged, aadt = history.judged(flows), history.traffic(flows)
    counts = [len(stretch_ends(float(length))) - 1 for length in plan.links.length_m]
    index = {name: row for row, name in enumerate(plan.link_id)}
    found = {}
    for column in ("expected", "observed"):
        rows = [np.zeros(count) for count in counts]
        values = judged.estimates.table[column].to_numpy(np.float64)
        for site, value in zip(history.sites, values, strict=True):
            for link, share in link_shares(site, aadt).items() if value == value else ():
                row = rows[index[link]]
                if site.kind == "segment":
                    row += value * share / len(row)
                else:
                    row[-1] += value * share
        found[column] = tuple(rows)
    by_count = int((judged.estimates.table["basis"] == BASES[2]).sum())
    return Crashes(found["expected"], found["observed"] if history.observed is not None else (), judged.baseline,
                   by_count)


def avoided_share(before_kmh: F8, slower_kmh: F8, urban: NDArray[np.bool_], outcome: Outcome, models: Models) -> F8:
    """Return the share of crashes or casualties that slower free speeds avoid, by the speed models of the study.

    Parameters
    ----------
    before_kmh, slower_kmh
        Mean free speed, and by how much it falls; shape (n,).
    urban
        Whether the exponents of urban roads hold; shape (n,).
    outcome, models
        What, and by which models.
    """
    after = before_kmh - slower_kmh
    by_power = by_exponential = np.zeros(len(before_kmh))
    if models.form != "exponential":
        exponent = np.where(urban, models.exponents[outcome, "urban"].value, models.exponents[outcome, "rural"].value)  # type: ignore[index]
        by_power = 1.0 - power(before_kmh, after, exponent)
    if models.form != "power":
        by_exponential = 1.0 - exponential(before_kmh, after, models.beta(outcome).value)  # type: ignore[arg-type]
    weight = {"power": 0.0, "exponential": 1.0, "both": 0.5}[models.form]
    return np.asarray((1.0 - weight) * by_power + weight * by_exponential)


def is_urban(plan: Plan, links: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say on which links the exponents of urban and residential roads hold."""
    return np.asarray(plan.links.road_class[links] == ROAD_CLASSES.index("urban"))


def avoided_in(cells: Cells, crashes: Crashes, plan: Plan, models: Models, parts: Parts) -> F8:
    """Return the casualties, or crashes, that each pair of a place and a cell avoids per year; shape (pairs,).

    Parameters
    ----------
    cells
        Where the places act.
    crashes
        Along the links.
    plan
        Of the design day.
    models
        From speeds to casualties.
    parts
        :data:`KSI` or :data:`ALL_CRASHES`.
    """
    there = cells.cell
    before, urban, number = cells.before_kmh[there], is_urban(plan, cells.link[there]), crashes.on(cells)[there]
    total = np.zeros(len(there))
    for severity, outcome in parts:
        per_crash = 1.0 if not severity else (
            crashes.baseline.per_crash[severity].value * crashes.baseline.reporting[severity].value)
        total += number * per_crash * avoided_share(before, cells.slower_kmh, urban, outcome, models)
    return total
