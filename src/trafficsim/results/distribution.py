"""Who gains and who loses: every path, movement and group of trips against the baseline, in pairs.

A mean over all trips hides those who pay for it. Here the same paired statistics as in
:mod:`trafficsim.results.compare` are taken of every part that the tables know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.results.difference import LARGEST, without_rounding
from trafficsim.results.frames import nullable, strings
from trafficsim.results.groups import GROUPINGS
from trafficsim.results.indicators import FEWEST_VEHICLES
from trafficsim.results.question import Question
from trafficsim.results.statistics import holm, paired_p, t_interval

F8 = NDArray[np.float64]
Direction = Literal["better", "worse", "no evidence"]
FAMILIES = ("path", "movement", *GROUPINGS)
"""Families of tests, in the order in which they are told."""
NUMBERS = ("vehicles", "mean_s", "baseline_mean_s", "diff_s", "low_s", "high_s", "p", "p_adjusted")
KEYS = ["scenario", "engine"]
FEW_PAIRS = 10
"""With fewer pairs the t-test of one of hundreds of members hardly ever survives the adjustment: with three pairs it
takes a mean of a hundred standard errors. Where nobody is shown to lose, that says little then."""
ARROW = " → "


@dataclass(frozen=True)
class Effect:
    """What an alternative does to one path, movement or group: a mean time per vehicle against the baseline's.

    Attributes
    ----------
    family : ``path`` (mean time of those who drove it from end to end), ``movement`` (control delay), or what the trips
        of a group share: ``class``, ``origin``, ``destination``, ``flow`` (mean delay)
    member, links : its name, and the links that it names; two for a movement
    turn : direction of a movement
    vehicles : mean number in a replication of baseline and alternative; of a movement per hour
    few : whether that is below five: the mean is one of few vehicles
    n : number of pairs of replications
    mean_s, baseline_mean_s, diff_s : means over the pairs, and their paired difference
    low_s, high_s : its t-interval at the study's level
    p, p_adjusted : paired t-test, and adjusted by Holm over all members of the family and all alternatives of a
        scenario
    verdict : ``better`` or ``worse`` where the adjusted p-value reaches the study's level
    """

    scenario: str
    engine: str
    alternative: str
    family: str
    member: str
    links: tuple[str, ...]
    turn: str | None
    vehicles: float
    few: bool
    n: int
    mean_s: float | None = None
    baseline_mean_s: float | None = None
    diff_s: float | None = None
    low_s: float | None = None
    high_s: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    verdict: Direction = "no evidence"

    @property
    def added_s(self) -> float:
        """Time that all its vehicles together lose (in a replication, or an hour); below zero they gain."""
        return (self.diff_s or 0.0) * self.vehicles


@dataclass(frozen=True)
class Distribution:
    """All effects of a study, in the order scenario, engine, family, alternative, member."""

    baseline: str
    confidence: float
    effects: tuple[Effect, ...]

    def of(self, scenario: str, engine: str, alternative: str, *families: str) -> tuple[Effect, ...]:
        """Return the effects of an alternative in some families, in all without any."""
        return tuple(one for one in self.effects if (one.scenario, one.engine, one.alternative) == (
            scenario, engine, alternative) and one.family in (families or FAMILIES))

    @property
    def few_pairs(self) -> bool:
        """Whether there are so few pairs of replications that hardly any loss can be shown."""
        return max((one.n for one in self.effects), default=0) < FEW_PAIRS

    def table(self, *families: str, verdict: str | None = None) -> pd.DataFrame:
        """Return the effects as a data frame, those that lose most time in all first within each alternative.

        Parameters
        ----------
        families
            Some of ``path``, ``movement``, ``class``, ``origin``, ``destination``, ``flow``; all without any.
        verdict
            Only effects with this verdict: ``worse`` for those who lose.
        """
        order = {one: rank for rank, one in enumerate(dict.fromkeys(
            (one.scenario, one.engine, one.alternative) for one in self.effects))}
        chosen = sorted((one for one in self.effects if one.family in (families or FAMILIES)
                         and verdict in (None, one.verdict)),
                        key=lambda one: (order[one.scenario, one.engine, one.alternative], -one.added_s))
        columns: dict[str, Any] = {name: strings(getattr(one, name) for one in chosen)
                                   for name in ("scenario", "engine", "alternative", "family", "member")}
        for name in NUMBERS:
            values = [getattr(one, name) for one in chosen]
            columns[name] = nullable([value or 0.0 for value in values], [value is not None for value in values])
        columns["n"] = np.array([one.n for one in chosen], np.int64)
        columns["few"] = np.array([one.few for one in chosen], np.bool_)
        columns["verdict"] = strings(one.verdict for one in chosen)
        return pd.DataFrame(columns)

    def as_json(self) -> dict[str, Any]:
        """Return ``{scenario: {engine: {alternative: {family: {tested, better, worse: [entry]}}}}}``."""
        nested: dict[str, Any] = {}
        for one in self.effects:
            arms = nested.setdefault(one.scenario, {}).setdefault(one.engine, {})
            family = arms.setdefault(one.alternative, {}).setdefault(
                one.family, {"tested": 0, "better": 0, "worse": []})
            family["tested"] += one.p is not None
            family["better"] += one.verdict == "better"
            if one.verdict == "worse":
                family["worse"].append(entry(one))
        return nested


def entry(one: Effect) -> dict[str, Any]:
    """Return an effect without the names that it is listed under."""
    return {name: value for name, value in asdict(one).items()
            if name not in ("scenario", "engine", "alternative", "family", "links", "verdict", "turn")}


def worst_first(effects: Iterable[Effect]) -> list[Effect]:
    """Return those that get worse, the most time lost in all first."""
    return sorted((one for one in effects if one.verdict == "worse"), key=lambda one: -one.added_s)


def share_of_vehicles(effects: Sequence[Effect], verdict: str) -> float:
    """Share of the vehicles of some effects that those with a verdict have."""
    every = sum(one.vehicles for one in effects)
    return sum(one.vehicles for one in effects if one.verdict == verdict) / every if every else 0.0


class _Part(NamedTuple):
    """One member of a family: a value and a number of vehicles by alternative, one per replication (NaN: none)."""

    member: str
    links: tuple[str, ...]
    turn: str | None
    values: Mapping[str, F8]
    vehicles: Mapping[str, F8]


def distribution(tables: Mapping[str, pd.DataFrame], question: Question) -> Distribution:
    """Compare every path, movement and group of a study with the baseline, replication by replication.

    Parameters
    ----------
    tables
        ``paths``, ``movements`` and ``groups`` of a study, as far as they are there.
    question
        Baseline and confidence.

    Raises
    ------
    InputError
        If a value is no number of traffic.

    Examples
    --------
    >>> rows = [("s", arm, number, "ca", "main", vehicles, time_s) for arm, times in
    ...         (("do nothing", (100.0, 110.0)), ("plan", (150.0, 161.0)))
    ...         for number, (vehicles, time_s) in enumerate(zip((20, 22), times), start=1)]
    >>> names = ["scenario", "alternative", "replication", "engine", "path", "vehicles", "mean_time_s"]
    >>> one, = distribution({"paths": pd.DataFrame(rows, columns=names)}, Question()).effects
    >>> one.member, one.verdict, one.diff_s, round(one.p_adjusted, 4)
    ('main', 'worse', 50.5, 0.0063)
    """
    found: list[Effect] = []
    for family, rows in _families(tables):
        for (scenario, engine), block in rows.groupby(KEYS, sort=False):
            arms = [arm for arm in block["alternative"].unique().tolist() if arm != question.baseline]
            raw = [_effect(Effect(str(scenario), str(engine), arm, family, part.member, part.links, part.turn, 0.0,
                                  few=False, n=0), part, question) for arm in arms for part in _parts(block)]
            found.extend(_judged(raw, question))
    return Distribution(question.baseline, question.confidence, tuple(found))


def _families(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield rows with ``member, value, vehicles``, family by family."""
    if "paths" in tables:
        rows = tables["paths"]
        yield "path", rows.assign(member=rows["path"], value=rows["mean_time_s"])
    if "movements" in tables:
        rows = tables["movements"]
        yield "movement", rows.assign(member=rows["from_link"] + ARROW + rows["to_link"],
                                      value=rows["control_delay_s"], vehicles=rows["volume_veh_h"])
    if "groups" in tables:
        for grouping, rows in tables["groups"].groupby("grouping", sort=False):
            yield str(grouping), rows.assign(member=rows["group"], value=rows["mean_delay_s"], vehicles=rows["trips"])


