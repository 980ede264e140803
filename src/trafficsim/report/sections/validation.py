"""The model against observations: a validation on data that were held out, a fit on data that were used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from trafficsim.report.language import ABSENT, name
from trafficsim.report.plots.validation import observed_and_simulated, variation_envelopes
from trafficsim.report.sections.drawing import picture
from trafficsim.report.views import Column, Group, Picture, Row, Table, Writer, plain_rows
from trafficsim.results.validation import FHWA_2019, FLOWS, KEYS, Summary, ValidationResult

MOST_ENVELOPES = 6
"""Places whose course over the day is drawn: those with the largest errors."""
LONG_TABLE = 12
UNIT_KEYS = {"veh/h": "veh_h", "s": "s", "km/h": "km_h", "": "none"}
ANSWERS = ("count", "turning_count", "travel_time", "screenline")
"""Kinds of which the first sentence may speak, the first that there is."""


class View(NamedTuple):
    """What one scenario and engine shows on data of one use."""

    head: Markup
    sentence: Markup
    caution: Markup
    pictures: Sequence[Picture]
    tables: Sequence[Table]


def validations(writer: Writer) -> Iterator[View]:
    """Yield what every scenario and engine shows, on held-out data first."""
    found = writer.material.held
    if found is None:
        return
    summaries = found.summaries()
    for data, scenario, engine in found.uses():
        mine = [one for one in summaries if (one.data, one.scenario, one.engine) == (data, scenario, engine)]
        yield _view(writer, _part(found, (scenario, engine, data)), mine, (scenario, engine, data))


def _part(found: ValidationResult, key: tuple[str, str, str]) -> ValidationResult:
    """Rows of one scenario, engine and use of the data."""
    def mine(table: pd.DataFrame) -> pd.DataFrame:
        return table[np.logical_and.reduce([table[column] == value for column, value in zip(KEYS, key, strict=True)])]

    return ValidationResult(mine(found.table), mine(found.criteria), mine(found.intervals))


def _view(
    writer: Writer, part: ValidationResult, summaries: Sequence[Summary], names: tuple[str, str, str],
) -> View:
    words, (scenario, engine, data) = writer.words, names
    head, key = words.say(f"validation.head_{data}", setting=writer.setting(scenario, engine)), "-".join(names)
    if not summaries:
        return View(head, words.say("validation.nothing"), Markup(""), [], [_values(writer, part, key)])
    return View(head, _sentence(writer, summaries), words.say(f"validation.caution_{data}"),
                list(_pictures(writer, part, key)),
                [_overview(writer, summaries, key), *_criteria(writer, part, key), _values(writer, part, key)])


def _sentence(writer: Writer, summaries: Sequence[Summary]) -> Markup:
    """Say in one sentence how many observations are met."""
    by_kind, words = {one.kind: one for one in summaries}, writer.words
    chosen = next((by_kind[kind] for kind in ANSWERS if kind in by_kind), None)
    if chosen is None:
        return words.say(f"validation.speeds_{summaries[0].data}")
    bias = words.say("validation.more" if chosen.bias >= 0.0 else "validation.less",
                     share=writer.number(100.0 * abs(chosen.bias), 0))
    return words.say(f"validation.answer_{chosen.data}", kind=words.word(f"validation.kinds_{chosen.kind}"),
                     passed=writer.number(chosen.passed, 0), n=writer.number(chosen.n, 0), bias=bias,
                     tolerance=words.word(f"validation.tolerance_{chosen.kind}"))


def _pictures(writer: Writer, part: ValidationResult, key: str) -> Iterator[Picture]:
    words = writer.words
    flows = part.table[part.table["geh"].notna()]
    if len(flows):
        inside = int((flows["geh"] < 5.0).sum())
        alt = words.plain("validation.scatter_alt", inside=inside, n=len(flows))
        yield picture(observed_and_simulated(flows, words.code), f"figure-validation-{key}", alt,
                      words.say("validation.scatter_caption"))
    places = _worst(part.intervals)
    if places:
        alt = words.plain("validation.envelopes_alt", places=", ".join(places))
        yield picture(variation_envelopes(part.intervals, places, words.code), f"figure-envelopes-{key}", alt,
                      words.say("validation.envelopes_caption"))


def _worst(intervals: pd.DataFrame) -> tuple[str, ...]:
    """Places with several days and intervals, those first whose error is largest beside the difference of days."""
    rows = intervals[intervals["representative"].notna() & intervals["simulated"].notna()]
    errors = {}
    for place, part in rows.groupby("place", sort=False):
        off = (part["simulated"] - part["representative"]).abs().sum()
        if len(part) > 1:
            errors[str(place)] = float(off) / max(float(part["day_distance"].sum()), 1e-9)
    return tuple(sorted(errors, key=lambda place: -errors[place])[:MOST_ENVELOPES])


def _columns(writer: Writer, *keys: str) -> list[Column]:
    heads = [key.removeprefix("#") for key in keys]
    return [Column(writer.words.say(f"validation.{head}"), key != head) for key, head in zip(keys, heads, strict=True)]


def _overview(writer: Writer, summaries: Sequence[Summary], key: str) -> Table:
    words = writer.words
    rows: list[Row] = []
    for one in summaries:
        judged = one.kind in (*FLOWS, "travel_time")
        unit = "veh_h" if one.kind in FLOWS else "s" if one.kind == "travel_time" else "km_h"
        error = words.say("validation.with_unit", value=writer.number(one.rmse),
                          unit=words.word(f"validation.unit_{'none' if one.kind == 'speed_distance' else unit}"))
        rows.append([
            words.say(f"validation.kinds_{one.kind}"), writer.number(one.n, 0),
            writer.number(one.passed, 0) if judged else Markup(ABSENT),
            words.say(f"validation.tolerance_{one.kind}") if judged else Markup(ABSENT),
            writer.number(100.0 * one.bias, 1, signed=True) if one.kind != "speed_distance" else Markup(ABSENT),
            error, writer.number(one.r_squared, 2)])
    return Table(f"validation-{key}", words.say("validation.overview"),
                 _columns(writer, "what", "#values", "#within", "tolerance", "#sum", "#rmse", "#r_squared"),
                 plain_rows(rows), notes=[words.say("validation.rule")])


def _criteria(writer: Writer, part: ValidationResult, key: str) -> Iterator[Table]:
    words, rows = writer.words, part.criteria
    over_all, by_place = rows[rows["guideline"] != FHWA_2019], rows[rows["guideline"] == FHWA_2019]
    if len(over_all):
        cells: list[Row] = [[name(str(one["guideline"])), words.reason(str(one["criterion"])),
                             *_value_and_bound(writer, one["value"], one["bound"]), _met(writer, bool(one["passed"]))]
                            for one in over_all.to_dict("records")]
        yield Table(f"criteria-{key}", words.say("validation.criteria"),
                    _columns(writer, "guideline", "criterion", "#value", "#bound", "met"), plain_rows(cells))
    if len(by_place):
        groups = [Group(name(str(place)), [
            [words.reason(str(one["criterion"])), *_value_and_bound(writer, one["value"], one["bound"]),
             _met(writer, bool(one["passed"]))] for one in some.to_dict("records")])
            for place, some in by_place.groupby("place", sort=False)]
        met = {str(criterion).partition(":")[0]: f"{int(some['passed'].sum())}/{len(some)}"
               for criterion, some in by_place.groupby("criterion", sort=False)}
        counted = words.apart(Markup("{} {}").format(one, name(share)) for one, share in met.items())
        yield Table(f"days-{key}", words.say("validation.by_days", met=counted),
                    _columns(writer, "criterion", "#value", "#bound", "met"), groups,
                    fold=words.say("validation.by_days", met=counted), notes=[words.say("validation.days_note")])


def _value_and_bound(writer: Writer, value: float, bound: float) -> tuple[Markup, Markup]:
    return writer.number(value, 2), writer.number(bound, 2)


def _met(writer: Writer, passed: bool) -> Markup:
    return writer.words.say("validation.met_yes" if passed else "validation.met_no")


def _values(writer: Writer, part: ValidationResult, key: str) -> Table:
    """Every observation, by kind."""
    words, groups = writer.words, []
    for kind, rows in part.table.groupby("kind", sort=False):
        cells = [_value(writer, one) for one in rows.to_dict("records")]
        groups.append(Group(words.say(f"validation.kinds_{kind}"), cells))
    fold = words.say("validation.table") if len(part.table) > LONG_TABLE else None
    heads = _columns(writer, "place", "time", "#observed", "#days_sd", "#simulated", "#interval", "unit", "#geh", "met")
    notes = [words.say("validation.scaled")] if bool(part.table["scaled"].any()) else []
    return Table(f"values-{key}", words.say("validation.table"), heads, groups, fold=fold, notes=notes)


def _value(writer: Writer, one: dict[object, object]) -> Row:
    words = writer.words
    decimals = 2 if one["kind"] == "speed_distance" else 0 if one["kind"] in FLOWS else 1
    low, high, sd = (_number(one[key]) for key in ("low", "high", "observed_sd"))
    interval = words.say("verdicts.interval", low=writer.number(low, decimals), high=writer.number(high, decimals)) \
        if low is not None else Markup(ABSENT)
    time = words.say("validation.times", begin=writer.clock(float(str(one["begin_s"]))),
                     end=writer.clock(float(str(one["end_s"]))))
    passed = one["passed"]
    met = Markup(ABSENT) if pd.isna(passed) else _met(writer, bool(passed))  # type: ignore[call-overload]
    if one["scaled"] and not pd.isna(passed):  # type: ignore[call-overload]
        met = Markup("{}*").format(met)
    return [name(str(one["place"])), time, writer.number(_number(one["observed"]), decimals),
            writer.number(sd, decimals), writer.number(_number(one["simulated"]), decimals), interval,
            words.say(f"validation.unit_{UNIT_KEYS[str(one['unit'])]}"), writer.number(_number(one["geh"]), 1), met]


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]
