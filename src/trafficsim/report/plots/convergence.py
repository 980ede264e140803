"""Relative gap of assignments by iteration."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from trafficsim.base.errors import InputError
from trafficsim.report.language import load
from trafficsim.report.look import new_figure, series_style, styled

HEIGHT_INCH = 3.0
COLUMNS = ("iteration", "relative_gap")


@styled
def convergence(tables: Mapping[str, pd.DataFrame], language: str = "en") -> Figure:
    """Draw the relative gap of assignments by iteration, on a logarithmic axis.

    Parameters
    ----------
    tables
        Tables ``iterations`` of assignments, by the name that the legend shows.
    language
        Language of labels.

    Raises
    ------
    InputError
        If there is no table, or one without iterations.

    Examples
    --------
    >>> table = pd.DataFrame({"iteration": [0, 1, 2], "relative_gap": [0.5, 0.01, 0.0]})
    >>> convergence({"user equilibrium": table}).axes[0].get_yscale()
    'log'
    """
    wrong = next((name for name, table in tables.items() if not len(table) or not {*COLUMNS} <= {*table}), None)
    if wrong is not None or not tables:
        raise InputError("plot: convergence", f"no iterations in {wrong!r}" if tables else "no table",
                         "tables with iteration and relative_gap", "give the tables iterations of assignments")
    words = load(language)
    figure = new_figure(HEIGHT_INCH)
    axes = figure.subplots()
    for number, (name, table) in enumerate(tables.items()):
        positive = table[table["relative_gap"] > 0]  # 0 has no place on a logarithmic axis
        style = series_style(number)
        axes.plot(positive["iteration"], positive["relative_gap"], color=style.colour, linestyle=style.dash, label=name)
    axes.set_yscale("log")
    axes.set_xlabel(words.plain("plot.iteration"))
    axes.set_ylabel(words.plain("plot.relative_gap"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid()
    axes.legend(loc="best")
    return figure
