"""Licence holders over the years under a reform."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from trafficsim.base.errors import InputError
from trafficsim.report.language import load
from trafficsim.report.look import LESS, MORE, new_figure, series_style, styled

HEIGHT_INCH, BAR = 2.8, 0.7
COLUMNS = ("year", "novice_km", "novice_risk", "novice_crashes", "crashes", "crashes_low", "crashes_high",
           "by_exposure", "by_risk")


@styled
def cohort(table: pd.DataFrame, language: str = "en") -> Figure:
    """Draw what a reform of licensing does, and when: novices on the left, all drivers on the right.

    Parameters
    ----------
    table
        What :func:`trafficsim.cohort` returns.
    language
        Language of labels.

    Returns
    -------
    A figure. Left: kilometres, crashes per km and crashes of novices, relative to no reform. Right: change of all
    crashes with its interval, and the parts of it by exposure and by risk as bars.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> import trafficsim as ts
    >>> figure = cohort(ts.cohort(ts.Population(people=1000), [ts.policies.HazardPerception()], years=2))
    >>> figure.axes[0].get_xlabel()
    'year of the reform'
    """
    missing = [name for name in COLUMNS if name not in table]
    if missing or not len(table):
        raise InputError("plot: cohort", f"no column {missing[0]!r}" if missing else "no year",
                         "the table of trafficsim.cohort", "give what ts.cohort returns")
    words = load(language)
    figure = new_figure(HEIGHT_INCH)
    left, right = figure.subplots(1, 2)
    for number, name in enumerate(("novice_km", "novice_risk", "novice_crashes")):
        mark = series_style(number)
        left.plot(table["year"], 100.0 * table[name], color=mark.colour, linestyle=mark.dash, marker=mark.marker,
                  label=words.plain(f"plot.{name}"))
    left.axhline(100.0, color="black", linewidth=0.8)
    left.set_ylabel(words.plain("plot.relative_percent"))
    for part, colour, shift in (("by_exposure", MORE, -BAR / 4.0), ("by_risk", LESS, BAR / 4.0)):
        right.bar(table["year"] + shift, 100.0 * table[part], BAR / 2.0, color=colour,
                  label=words.plain(f"plot.{part}"))
    change, low, high = (100.0 * (table[name] - 1.0) for name in ("crashes", "crashes_low", "crashes_high"))
    right.errorbar(table["year"], change, yerr=[change - low, high - change], color="black", marker="o", capsize=3,
                   label=words.plain("plot.all_crashes"))
    right.axhline(0.0, color="black", linewidth=0.8)
    right.set_ylabel(words.plain("plot.change_of_crashes"))
    for axes in (left, right):
        axes.set_xlabel(words.plain("plot.reform_year"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(axis="y")
        axes.legend(loc="best")
    return figure
