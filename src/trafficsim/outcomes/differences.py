"""How the setting of a source differs from the one in which a measure shall work, property by property."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from trafficsim.outcomes.practice import Range, SourceSetting
from trafficsim.spec.setting import ENFORCEMENT_LEVELS, Enforcement, Setting

Verdict = Literal["same", "different", "beyond", "refused", "not declared", "not stated"]

LIMIT_STEP_KMH = 2.5
"""Limits this near are the same: 30 mph and 50 km/h (modelling assumption)."""
LIMIT_REACH = 0.25
"""Share beyond the limits of a source up to which its effect is carried over: the change of speed up to which the power
model of speed and casualties is used (Elvik 2009). That it holds for limits too is a modelling assumption."""
SHARE_REACH = 0.25
"""Share of vehicles above the limit, beyond that of a source (modelling assumption)."""
RATE_REACH = 2.0
"""Factor between casualty rates, beyond those of a source (modelling assumption)."""
COUNTED: frozenset[Verdict] = frozenset({"different", "beyond", "not declared"})
"""Verdicts that widen an interval. What a source does not state is named and does not."""


@dataclass(frozen=True)
class Difference:
    """One property, here and at the source.

    Attributes
    ----------
    quantity : property of a setting
    here, there : values in words; empty where not declared or not stated
    verdict : ``same``; ``different``; ``beyond`` the range of the source, within reach; ``refused``, out of reach;
        ``not declared`` here although the source states it; ``not stated`` by the source
    """

    quantity: str
    here: str
    there: str
    verdict: Verdict

    @property
    def is_counted(self) -> bool:
        """Whether it widens the interval."""
        return self.verdict in COUNTED


def differences(target: Setting, source: SourceSetting) -> tuple[Difference, ...]:
    """Compare two settings.

    Returns
    -------
    One difference per property, in the order of :class:`trafficsim.spec.setting.Setting`.

    Examples
    --------
    >>> there = SourceSetting(countries=("BE",), road_classes=("motorway",), limit_kmh=(120, 120))
    >>> found = differences(Setting(country="JO", road_class="motorway", limit_kmh=100), there)
    >>> {one.quantity: one.verdict for one in found if one.is_counted}
    {'country': 'different', 'limit_kmh': 'beyond', 'driving_side': 'not declared'}
    """
    return tuple(_each(target, source))


def _each(target: Setting, source: SourceSetting) -> Iterator[Difference]:
    yield _among("country", target.country, source.countries)
    yield _among("road_class", target.road_class, source.road_classes, other="refused")
    yield _within("limit_kmh", target.limit_kmh, source.limit_kmh)
    side = source.driving_side
    yield _among("driving_side", target.driving_side, () if side is None else (side,))
    yield _within("share_over_limit", target.share_over_limit, source.share_over_limit)
    yield _within("deaths_per_billion_km", target.deaths_per_billion_km, source.deaths_per_billion_km)
    yield _enforced(target.enforcement, source.enforcement)


def _among(name: str, here: str | None, there: tuple[str, ...], other: Verdict = "different") -> Difference:
    verdict: Verdict = "same" if here in there else other
    return _judged(name, here or "", ", ".join(there), verdict)


def _within(name: str, here: float | None, there: Range | None) -> Difference:
    written = "" if there is None else f"{there[0]:g}" if there[0] == there[1] else f"{there[0]:g} to {there[1]:g}"
    verdict: Verdict = "same" if here is None or there is None else _reach(name, here, there)
    return _judged(name, "" if here is None else f"{here:g}", written, verdict)


def _enforced(here: Enforcement | None, there: Enforcement | None) -> Difference:
    by_steps: tuple[Verdict, ...] = ("same", "different", "beyond", "beyond")
    known = here is not None and there is not None
    steps = abs(ENFORCEMENT_LEVELS.index(here) - ENFORCEMENT_LEVELS.index(there)) if known else 0
    return _judged("enforcement", here or "", there or "", by_steps[steps])


def _judged(name: str, here: str, there: str, verdict: Verdict) -> Difference:
    if not there:
        verdict = "not stated"
    elif not here:
        verdict = "not declared"
    return Difference(name, here, there, verdict)


def _reach(name: str, here: float, there: Range) -> Verdict:
    """Judge a number by how far it lies outside the range of the source."""
    end = min(max(here, there[0]), there[1])
    apart = abs(here - end)
    if apart == 0.0 or (name == "limit_kmh" and apart <= LIMIT_STEP_KMH):
        return "same"
    if name == "deaths_per_billion_km":
        return "beyond" if max(here / end, end / here) <= RATE_REACH else "refused"
    reach = LIMIT_REACH * end if name == "limit_kmh" else SHARE_REACH
    return "beyond" if apart <= reach else "refused"