def _parts(block: pd.DataFrame) -> Iterator[_Part]:
    """Yield the members of a family in one scenario and engine."""
    replications = np.unique(block["replication"].to_numpy(np.int64))
    arms = block["alternative"].unique().tolist()
    values, vehicles = (_wide(block, what, arms, replications) for what in ("value", "vehicles"))
    for member, links, turn in _named(block):
        yield _Part(member, links, turn, dict(zip(arms, values[member], strict=True)),
                    dict(zip(arms, vehicles[member], strict=True)))


def _wide(block: pd.DataFrame, what: str, arms: list[str], replications: NDArray[np.int64]) -> dict[str, F8]:
    """Numbers by member, shape (alternatives, replications), NaN where there is none; the first of two of one name."""
    keys = ["member", "alternative", "replication"]
    known = block[keys].assign(number=block[what].to_numpy(np.float64, na_value=np.nan))
    if (known["number"].abs() > LARGEST).any():
        raise InputError(f"tables: {what} of {block['member'].iloc[0]!r} and others", "a value that is no traffic",
                         f"numbers up to {LARGEST:g}, or null", "correct the table")
    wide = known.drop_duplicates(keys).pivot(index="member", columns=["alternative", "replication"], values="number")
    wide = wide.reindex(columns=pd.MultiIndex.from_product([arms, replications]))
    numbers = wide.to_numpy(np.float64).reshape(len(wide), len(arms), len(replications))
    return dict(zip(map(str, wide.index), numbers, strict=True))


