"""Crash history: how crashes were matched, what is expected at which site, and how much of a peak is chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from trafficsim.outcomes.sites.history import Judged, SiteHistory
from trafficsim.outcomes.sites.under_reporting import CASUALTIES
from trafficsim.outcomes.sourced import DRAWS
from trafficsim.report.language import ABSENT, foreign, name
from trafficsim.report.views import Column, Group, Row, Table, Writer, plain_rows

MOST_SITES = 20
"""Sites of each kind that are listed; ``StudyResult.sites`` has all."""
TOP_SHARE, FEWEST_TOP = 0.05, 3
"""Sites with the most crashes of which regression to the mean is told: one in twenty, as programmes of black spots
choose them (modelling assumption)."""
BASES = {"empirical Bayes": "eb", "prediction": "prediction", "count": "count", "": "count"}


def sites(writer: Writer) -> Iterator[Table]:
    """Yield the tables of every scenario and engine that has a crash history."""
    for (scenario, engine), judged in writer.material.crashes.items():
        setting, history = writer.setting(scenario, engine), writer.material.histories[scenario]
        key = f"{scenario}-{engine}"
        yield _matching(writer, history, judged, (key, setting))
        if judged.estimates.calibrations:
            yield _calibration(writer, judged, (key, setting))
        yield _list(writer, judged, (key, setting))
        yield _casualties(writer, judged, (key, setting))


def _columns(writer: Writer, *keys: str) -> list[Column]:
    return [Column(writer.words.say(f"sites.{key.removeprefix('#')}"), key.startswith("#")) for key in keys]


def _matching(writer: Writer, history: SiteHistory, judged: Judged, named: tuple[str, Markup]) -> Table:
    words, asked = writer.words, history.history
    counts = {} if history.matches is None else history.matches.counts()
    rows: list[Row] = [[words.say(f"sites.{status}"), writer.number(count, 0)] for status, count in counts.items()]
    notes = [words.say("sites.period", begin=name(asked.begin), end=name(asked.end),
                       years=writer.number(asked.years))]
    notes.append(words.say("sites.traffic", count=writer.number(len(judged.simulated), 0),
                           factor=writer.number(asked.expansion_factor)) if judged.simulated else
                 words.say("sites.given"))
    plain = _uncalibrated(history, judged)
    notes += [words.say("sites.uncalibrated", types=name(", ".join(plain)))] if plain else []
    notes += [words.say("sites.finding", message=foreign(one.message)) for one in history.findings]
    return Table(f"sites-matching-{named[0]}", words.say("sites.matching", setting=named[1]),
                 _columns(writer, "what", "#number"), plain_rows(rows), notes=notes)


def _uncalibrated(history: SiteHistory, judged: Judged) -> list[str]:
    """Types of sites whose predictions have no factor: none was given, and no crash was counted at them."""
    table = judged.estimates.table
    used = table.loc[table["predicted"].notna(), "facility"].unique().tolist()
    return sorted(set(used) - set(judged.estimates.calibrations) - set(history.history.calibration))


def _calibration(writer: Writer, judged: Judged, named: tuple[str, Markup]) -> Table:
    words, found = writer.words, judged.estimates.calibrations
    rows: list[Row] = [
        [name(kind), writer.number(one.sites, 0), writer.number(one.crashes, 0), writer.number(one.factor, 2),
         writer.number(one.standard_error, 2)] for kind, one in found.items()]
    thin = [kind for kind, one in found.items() if one.is_thin(judged.estimates.years)]
    notes = [words.say("sites.thin", types=name(", ".join(thin)))] if thin else []
    return Table(f"sites-calibration-{named[0]}", words.say("sites.calibration", setting=named[1]),
                 _columns(writer, "type", "#sites", "#crashes", "#factor", "#error"), plain_rows(rows), notes=notes)


def _list(writer: Writer, judged: Judged, named: tuple[str, Markup]) -> Table:
    words, table = writer.words, judged.estimates.table
    groups, left = [], 0
    for kind in ("junction", "segment"):
        part = table[(table["kind"] == kind) & table["expected"].notna()].sort_values("expected", ascending=False,
                                                                                     kind="stable")
        shown = part.head(MOST_SITES)
        left += len(part) - len(shown)
        if len(shown):
            groups.append(Group(words.say(f"sites.{kind}"), [_row(writer, one) for one in shown.to_dict("records")]))
    notes = [words.say("sites.more", count=writer.number(left, 0))] if left else []
    notes += [*_regression(writer, table), *_without(writer, table)]
    columns = _columns(writer, "site", "type", "#aadt", "#observed", "#predicted", "#expected", "#interval", "basis")
    return Table(f"sites-list-{named[0]}", words.say("sites.list", setting=named[1]), columns, groups, notes=notes)


def _row(writer: Writer, one: Mapping[Any, Any]) -> Row:
    volumes = [writer.number(one[column], 0) for column in ("aadt_major", "aadt_minor") if one[column] == one[column]]
    known = one["low"] == one["low"]
    interval = writer.words.say("verdicts.interval", low=writer.number(one["low"], 2),
                                high=writer.number(one["high"], 2)) if known else Markup(ABSENT)
    return [name(str(one["name"])), name(str(one["facility"] or ABSENT)), Markup(" / ").join(volumes) or Markup(ABSENT),
            *(writer.number(one[column], 2) for column in ("observed", "predicted", "expected")), interval,
            writer.words.say(f"sites.{BASES[str(one['basis'])]}")]


def _regression(writer: Writer, table: pd.DataFrame) -> Iterator[Markup]:
    """Say what would happen at the sites with the most crashes if nothing was done."""
    both = table[table["predicted"].notna() & table["observed"].notna()]
    count = max(FEWEST_TOP, int(np.ceil(TOP_SHARE * len(both))))
    top = both.sort_values("observed", ascending=False, kind="stable").head(count)
    observed, expected = float(top["observed"].sum()), float(top["expected"].sum())
    if len(both) > count and expected < observed:
        yield writer.words.say(
            "sites.regression", count=writer.number(count, 0), observed=writer.number(observed, 1),
            expected=writer.number(expected, 1), share=writer.number(100.0 * (1.0 - expected / observed), 0))


def _without(writer: Writer, table: pd.DataFrame) -> Iterator[Markup]:
    missing = table[table["predicted"].isna()]
    if len(missing):
        reasons = "; ".join(f"{reason} ({number})" for reason, number in missing["reason"].value_counts().items())
        yield writer.words.say("sites.without", count=writer.number(len(missing), 0), reasons=foreign(reasons))


def _casualties(writer: Writer, judged: Judged, named: tuple[str, Markup]) -> Table:
    words, found = writer.words, judged.baseline
    rows: list[Row] = []
    for severity in CASUALTIES:
        low, high = np.quantile(found.draws(severity, DRAWS), [0.025, 0.975])
        sources = "; ".join(dict.fromkeys(f"{one.source} [{one.grade}]" for one in (
            found.per_crash[severity], found.reporting[severity])))
        rows.append([
            words.say(f"sites.{severity}"), writer.number(found.total(severity), 2),
            words.say("verdicts.interval", low=writer.number(low, 2), high=writer.number(high, 2)),
            writer.number(found.per_crash[severity].value, 3), writer.number(found.reporting[severity].value, 2),
            foreign(sources)])
    columns = _columns(writer, "severity", "#per_year", "#interval", "#per_crash", "#reporting", "source")
    return Table(f"sites-casualties-{named[0]}", words.say("sites.casualties", setting=named[1]), columns,
                 plain_rows(rows))
