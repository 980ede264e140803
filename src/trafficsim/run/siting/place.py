"""Place enforcement: from a world and a budget to places, their worth and what is missed at most."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from trafficsim.base.errors import InputError, quoted
from trafficsim.design.siting.benefits import Benefits
from trafficsim.design.siting.choice import Choice, Method, choose, require_choice
from trafficsim.outcomes.casualties import Models
from trafficsim.outcomes.sites.history import SiteHistory
from trafficsim.plan.arrays import F8
from trafficsim.plan.lower import DESIGN_DAY, S_PER_H, lower
from trafficsim.plan.prepare import Prepared
from trafficsim.run.siting.kernels import Kernel, kernels, policy_at
from trafficsim.run.siting.speed_choice import SpeedChoices
from trafficsim.run.siting.stretches import Cells, Traffic, cells_of
from trafficsim.run.siting.worth import KSI, Crashes, avoided_in, citations, coverage, crashes_along, table_of
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Policy
from trafficsim.spec.rollout import Candidate

Objective = Literal["expected casualties", "citations", "coverage"]
UNITS: Mapping[str, str] = {
    "expected casualties": "killed and seriously injured avoided per year",
    "citations": "citations per hour of the scenario",
    "coverage": "vehicle-km under the influence per hour of the scenario",
}
EVERY_M = 250.0
"""Distance of places along links where none are named: shorter than the reach of a camera (modelling assumption)."""
SHORTEST_M = 50.0
"""Shorter links get no place of their own: a spot speed is taken over so much."""


@dataclass(frozen=True)
class Request:
    """What shall be placed.

    Attributes
    ----------
    kind, parameters : of the policy
    by : what counts
    budget : most that the places may cost
    method : of choosing
    """

    kind: str
    by: Objective
    budget: float
    method: Method = "greedy"
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Placement:
    """Chosen places.

    Attributes
    ----------
    kind, by, budget : as asked
    unit : of the values
    value : what the places are worth together
    bound : no set within the budget is worth more
    guarantee : share of the best value that the method promises, whatever the data
    method : ``"greedy"`` or ``"exact"``
    table : chosen places in the order in which each adds most: ``rank``, ``name``, ``link``, ``position_m``, ``area``,
        ``cost``, ``alone`` (what the place is worth without the others), ``gain`` (what it adds to those before it),
        ``value`` (of all up to it), ``spent``
    candidates : all places: ``name``, ``link``, ``position_m``, ``area``, ``cost``, ``alone``
    policy : the policy at the chosen places, for a study; ``None`` if no place is worth anything
    notes : what limits the values
    """

    kind: str
    by: Objective
    budget: float
    unit: str
    value: float
    bound: float
    guarantee: float
    method: str
    table: pd.DataFrame
    candidates: pd.DataFrame
    policy: Policy | None
    notes: tuple[str, ...] = ()

    @property
    def share_of_bound(self) -> float:
        """Value over bound: the best choice is better by no more than what is missing from one."""
        return self.value / self.bound if self.bound > 0.0 else 1.0

    def as_json(self) -> dict[str, Any]:
        """Return the object of ``place --json``."""
        numbers = {name: getattr(self, name) for name in (
            "kind", "by", "budget", "unit", "method", "value", "bound", "guarantee", "share_of_bound")}
        policy = None if self.policy is None else {"kind": self.kind, **self.policy.model_dump(mode="json")}
        return {**numbers, "places": self.table.to_dict("records"), "candidates": len(self.candidates),
                "policy": policy, "notes": list(self.notes)}

    def lines(self) -> tuple[str, ...]:
        """Say what the choice is worth and how far it can be from the best."""
        promise = ("proved to be the best" if self.method == "exact" and self.guarantee == 1.0 else
                   f"at least {self.guarantee:.0%} of the best, whatever the data")
        return (f"{len(self.table)} of {len(self.candidates)} places for {self.table['cost'].sum():g} of "
                f"{self.budget:g}: {self.value:.4g} {self.unit}",
                f"{self.method}: {promise}; by these data no choice is worth more than {self.bound:.4g} "
                f"({self.share_of_bound:.1%} reached)", *self.notes)

    def __str__(self) -> str:
        """Show the places, the value and the bound."""
        shown = self.table[["name", "cost", "alone", "gain", "value"]].to_string(index=False)
        return "\n".join((shown, *self.lines()))


@dataclass(frozen=True, eq=False)
class Sited:
    """Candidates of a scenario with all that their worth follows from.

    Attributes
    ----------
    candidates : sorted by name
    traffic, kernels, choices : of the design day
    """

    candidates: tuple[Candidate, ...]
    traffic: Traffic
    kernels: tuple[Kernel, ...]
    choices: SpeedChoices

    @cached_property
    def cells(self) -> Cells:
        """Where the candidates act, and on whom."""
        return cells_of(self.traffic, self.kernels, self.choices)

    def table(self, by: Objective, crashes: Crashes | None = None, models: Models | None = None) -> csr_array:
        """Return what every candidate is worth on every stretch.

        Raises
        ------
        InputError
            If casualties are asked for and there is no crash history.
        """
        number = len(self.candidates)
        if by == "citations":
            return citations(self.traffic, self.kernels, self.choices)
        if by == "coverage":
            return coverage(self.cells, number)
        if crashes is None:
            raise _no_history()
        avoided = avoided_in(self.cells, crashes, self.traffic.plan, models or Models(), KSI)
        return table_of(self.cells, number, avoided)

    def notes(self, by: Objective) -> tuple[str, ...]:
        """Say what limits the values."""
        unknown, found = 0 if by == "citations" else len(self.cells.unknown), list[str]()
        if unknown:
            found.append(f"{unknown} links in reach carry no vehicle of the design day: all of their traffic is taken "
                         "to pass the candidates around them")
        if any(one.shared for one in self.kernels):
            found.append("officers are shared: every place is taken as visited on every day of the schedule; choose a "
                         "budget of as many places as their hours suffice for")
        if any(one.fades for one in self.kernels):
            found.append("drivers get used to it: effects are those of the first day")
        return tuple(found)


def candidates_along(network: Network, every_m: float = EVERY_M) -> tuple[Candidate, ...]:
    """Return places along all links, at the middles of equal stretches of at most a length.

    Parameters
    ----------
    network
        The network.
    every_m
        Length of the stretches.

    Examples
    --------
    >>> from trafficsim.design.synthetic import corridor
    >>> [one.name for one in candidates_along(corridor([500.0]), 250.0)]
    ['east1 125 m', 'east1 375 m']
    """
    if not (math.isfinite(every_m) and every_m > 0.0):
        raise InputError("every_m", f"{every_m:g}", "a distance above 0 m", "correct it")
    found = []
    for link, attributes in network.links.items():
        length_m = float(attributes["length_m"])
        count = math.ceil(length_m / every_m) if length_m >= SHORTEST_M else 0
        found += [Candidate(link=link, position_m=round((number + 0.5) * length_m / count, 3))
                  for number in range(count)]
    return tuple(found)


def sited(prepared: Prepared, candidates: Sequence[Candidate], kind: str, parameters: Mapping[str, Any] | None = None
          ) -> Sited:
    """Work out what a policy does at every candidate, and on whom.

    Parameters
    ----------
    prepared
        The scenario.
    candidates
        The places.
    kind, parameters
        Of the policy.

    Raises
    ------
    InputError
        If a place is there twice, not on the network, or the policy cannot stand there.
    """
    if not candidates:
        raise InputError("candidates", "no place", "at least one", "name places, or let them stand along the links")
    network = prepared.world.network
    ordered = tuple(sorted(candidates, key=lambda one: one.name))
    for one, other in pairwise(ordered):
        if one.name == other.name:
            raise InputError(f"candidate {quoted(one.name)}", "this place a second time", "every place once",
                             "leave one out")
    for one in ordered:
        _check_place(one, network)
    time = prepared.world.scenario.time
    plan = lower(prepared, (), DESIGN_DAY).plan
    traffic = Traffic(plan, (time.analysis_end_s - time.start_s) / S_PER_H)
    found = tuple(kernels(plan, network, ordered, kind, parameters))
    return Sited(ordered, traffic, found, SpeedChoices(plan))


def _check_place(one: Candidate, network: Network) -> None:
    if one.link not in network.links:
        raise InputError(f"candidate {quoted(one.name)}", f"no link {quoted(one.link)}", "a link of the network",
                         "correct the link")
    length_m = float(network.links[one.link]["length_m"])
    if one.position_m > length_m:
        raise InputError(f"candidate {quoted(one.name)}", f"position {one.position_m:g} m",
                         f"a position from 0 to {length_m:g} m", "correct position_m")


def placed(
    prepared: Prepared, candidates: Sequence[Candidate], request: Request, *, cost: float = 1.0,
    history: SiteHistory | None = None, models: Models | None = None,
) -> Placement:
    """Choose places of a policy under a budget.

    Parameters
    ----------
    prepared
        The scenario.
    candidates
        The places.
    request
        What shall be placed.
    cost
        Of candidates without a cost of their own.
    history
        Crash history of the scenario, for casualties.
    models
        Which models turn speeds into casualties.

    Raises
    ------
    InputError
        If nothing can be placed; the message says why.
    """
    if request.by not in UNITS:
        raise InputError(f"by {quoted(request.by)}", "no such objective", f"one of {', '.join(map(repr, UNITS))}",
                         "choose one of them")
    require_choice(_prices(candidates, cost), request.budget, request.method)
    if request.by == "expected casualties" and history is None:
        raise _no_history()
    there = sited(prepared, candidates, request.kind, request.parameters)
    crashes = None if history is None or request.by != "expected casualties" else crashes_along(history, there.traffic)
    names = tuple(one.name for one in there.candidates)
    benefits = Benefits(names, _prices(there.candidates, cost), there.table(request.by, crashes, models))
    return _placement(there, benefits, choose(benefits, request.budget, request.method), request)


def _no_history() -> InputError:
    return InputError("by 'expected casualties'", "no crash history", "a study with [history], or history=",
                      "give one, or place by 'citations' or 'coverage'")


def _prices(candidates: Sequence[Candidate], cost: float) -> F8:
    return np.array([cost if one.cost is None else one.cost for one in candidates], np.float64)


def _placement(there: Sited, benefits: Benefits, choice: Choice, request: Request) -> Placement:
    ones = there.candidates
    candidates = pd.DataFrame({
        "name": benefits.name, "link": [one.link for one in ones], "position_m": [one.position_m for one in ones],
        "area": [one.area for one in ones], "cost": benefits.cost, "alone": benefits.benefit.sum(axis=1)})
    rows = list(choice.places)
    table = candidates.iloc[rows].reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(rows) + 1))
    table["gain"] = np.array(choice.gain, np.float64)
    table["value"], table["spent"] = table["gain"].cumsum(), table["cost"].cumsum()
    policy = policy_at(request.kind, [ones[row] for row in rows], request.parameters) if rows else None
    return Placement(request.kind, request.by, request.budget, UNITS[request.by], choice.value, choice.bound,
                     choice.guarantee, choice.method, table, candidates, policy, there.notes(request.by))
