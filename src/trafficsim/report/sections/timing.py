"""Signal timing before and after, from the networks and ledgers of the folder."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from trafficsim.plan.signals import lower_signals
from trafficsim.report.changes import OFFSET, PHASE, first_ledger, programs_after
from trafficsim.report.language import name
from trafficsim.report.places import link_label
from trafficsim.report.plots.timing import timing_plan
from trafficsim.report.sections.audit import audits
from trafficsim.report.sections.drawing import picture
from trafficsim.report.views import Group, Missing, Picture, Row, Table, Writer
from trafficsim.results.timing import timing_table

MOST_PROGRAMS = 24
"""Programs shown per alternative, to keep the page small."""
GREENS, SPLITS = ("green_before_s", "green_after_s"), ("split_before", "split_after")
PLAN = ("cycle_before", "cycle_after", "offset_before", "offset_after")


def timing(writer: Writer) -> list[Picture | Table | Missing]:
    """Write the plans of every alternative that changes some."""
    found: list[Picture | Table | Missing] = []
    for scenario, engine in writer.material.settings:
        ledger = writer.material.table("ledger", scenario, engine)
        told: dict[tuple[tuple[str, float], ...], str] = {}
        for alternative in writer.material.others:
            if ledger is not None and _retimes(ledger, alternative):
                key = _plan_of(ledger, alternative)
                same = told.setdefault(key, alternative)
                if same == alternative:
                    found += _plans(writer, alternative, (scenario, engine), ledger)
                    found += audits(writer, alternative, (scenario, engine))
                else:
                    found.append(_same_plan(writer, alternative, same, (scenario, engine)))
    return found


def _plan_of(ledger: pd.DataFrame, alternative: str) -> tuple[tuple[str, float], ...]:
    """Return all that an alternative does to signals, to find those that do the same."""
    rows = first_ledger(ledger, alternative).dropna(subset=["after"])
    rows = rows[rows["field"].isin([PHASE, OFFSET])]
    cells = (rows["field"] + " " + rows["cell"]).tolist()
    return tuple(sorted(zip(cells, rows["after"].astype(float).tolist(), strict=True)))


def _same_plan(writer: Writer, alternative: str, other: str, setting: tuple[str, str]) -> Missing:
    caption = writer.words.say("timing.caption", alternative=name(alternative), setting=writer.setting(*setting))
    return Missing(caption, writer.words.say("timing.same", other=name(other)))


def _retimes(ledger: pd.DataFrame, alternative: str) -> bool:
    return bool(first_ledger(ledger, alternative)["field"].isin([PHASE, OFFSET]).any())


def _plans(writer: Writer, alternative: str, setting: tuple[str, str],
           ledger: pd.DataFrame) -> list[Picture | Table | Missing]:
    words, network = writer.words, writer.material.networks.get(setting[0])
    caption = words.say("timing.caption", alternative=name(alternative), setting=writer.setting(*setting))
    if network is None:
        return [writer.leave_out(caption, words.say("timing.no_states"))]
    after = programs_after(network, ledger, alternative)
    table = timing_table(network, lower_signals(network.signals), lower_signals(after))
    every = table[table["changed"].astype(bool)]
    if not len(every):
        return []
    changed = most_changed(every)
    key, names = f"timing-{alternative}-{'-'.join(setting)}", _unique_names(writer, setting[0], changed)
    views: list[Picture | Table | Missing] = [_picture(writer, changed.replace({"program": names}), alternative, key),
                                              _table(writer, changed, alternative, (caption, setting, key))]
    hidden = every["program"].nunique() - changed["program"].nunique()
    if hidden:
        views.append(Missing(caption, words.say("timing.more", count=writer.number(hidden, 0))))
    return views


def most_changed(timing: pd.DataFrame, most: int = MOST_PROGRAMS) -> pd.DataFrame:
    """Choose the programs whose greens and offsets move most, in their order."""
    offsets = timing.drop_duplicates("program").set_index("program")
    greens = timing[list(GREENS)].fillna(0.0)  # a stage that a plan does not have
    change = (greens["green_after_s"] - greens["green_before_s"]).abs().groupby(timing["program"], sort=False).sum()
    change = change + (offsets["offset_after_s"] - offsets["offset_before_s"]).abs()
    chosen = change.sort_values(ascending=False, kind="stable").index[:most]
    return timing[timing["program"].isin(chosen)]


def _unique_names(writer: Writer, scenario: str, timing: pd.DataFrame) -> dict[str, str]:
    """Names of programs for a figure; those that share theirs keep their ids."""
    names = writer.material.junctions.get(scenario, {})
    known = {one: names[one] for one in timing["program"].unique().tolist() if one in names}
    return {one: text for one, text in known.items() if list(known.values()).count(text) == 1}


def _picture(writer: Writer, table: pd.DataFrame, alternative: str, key: str) -> Picture:
    words, first = writer.words, table.drop_duplicates("program").to_dict("records")
    rows = " ".join(
        words.plain("timing.figure_row", program=one["program"],
                    **{key: words.number(one[f"{key}_s"]) for key in PLAN}) for one in first)
    alt = words.plain("timing.figure_alt", alternative=alternative, rows=rows)
    caption = words.say("timing.figure_caption", alternative=name(alternative))
    return picture(timing_plan(table, words.code), f"figure-{key}", alt, caption)


def _table(writer: Writer, table: pd.DataFrame, alternative: str,
           names: tuple[Markup, tuple[str, str], str]) -> Table:
    caption, setting, key = names
    columns = writer.columns("stage", "#green_before", "#green_after", "#split_before", "#split_after", "#intergreen")
    parts = [part for _, part in table.groupby("program", sort=False)]
    groups = [Group(_head(writer, part, setting[0]), _stages(writer, part)) for part in parts]
    fold = writer.words.say("timing.summary", alternative=name(alternative), setting=writer.setting(*setting))
    return Table(key, caption, columns, groups, fold=fold)


def _head(writer: Writer, part: pd.DataFrame, scenario: str) -> Markup:
    """Write program, cycle and offset before and after."""
    one = part.to_dict("records")[0]
    values = {key: writer.number(one[f"{key}_s"]) for key in PLAN}
    names = writer.material.junctions.get(scenario, {})
    return writer.words.say("timing.figure_row", program=link_label(names, str(one["program"])), **values)


def _stages(writer: Writer, part: pd.DataFrame) -> Sequence[Row]:
    return [[writer.number(one["stage"], 0), *(writer.number(one[key]) for key in GREENS),
             *(writer.number(100.0 * one[key], 0) for key in SPLITS),
             writer.number(one["intergreen_s"])] for one in part.to_dict("records")]
