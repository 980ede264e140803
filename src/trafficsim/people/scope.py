"""What the model of behaviour must not be used for: warnings with their reasons for a study that asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trafficsim.base.findings import Finding
from trafficsim.spec.deterrence import FITTED, Deterrence
from trafficsim.spec.enforcement import Deployment, EnforcementKind
from trafficsim.spec.population import Population

FITTED_KINDS: frozenset[EnforcementKind] = frozenset({"section_control", "patrol", "breath_test"})
"""Kinds with a published decay in the fit."""
FITTED_DAYS = 914
"""Longest series in the fit: two and a half years (Montella et al. 2012)."""
PREDICTED_DAYS = 2557
"""Longest series that was held against the model: seven years (Carnis & Blais 2013)."""
INDIVIDUAL = ("points", "suspended", "speed_score")
"""Columns that invite to look at single people."""


def outside_scope(population: Population, deployments: Sequence[Deployment], days: int,
                  fine_today_eur: Mapping[str, float] | None = None) -> list[Finding]:
    """Say what of a study over time lies outside what the model of behaviour was fitted to or can bear.

    Parameters
    ----------
    population
        People, with the parameters of deterrence.
    deployments
        Enforcement of one alternative.
    days
        Length of the study.
    fine_today_eur
        Fine of the baseline by name of the deployment; without it a fine is today's.

    Returns
    -------
    Findings of level ``"warning"``, none where there is nothing to warn of.

    Examples
    --------
    >>> patrol = Deployment(name="patrol", kind="patrol", publicity=0.3)
    >>> [finding.code for finding in outside_scope(Population(people=10), [patrol], 3000)]
    ['horizon-beyond-evidence', 'hearing-not-fitted']
    """
    if not deployments:
        return []
    return [*_horizon(days), *_kinds(deployments), *_fines(deployments, fine_today_eur or {}, population.deterrence),
            *_hearing(deployments), *_parameters(population.deterrence), *_people(population)]


def _horizon(days: int) -> list[Finding]:
    if days <= FITTED_DAYS:
        return []
    known = (f"the longest decay in the fit has {FITTED_DAYS} days" if days <= PREDICTED_DAYS else
             f"no decay of more than {PREDICTED_DAYS} days was ever held against the model")
    return [Finding("warning", "horizon-beyond-evidence", "days", f"the study runs over {days} days; {known}",
                    "read the later days as an extrapolation, or shorten the study")]


def _kinds(deployments: Sequence[Deployment]) -> list[Finding]:
    kinds = sorted({one.kind for one in deployments} - FITTED_KINDS)
    return [Finding("warning", "decay-not-fitted", kind, f"no published decay of {kind} is in the fit: what people "
                    "expect of it fades like that of section control, patrols and breath tests by assumption",
                    "compare alternatives that use the same kind, and vary population.deterrence") for kind in kinds]


def _fines(deployments: Sequence[Deployment], today: Mapping[str, float], rates: Deterrence) -> list[Finding]:
    found = []
    for one in deployments:
        if one.sanction is None or one.sanction.fine_eur <= 0.0:
            continue
        factor = one.sanction.fine_eur / today[one.name] if today.get(one.name, 0.0) > 0.0 else 1.0
        if factor > rates.fine_saturation:
            found.append(Finding(
                "warning", "fine-beyond-evidence", one.name,
                f"the fine is {factor:.3g} times today's; beyond {rates.fine_saturation:g} times no further effect is "
                "known (Elvik 2016), and none is modelled: the best fine cannot be found with this model",
                f"compare fines up to {rates.fine_saturation:g} times today's"))
    return found


def _hearing(deployments: Sequence[Deployment]) -> list[Finding]:
    return [Finding("warning", "hearing-not-fitted", one.name, f"{one.publicity:.0%} of people hear of it each "
                    "day; how much hearing does is an assumption, no published decay identifies it",
                    "vary publicity and population.deterrence.learn_heard, and report the range")
            for one in deployments if one.publicity > 0.0]


def _parameters(rates: Deterrence) -> list[Finding]:
    own = [name for part in ("learning", "choice") for name, value in FITTED[part]["values"].items()
           if getattr(rates, name) != value]
    if not own:
        return []
    found = [Finding("warning", "own-deterrence", "population.deterrence", f"{', '.join(own)} differ from the fitted "
                     "values: the published decays are no longer what the model gives",
                     "give their source, or leave them out")]
    if rates.word_of_mouth > 0.0:
        found.append(Finding("warning", "people-depend-on-each-other", "population.deterrence.word_of_mouth",
                             "what a person does then depends on how many others were caught: results depend on the "
                             "number of people", "keep the number of people the same in all that is compared"))
    return found


def _people(population: Population) -> list[Finding]:
    columns = [name for name in population.trip_columns if name in INDIVIDUAL]
    return [Finding("warning", "people-are-not-ranked", "population.trip_columns", f"{', '.join(columns)} of single "
                    "people are random draws from a group: nothing follows about who is dangerous",
                    "use them for groups only")] if columns else []
