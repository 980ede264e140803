"""What a comparison is asked: baseline, primary indicators, levels, margins and wanted precision."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from trafficsim.base.errors import InputError
from trafficsim.results.indicators import declared, not_computed, registered
from trafficsim.spec.casualties import Casualties
from trafficsim.spec.crashes import History
from trafficsim.spec.economics import Economics
from trafficsim.spec.equilibrium import Equilibrium
from trafficsim.spec.model import Model

DEFAULTS: Mapping[str, type[Model]] = {"casualties": Casualties, "economics": Economics}
"""Tables of a study that say how outcomes are computed; those that indicators request by name have defaults."""
TABLES: Mapping[str, type[Model]] = {**DEFAULTS, "history": History, "equilibrium": Equilibrium}
"""All of them, and the one that says that alternatives stand in equilibria of their own. A crash history has no
default, and needs casualties."""


@dataclass(frozen=True)
class Question:
    """How to compare.

    Attributes
    ----------
    baseline : alternative that all others are compared to
    primary : indicators on which the verdict is given; they form one family for Holm's correction
    confidence : level of the intervals; one minus it is the level of the tests
    margins : by indicator, the difference relative to the baseline's mean below which alternatives are equivalent
    precision : by indicator, the wanted half-width of the difference's interval relative to the baseline's mean
    outcomes : tables of the study that say how outcomes are computed, by name
    """

    baseline: str = "do nothing"
    primary: tuple[str, ...] = ("mean_delay_s",)
    confidence: float = 0.95
    margins: Mapping[str, float] = field(default_factory=dict)
    precision: Mapping[str, float] = field(default_factory=dict)
    outcomes: Mapping[str, Model] = field(default_factory=dict)

    def with_outcomes(self) -> Question:
        """Return the question with default tables for the outcomes that it names without saying how."""
        named = (declared(name) for name in (*self.primary, *self.margins, *self.precision))
        wanted = {one.on_request for one in named if one is not None and one.on_request}
        money = self.outcomes.get("economics")
        if isinstance(money, Economics) and money.casualties_per_year is not None:
            wanted.add("casualties")
        if "history" in self.outcomes:
            wanted.add("casualties")
        missing = {name: DEFAULTS[name]() for name in wanted - self.outcomes.keys() - {"economics"} if name in DEFAULTS}
        return replace(self, outcomes={**self.outcomes, **missing}) if missing else self

    def check(self) -> None:
        """Refuse indicators that do not exist or cannot be computed yet, and shares that are not above zero.

        Raises
        ------
        InputError
            Naming the indicator and the known ones.
        """
        keys = {"primary": self.primary, "equivalence_margins": self.margins, "precision": self.precision}
        for key, names in keys.items():
            for name in names:
                require_indicator(name, f"study: {key}")
                self._require_table(name, key)
        for key, shares in (("equivalence_margins", self.margins), ("precision", self.precision)):
            for name, share in shares.items():
                if not 0.0 < share < math.inf:
                    raise InputError(f"study: {key}.{name}", repr(share), "a share of the baseline's mean, above 0",
                                     "write 0.05 for 5 %")


    def _require_table(self, name: str, key: str) -> None:
        """Refuse an indicator whose table of the study is missing and has no default."""
        one = declared(name)
        if one is not None and one.on_request in set(TABLES) - set(DEFAULTS) - set(self.outcomes):
            raise InputError(f"study: {key}: indicator {name!r}", f"no table [{one.on_request}] in the study",
                             "what the indicator is made from", f"add [{one.on_request}], or choose another indicator")


def require_indicator(name: str, where: str) -> None:
    """Refuse an indicator that does not exist or cannot be computed yet.

    Raises
    ------
    InputError
        Naming the indicator and the known ones.
    """
    if declared(name) is None:
        raise InputError(f"{where}: indicator {name!r}", "an unknown name",
                         f"one of {sorted(registered())}, or path_time_s[NAME] of a named route", "correct the name")
    missing = not_computed()
    if name in missing:
        raise InputError(f"{where}: indicator {name!r}", f"not computed: {missing[name]}",
                         f"one of {sorted(set(registered()) - set(missing))}", "choose another indicator")
