"""Effects of all alternatives on a few indicators side by side: a mark and an interval each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.figure import Figure

from trafficsim.report.look import LESS, MORE, STILL, new_figure, short, styled, wrapped

WIDTH_INCH, ROW_INCH, HEAD_INCH = 4.9, 0.4, 0.9
MOST_NAME, MOST_LABEL, MOST_TICKS = 40, 56, 5
LOOKS = {"better": (LESS, "D"), "worse": (MORE, "s"), "equivalent": ("#007A5A", "P"), "no evidence": (STILL, "o")}
"""Colour and marker of a verdict: they differ in shape too."""


class Effect(NamedTuple):
    """A change against the baseline with its interval, in the unit of its panel; none where it is not known."""

    value: float | None
    low: float | None
    high: float | None
    verdict: str


class Panel(NamedTuple):
    """One indicator: its label, and the effects of all alternatives in their order; the reason where there is none."""

    label: str
    effects: Sequence[Effect]
    absent: str


@styled
def effects(alternatives: Sequence[str], panels: Sequence[Panel], language: str = "en") -> Figure:
    """Draw the effect of every alternative on every indicator, a panel per indicator.

    Parameters
    ----------
    alternatives
        Names, one row each.
    panels
        Indicators, with an effect for every alternative.
    language
        Language of numbers.

    Examples
    --------
    >>> panel = Panel("delay (s)", [Effect(-4.0, -5.0, -3.0, "better")], "not applicable")
    >>> effects(["retimed"], [panel]).axes[0].get_xlabel()
    'delay (s)'
    """
    figure = new_figure(HEAD_INCH + ROW_INCH * len(alternatives), WIDTH_INCH)
    every = figure.subplots(1, len(panels), squeeze=False)[0]
    for number, (axes, panel) in enumerate(zip(every, panels, strict=True)):
        axes.axvline(0.0, color="black", linewidth=0.8)
        for place, one in enumerate(panel.effects):
            _row(axes, one, place, panel.absent)
            if number == 0:
                axes.annotate(short(alternatives[place], MOST_NAME), (0.0, place - 0.27),
                              xycoords=("axes fraction", "data"), fontsize=8.5, verticalalignment="center",
                              annotation_clip=False, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})
        axes.set_ylim(len(alternatives) - 0.55, -0.6)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.margins(x=0.08)
        axes.locator_params(axis="x", nbins=MOST_TICKS)
        axes.grid(axis="x")
        axes.set_xlabel(wrapped(panel.label, MOST_LABEL // len(panels)))
    return figure


def _row(axes: Any, one: Effect, place: int, absent: str) -> None:
    colour, marker = LOOKS[one.verdict]
    height = place + 0.12
    if one.value is None:
        axes.annotate(absent, (0.02, height), xycoords=("axes fraction", "data"), fontsize=7, color="#4F4F4F",
                      verticalalignment="center", annotation_clip=False)
        return
    if one.low is not None and one.high is not None:
        axes.plot([one.low, one.high], [height, height], color=colour, linewidth=2.4, marker="|", markersize=8)
    axes.plot([one.value], [height], color=colour, marker=marker, markersize=7, linestyle="none")
