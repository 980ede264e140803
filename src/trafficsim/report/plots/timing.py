"""Timing plans before and after, as bars of stages."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from trafficsim.base.errors import InputError
from trafficsim.report.language import Language, load
from trafficsim.report.look import GREEN, INTERGREEN, new_figure, short, styled

ROW_INCH = 0.52
STAGE_COLOURS = (GREEN, "#7FBFA8")


@styled
def timing_plan(timing: pd.DataFrame, language: str = "en") -> Figure:
    """Draw the stages of every program over one cycle, before above after.

    Bars begin with stage 1; offsets stand in the labels.

    Parameters
    ----------
    timing
        Table of :func:`trafficsim.results.timing.timing_table`.
    language
        Language of labels.

    Raises
    ------
    InputError
        If the table is empty.

    Examples
    --------
    >>> from trafficsim.plan.signals import lower_signals
    >>> from trafficsim.results.timing import timing_table
    >>> from trafficsim.design.synthetic import junction
    >>> network = junction(cycle_s=60)
    >>> signals = lower_signals(network.signals)
    >>> timing_plan(timing_table(network, signals, signals)).axes[0].get_xlabel()
    'time since the start of stage 1 (s)'
    """
    words = load(language)
    programs = timing["program"].unique().tolist()
    if not programs:
        raise InputError("plot: timing plan", "no program", "a table with programs", "give a network with signals")
    figure = new_figure(0.9 + ROW_INCH * len(programs))
    axes = figure.add_subplot()
    labels = []
    for row, program in enumerate(programs):
        stages = timing[timing["program"] == program]
        for when, height in (("before", row - 0.2), ("after", row + 0.2)):
            _bar(axes, stages, (when, height), words)
            labels.append((height, words.plain(f"plot.plan_{when}", program=short(program),
                                               offset=words.number(float(stages[f"offset_{when}_s"].iloc[0])))))
    axes.set_yticks([height for height, _ in labels], [label for _, label in labels])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(programs) - 0.5, -0.5)
    axes.set_xlabel(words.plain("plot.since_stage_1"))
    handles = [Patch(facecolor=GREEN, label=words.plain("plot.stage_green")),
               Patch(facecolor=INTERGREEN, hatch="////", edgecolor="#555555", linewidth=0,
                     label=words.plain("plot.intergreen"))]
    figure.legend(handles=handles, loc="outside lower left", ncols=2)
    return figure


def _bar(axes: Any, stages: pd.DataFrame, place: tuple[str, float], words: Language) -> None:
    (when, height), time = place, 0.0
    after = "" if when == "after" else "_before"
    shown = stages.dropna(subset=[f"green_{when}_s"])  # the other plan may have more stages
    for number, green, between in zip(shown["stage"], shown[f"green_{when}_s"], shown[f"intergreen{after}_s"],
                                      strict=True):
        colour = STAGE_COLOURS[(int(number) - 1) % 2]
        axes.barh(height, green, left=time, height=0.34, color=colour, linewidth=0)
        axes.text(time + green / 2, height, words.number(float(green)), fontsize=7, horizontalalignment="center",
                  verticalalignment="center", color="white" if colour == GREEN else "black", clip_on=True)
        axes.barh(height, between, left=time + green, height=0.34, color=INTERGREEN, hatch="////", edgecolor="#555555",
                  linewidth=0)
        time += green + between
