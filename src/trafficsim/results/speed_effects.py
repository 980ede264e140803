"""How the alternatives of a study change casualties, for their appraisal: from the free speeds of all replications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import pandas as pd

from trafficsim.outcomes.casualties import Models, SpeedChange
from trafficsim.outcomes.economics.quantities import Casualties
from trafficsim.outcomes.economics.speed_casualties import SEVERITY, SpeedCasualties
from trafficsim.outcomes.people import PeopleChange
from trafficsim.results.between import weighted_pairs
from trafficsim.results.casualties import CASUALTIES, KEY, NO_EXPONENT, models_of, seen_of
from trafficsim.results.indicator import Pair
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
    arms: dict[tuple[str, str, str], _Arm] = {}
    for labels, found in weighted_pairs(tables, CASUALTIES, question.baseline, question.outcomes):
        if labels.alternative != question.baseline:
            arm = arms.setdefault((labels.scenario, labels.engine, labels.alternative), _Arm())
            for share, pair in found:
                arm.take(labels.replication, share, pair)
    return {name: arm.reason or arm.casualties(name[2], models) for name, arm in arms.items()
            if arm.reason or arm.changes}


@dataclass
class _Arm:
    """What was found of one alternative: changes, with replication and share of its days, who drives, or why not."""

    changes: list[SpeedChange] = field(default_factory=list)
    people: list[PeopleChange] = field(default_factory=list)
    runs: list[tuple[int, float]] = field(default_factory=list)
    reason: str | None = None

    def take(self, replication: int, share: float, pair: Pair) -> None:
        """Add one pair of runs."""
        if not pair.baseline.keys() & pair.alternative.keys() >= set(CASUALTIES[0].tables):
            self.reason = NO_TABLE
            return
        seen, who = seen_of(pair), people_of(pair)
        if seen.change is None:
            self.reason = seen.reason or NO_TABLE
            return
        self.changes.append(seen.change)
        self.runs.append((replication, share))
        self.people.extend([] if who is None else [who])

    def casualties(self, name: str, models: Models) -> SpeedCasualties:
        """Return casualties as a function; who drives counts where it is known of every run."""
        people = tuple(self.people) if len(self.people) == len(self.changes) else ()
        return SpeedCasualties(name, tuple(self.changes), models, people, tuple(self.runs))


def _arms(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, str]]:
    names = tables["indicators"][["scenario", "engine", "alternative"]].drop_duplicates().astype(str)
    return list(names.itertuples(index=False, name=None))
