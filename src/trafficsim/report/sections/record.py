"""Methods with the precision reached, and the record: runs, seeds, digests, what was not computed and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from trafficsim import __version__
from trafficsim.base.codes import CONTROL_REFUSED
from trafficsim.report.language import ABSENT, foreign, name
from trafficsim.report.quantities import quantity
from trafficsim.report.views import Group, Table, Writer, plain_rows
from trafficsim.results.digest import combined_digest
from trafficsim.results.fallbacks import Failure, failures
from trafficsim.results.gridlocks import gridlock_list
from trafficsim.results.indicators import declaration
from trafficsim.results.left import SHOWN_LINKS, left_list
from trafficsim.results.store import DONE
from trafficsim.results.summary import learnt_routes

MOST_LEFT = 40
"""Groups of vehicles left at the end, and failures of signals, that the page lists; all are in the tables of events."""


class Methods(NamedTuple):
    """Paragraphs, one of them for each engine, and the precision reached."""

    paragraphs: tuple[Markup, ...]
    tables: list[Table]


class RecordView(NamedTuple):
    """Lines and tables of the record."""

    lines: list[Markup]
    tables: list[Table]


def methods(writer: Writer) -> Methods:
    """Write how everything was computed."""
    material, words = writer.material, writer.words
    pairs = words.say("methods.pairs", variation=writer.number(100.0 * material.demand_variation),
                      level=writer.number(100.0 * material.asked.confidence))
    tables = [_precision(writer, scenario, engine) for scenario, engine in material.settings if material.others]
    engines = dict.fromkeys(engine for _, engine in material.settings)
    told = (words.say(f"methods_engine.{engine}", engine=name(engine)) for engine in engines
            if words.named("methods_engine", engine))
    return Methods((pairs, *told, words.say("methods.limits")), tables)


def _precision(writer: Writer, scenario: str, engine: str) -> Table:
    """Write replications needed and reached, and the gain of pairing, of the primary indicators."""
    columns = writer.columns("indicator", "#have", "#asked", "#reached", "#needed", "#variance_ratio", "#correlation")
    groups = []
    for alternative in writer.material.others:
        rows = []
        for one in writer.material.comparison.chosen():
            if one.primary and (one.scenario, one.engine, one.alternative) == (scenario, engine, alternative):
                asked = writer.material.asked.precision.get(one.indicator)
                rows.append([
                    Markup.escape(quantity(declaration(one.indicator)).label(writer.words)), writer.number(one.n, 0),
                    writer.number(None if asked is None else 100.0 * asked),
                    writer.number(None if one.relative_half_width is None else 100.0 * one.relative_half_width, 2),
                    writer.number(one.replications_needed, 0), writer.number(one.variance_ratio, 2),
                    writer.number(one.correlation, 2)])
        groups.append(Group(name(alternative), rows))
    caption = writer.words.say("methods.precision_caption", setting=writer.setting(scenario, engine))
    note = writer.words.say("methods.precision_intro")
    return Table(f"precision-{scenario}-{engine}", caption, columns, [one for one in groups if one.rows], notes=[note])


def record(writer: Writer) -> RecordView:
    """Write the record of the study."""
    words, material = writer.words, writer.material
    runs = material.tables[DONE]
    lines = [words.say("record.versions", version=name(material.version), own=name(__version__))]
    if material.folder is not None:
        lines.append(words.say("record.folder", folder=name(material.folder.resolve().name)))
    tables = [_scenarios(writer, runs), _digests(writer, runs)]
    for key, rows in (("failed", runs[runs["status"] == "failed"]),
                      ("odd", runs[runs["status"].isin(["gridlock", "incomplete"])])):
        if len(rows):
            tables.append(_runs(writer, rows, key))
        else:
            lines.append(words.say(f"record.{key}_none"))
    locked = gridlock_list(material.tables["events"])
    if locked:
        tables.append(_gridlocks(writer, locked))
    left = left_list(material.tables["events"])
    if left:
        tables.append(_left(writer, left))
    failed = failures(material.tables)
    if failed:
        tables.append(_failures(writer, failed))
    return RecordView([*lines, *_left_out(writer)], tables)


def _scenarios(writer: Writer, runs: pd.DataFrame) -> Table:
    rows = []
    for scenario, content in writer.material.scenarios.items():
        time = content.get("time", {})
        begin = time.get("start_s", 0.0) + time.get("warmup_s", 0.0)
        period = writer.words.say("record.period_of", begin=writer.clock(begin),
                                  end=writer.clock(begin + time.get("analysis_s", 0.0)))
        learnt = learnt_routes(runs[(runs["scenario"] == scenario) & (runs["status"] != "failed")])
        gap = learnt["relative_gap"]
        rows.append([name(scenario), name(str(content.get("seed", ABSENT))), period,
                     writer.number(learnt["rehearsals"], 0), writer.number(None if gap is None else 100.0 * gap),
                     Markup('<code translate="no" dir="ltr">{}</code>').format(content.get("fingerprint", ABSENT))])
    caption = writer.words.say("record.scenarios_caption")
    columns = writer.columns("scenario", "#seed", "period", "#rehearsals", "#relative_gap", "fingerprint")
    note = writer.words.say("record.rehearsals_note")
    return Table("scenarios", caption, columns, plain_rows(rows), notes=[note])


def _digests(writer: Writer, runs: pd.DataFrame) -> Table:
    rows = []
    for scenario, engine in writer.material.settings:
        for alternative in writer.material.alternatives:
            part = runs[(runs["scenario"] == scenario) & (runs["engine"] == engine)
                        & (runs["alternative"] == alternative)].sort_values("replication")
            if len(part):
                digest = combined_digest(part["digest"].fillna("failed").tolist())
                rows.append([writer.setting(scenario, engine), name(alternative), writer.number(len(part), 0),
                             Markup('<code translate="no" dir="ltr">{}</code>').format(digest)])
    columns = writer.columns("scenario", "alternative", "#have", "digest")
    return Table("digests", writer.words.say("record.digest_caption"), columns, plain_rows(rows))


def _runs(writer: Writer, runs: pd.DataFrame, key: str) -> Table:
    rows = [[name(str(one["scenario"])), name(str(one["alternative"])), writer.number(one["replication"], 0),
             Markup.escape(writer.words.named("status", str(one["status"])) or str(one["status"])),
             Markup(ABSENT) if pd.isna(one["reason"]) else foreign(str(one["reason"]))]
            for one in runs.to_dict("records")]
    columns = writer.columns("scenario", "alternative", "#replication", "status", "reason")
    return Table(key, writer.words.say(f"record.{key}_caption"), columns, plain_rows(rows))


def _gridlocks(writer: Writer, locked: list[dict[str, Any]]) -> Table:
    """Where vehicles waited for each other in a cycle, from when to when."""
    rows = []
    for one in locked:
        ended = writer.words.say("record.at_end") if one["end_s"] is None else writer.number(one["end_s"])
        links = writer.words.listed(name(link) for link in one["links"])
        rows.append([name(one["scenario"]), name(one["alternative"]), writer.number(one["replication"], 0),
                     writer.number(one["begin_s"]), ended, links])
    columns = writer.columns("scenario", "alternative", "#replication", "#begin_s", "#end_s", "links")
    note = writer.words.say("record.gridlocks_note")
    return Table("gridlocks", writer.words.say("record.gridlocks_caption"), columns, plain_rows(rows), notes=[note])


def _left(writer: Writer, left: list[dict[str, Any]]) -> Table:
    """Where vehicles were left at the end, the largest groups first."""
    words, rows = writer.words, []
    for one in sorted(left, key=lambda one: -one["vehicles"] - one["waiting"])[:MOST_LEFT]:
        since = Markup(ABSENT) if one["since_s"] is None else writer.number(one["since_s"])
        links = writer.words.listed(name(link) for link in one["links"][:SHOWN_LINKS])
        rows.append([name(one["scenario"]), name(one["alternative"]), writer.number(one["replication"], 0),
                     writer.number(one["vehicles"], 0), writer.number(one["waiting"], 0), since,
                     Markup.escape(words.named("left", str(one["cause"])) or str(one["cause"])), name(one["link"]),
                     writer.number(len(one["links"]), 0), links])
    columns = writer.columns("scenario", "alternative", "#replication", "#left_on_road", "#left_waiting", "#since_s",
                             "cause", "head_of", "#links_filled", "links")
    more = [words.say("record.left_more", count=writer.number(len(left) - MOST_LEFT, 0))]
    return Table("left", words.say("record.left_caption"), columns, plain_rows(rows),
                 notes=more if len(left) > MOST_LEFT else ())


def _failures(writer: Writer, failed: Sequence[Failure]) -> Table:
    """What of signals that react failed, and since when."""
    words, rows = writer.words, []
    for one in failed[:MOST_LEFT]:
        what = (words.say("record.failed_detector", detector=name(one.detector)) if one.detector
                else words.say("record.refused_controller") if one.code == CONTROL_REFUSED
                else words.say("record.failed_controller"))
        rows.append([name(one.alternative), name(one.signal), what, writer.number(one.times, 0),
                     writer.number(one.first_s, 0)])
    columns = writer.columns("alternative", "signal", "what_failed", "#failures", "#since_s")
    notes = [words.say("record.failures_note")]
    if len(failed) > MOST_LEFT:
        notes.append(words.say("record.failures_more", count=writer.number(len(failed) - MOST_LEFT, 0)))
    return Table("failures", words.say("record.failures_caption"), columns, plain_rows(rows), notes=notes)


def _left_out(writer: Writer) -> Iterator[Markup]:
    """Yield replications without a pair, once for each set of them."""
    found: dict[tuple[str, str, str, tuple[int, ...]], None] = {}
    for one in writer.material.comparison.differences:
        if one.primary and one.left_out:
            found[one.scenario, one.engine, one.alternative, one.left_out] = None
    for scenario, engine, alternative, replications in found:
        numbers = writer.words.listed(writer.number(one, 0) for one in replications)
        yield writer.words.say("record.left_out", alternative=name(alternative), replications=numbers,
                               setting=writer.setting(scenario, engine))