def _named(block: pd.DataFrame) -> Iterator[tuple[str, tuple[str, ...], str | None]]:
    """Yield name, links and turn of every member, in the order of the table."""
    first = block.drop_duplicates("member")
    if "from_link" in first:
        columns = (first[name].tolist() for name in ("member", "from_link", "to_link", "direction"))
        for member, start, end, turn in zip(*columns, strict=True):
            yield str(member), (str(start), str(end)), turn if isinstance(turn, str) else None
        return
    at_link = "grouping" in first and str(first["grouping"].iloc[0]) in ("origin", "destination")
    for member in first["member"].tolist():
        yield str(member), (str(member),) if at_link else (), None


def _effect(named: Effect, part: _Part, question: Question) -> Effect:
    """Compute everything but the adjusted p-value and the verdict."""
    missing = np.full_like(next(iter(part.values.values())), np.nan)
    ours, theirs = (part.values.get(arm, missing) for arm in (named.alternative, question.baseline))
    counts = np.concatenate([part.vehicles.get(arm, missing) for arm in (named.alternative, question.baseline)])
    vehicles = float(np.nan_to_num(counts).mean())
    paired = np.isfinite(ours) & np.isfinite(theirs)
    n, few = int(paired.sum()), vehicles < FEWEST_VEHICLES
    if not n:
        return replace(named, vehicles=vehicles, few=few)
    differences = without_rounding(ours[paired], theirs[paired])
    one = replace(named, vehicles=vehicles, few=few, n=n, mean_s=float(ours[paired].mean()),
                  baseline_mean_s=float(theirs[paired].mean()), diff_s=float(differences.mean()))
    if n < 2:
        return one
    _, low, high = (float(end) for end in t_interval(differences, question.confidence))
    return replace(one, low_s=low, high_s=high, p=paired_p(differences.tolist()))


def _judged(raw: Sequence[Effect], question: Question) -> Iterator[Effect]:
    """Adjust over the family and give the verdicts."""
    adjusted = iter(holm([one.p for one in raw if one.p is not None]))
    for one in raw:
        if one.p is None or one.diff_s is None:
            yield one
            continue
        p = next(adjusted)
        verdict: Direction = "worse" if one.diff_s > 0.0 else "better"
        yield replace(one, p_adjusted=p, verdict=verdict if p <= 1.0 - question.confidence else "no evidence")
