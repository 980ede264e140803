"""How the alternatives of a study change casualties, for their appraisal: from the free speeds of all replications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pandas as pd

from trafficsim.outcomes.casualties import SpeedChange
from trafficsim.outcomes.economics.quantities import Casualties
from trafficsim.outcomes.economics.speed_casualties import SEVERITY, SpeedCasualties
from trafficsim.outcomes.people import PeopleChange
from trafficsim.results.between import pairs
from trafficsim.results.casualties import CASUALTIES, KEY, NO_EXPONENT, models_of, seen_of
from trafficsim.results.people import people_of
from trafficsim.results.question import Question
from trafficsim.spec.casualties import Casualties as Asked
from trafficsim.spec.economics import Economics

Effects = Mapping[tuple[str, str, str], Casualties | str]
"""By scenario, engine and alternative: how casualties change, or why that is not known."""
NO_TABLE = "free speeds were not measured"


def speed_effects(tables: Mapping[str, pd.DataFrame], question: Question) -> Effects | None:
    """Return how casualties change; ``None`` where the study gives no casualties per year."""
    economics = question.outcomes.get("economics")
    if not isinstance(economics, Economics) or economics.casualties_per_year is None:
        return None
    models = models_of(cast(Asked, question.outcomes.get(KEY) or Asked()))
    if models.form != "exponential" and any((kind, "urban") not in models.exponents for kind in SEVERITY.values()):
        return dict.fromkeys(_arms(tables), NO_EXPONENT)
    changes: dict[tuple[str, str, str], list[SpeedChange]] = {}
    people: dict[tuple[str, str, str], list[PeopleChange]] = {}
    reasons: dict[tuple[str, str, str], str] = {}
    for labels, pair in pairs(tables, CASUALTIES, question.baseline, question.outcomes):
        arm = labels.scenario, labels.engine, labels.alternative
        if pair is None or labels.alternative == question.baseline:
            continue
        if not pair.baseline.keys() & pair.alternative.keys() >= set(CASUALTIES[0].tables):
            reasons[arm] = NO_TABLE
            continue
        seen = seen_of(pair)
        if seen.change is None:
            reasons[arm] = seen.reason or NO_TABLE
        else:
            changes.setdefault(arm, []).append(seen.change)
            who = people_of(pair)
            people.setdefault(arm, []).extend([] if who is None else [who])
    known = {arm: SpeedCasualties(arm[2], tuple(found), models, tuple(people[arm])) for arm, found in changes.items()}
    return {**known, **reasons}


def _arms(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, str]]:
    names = tables["indicators"][["scenario", "engine", "alternative"]].drop_duplicates().astype(str)
    return list(names.itertuples(index=False, name=None))
