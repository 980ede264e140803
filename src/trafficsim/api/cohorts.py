"""Licence holders over the years under a reform."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trafficsim.base.errors import InputError
from trafficsim.spec.policy import Policy
from trafficsim.spec.population import Population
from trafficsim.spec.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from trafficsim.people.licensing import LicenceEffect

MOST_YEARS = 50
DRAWS, SEED = 60, 2009
"""Draws of the learning curve for the interval."""


def cohort(
    population: Population | Scenario | str | Path, reform: Sequence[Policy], years: int = 10
) -> pd.DataFrame:
    """Follow licence holders for years after a reform of licensing: what it does, and when.

    As many people get a licence every month as today (a stationary population, modelling assumption); who was licensed
    before the reform is not reached by measures for new drivers. Risk by months since the licence is an input, fitted
    to a cohort; what follows for all drivers comes out of the kilometres that people of each age of licence drive.

    Parameters
    ----------
    population
        People and their groups; or a scenario, or its file, that has them.
    reform
        Policies of licensing and training, those with ``effects``.
    years
        Number of years.

    Returns
    -------
    One row per year. Relative to the same people without the reform: ``novice_km``, ``novice_risk`` (crashes per km)
    and ``novice_crashes`` of those with the licence for less than two years; ``crashes`` of all drivers with
    ``crashes_low`` and ``crashes_high`` (95 %: learning curves that fit the cohort within its rounding; effects of the
    measures are taken as published). ``by_exposure + by_risk = crashes - 1``. ``reached`` is the share of novices'
    kilometres that the reform reaches, ``novice_share`` that of novices in all crashes.

    Raises
    ------
    InputError
        If there are no people, a policy does nothing to new drivers, or a group does not exist.

    Examples
    --------
    >>> import trafficsim as ts
    >>> table = ts.cohort(ts.Population(people=100_000), [ts.policies.AccompaniedDriving()], years=3)
    >>> (100.0 * (table["crashes"] - 1.0)).round(2).tolist()
    [-0.26, -0.53, -0.53]
    """
    import numpy as np
    import pandas as pd

    from trafficsim.people.cohort import cohort_years
    from trafficsim.people.novices import LearningCurve, drawn_pairs

    people, effects = _people_of(population), _effects(reform)
    if not 1 <= years <= MOST_YEARS:
        raise InputError("cohort: years", str(years), f"a number from 1 to {MOST_YEARS}", "correct it")
    _require_groups(people, effects)
    table = pd.DataFrame(cohort_years(people, effects, years)._asdict()).astype({"year": "int64"})
    drawn = [cohort_years(people, effects, years, LearningCurve(float(r0), float(tau))).crashes
             for r0, tau in zip(*drawn_pairs(DRAWS, SEED), strict=True)]
    low, high = np.quantile(np.array(drawn), [0.025, 0.975], axis=0)
    place = table.columns.get_loc("crashes")
    assert isinstance(place, int)
    table.insert(place + 1, "crashes_low", np.minimum(low, table["crashes"]))
    table.insert(place + 2, "crashes_high", np.maximum(high, table["crashes"]))
    return table


def _people_of(given: Population | Scenario | str | Path) -> Population:
    if isinstance(given, Population):
        return given
    from trafficsim.api.reading import load

    scenario = load(given) if isinstance(given, str | Path) else given
    if not isinstance(scenario, Scenario):
        raise InputError(str(given), "a study", "a scenario with people", "give one of its scenarios")
    if scenario.population is None:
        raise InputError(f"scenario {scenario.name!r}: population", "nobody", "people in groups",
                         "give the scenario a table [population]")
    return scenario.population


def _effects(reform: Sequence[Policy]) -> tuple[LicenceEffect, ...]:
    found: list[LicenceEffect] = []
    for policy in reform:
        effects = getattr(policy, "effects", None)
        if effects is None:
            raise InputError(f"cohort: policy {policy.kind}", "no effect by months since the licence",
                             "policies of licensing and training", "leave it out; compare it in a study")
        found += effects
    return tuple(found)


def _require_groups(people: Population, effects: Sequence[LicenceEffect]) -> None:
    known = {group.name for group in people.groups}
    for name in (name for one in effects for name in one.groups if name not in known):
        raise InputError("cohort: groups", f"no group {name!r}", f"some of {', '.join(sorted(known))}",
                         "correct the name, or add the group to the population")
