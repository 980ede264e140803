"""Indicators between runs: casualties per year, from the crash history of a study and the change of free speeds.

Casualties under do nothing are those of :mod:`trafficsim.outcomes.sites`; an alternative multiplies them by the
relative numbers of :mod:`trafficsim.results.casualties`, links weighted by their expected crashes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trafficsim.outcomes.casualties import Models, Outcome
from trafficsim.outcomes.sites.baseline import Baseline
from trafficsim.outcomes.sites.under_reporting import NOT_CORRECTED
from trafficsim.plan.arrays import F8
from trafficsim.results.casualties import (
    NO_EXPONENT,
    NOT_APPLICABLE,
    TABLES,
    asked_of,
    drawn_parts_of,
    limits_of,
    models_of,
    parts_of,
    seen_of,
)
from trafficsim.results.indicator import Indicator, Pair, register
from trafficsim.results.people import total

KEY = "history"
Part = tuple[str, Outcome]
"""A severity of the history, and that of the models."""
DEATHS: Part = ("deaths", "deaths")
SERIOUS: Part = ("serious_injuries", "seriously_injured")
SLIGHT: Part = ("slight_injuries", "slightly_injured")
NO_HISTORY = "no crash history: give the study a table [history]"
OF_NOTHING = NOT_APPLICABLE + "the crash history is that without any policy, and this is a comparison with another one"
REPORTED = "casualties as reported by the police, without correction for under-reporting"
COVERS = "drawn too: {quantities}"
CRASHES, PER_CRASH, REPORTING = "crashes of sites", "casualties per crash", "under-reporting"


def _known(pair: Pair, parts: tuple[Part, ...]) -> tuple[Baseline, Models] | None:
    """Casualties under do nothing and the models; none where one of them is missing."""
    models = models_of(asked_of(pair))
    if pair.casualties is None or seen_of(pair).change is None or _has_policies(pair):
        return None
    return None if any(models.parts(outcome) is None for _, outcome in parts) else (pair.casualties, models)


def _has_policies(pair: Pair) -> bool:
    """Whether the baseline of this comparison is an alternative: the history tells nothing of it."""
    return len(pair.baseline["ledger"]) > 0


def _value(pair: Pair, parts: tuple[Part, ...]) -> float | None:
    known = _known(pair, parts)
    if known is None:
        return None
    found, _ = known
    return float(sum(found.total(severity) * (1.0 + _change(parts_of(pair, outcome))[0])
                     for severity, outcome in parts))


def _draws(pair: Pair, parts: tuple[Part, ...]) -> F8 | None:
    """Draws of the difference from do nothing."""
    known = _known(pair, parts)
    if known is None:
        return None
    found, models = known
    terms = [found.draws(severity, models.number, models.seed) * _change(drawn_parts_of(pair, outcome))
             for severity, outcome in parts]
    return sum(terms[1:], terms[0])


def _change(parts: Mapping[str, F8] | None) -> F8:
    """Change by speed and by people together."""
    assert parts is not None
    return total(parts)


def _told(pair: Pair, parts: tuple[Part, ...]) -> str | None:
    """Say why there is no value, or what limits the one there is."""
    if pair.casualties is None:
        return NO_HISTORY
    if _has_policies(pair):
        return OF_NOTHING
    if seen_of(pair).change is None:
        return seen_of(pair).reason
    if _known(pair, parts) is None:
        return NO_EXPONENT
    return "; ".join(_limits(pair, pair.casualties, parts)) or None


def _limits(pair: Pair, found: Baseline, parts: tuple[Part, ...]) -> Iterator[str]:
    limits = limits_of(pair)
    if limits is not None:
        yield limits
        yield COVERS.format(quantities=_drawn(found, parts))
    if any(found.reporting[severity].source == NOT_CORRECTED for severity, _ in parts):
        yield REPORTED


def _drawn(found: Baseline, parts: tuple[Part, ...]) -> str:
    """Name what is drawn beside the models: numbers that are given without an interval are not."""
    known = {PER_CRASH: found.per_crash, REPORTING: found.reporting}
    names = [CRASHES, *(name for name, numbers in known.items()
                        if any(numbers[severity].has_interval for severity, _ in parts))]
    return ", ".join(names)


def _declared(name: str, what: str, *parts: Part) -> Indicator:
    return Indicator(
        name, f"{what} per year: expected at the sites of the network (empirical Bayes from the crash history and the "
        "Highway Safety Manual) x number relative to do nothing by free speeds (exponents of Elvik 2009)", "1/year",
        "lower", "all junctions and roads of the network", "extrapolated", None, NO_HISTORY,
        between=lambda pair: _value(pair, parts), tables=TABLES, on_request=KEY,
        told=lambda pair: _told(pair, parts), draws=lambda pair: _draws(pair, parts),
    )


register(
    _declared("deaths_per_year", "deaths", DEATHS),
    _declared("ksi_per_year", "killed and seriously injured", DEATHS, SERIOUS),
    _declared("injuries_per_year", "injured", SERIOUS, SLIGHT),
)
