"""Travel times along named routes, by alternative."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from trafficsim.base.errors import InputError
from trafficsim.report.language import Language, load
from trafficsim.report.look import new_figure, series_style, styled
from trafficsim.results.indicators import FEWEST_VEHICLES

ROW_INCH, HEAD_INCH = 0.24, 0.55


@styled
def path_times(paths: pd.DataFrame, names: tuple[str, ...] | None = None, language: str = "en") -> Figure:
    """Draw the travel times along named routes: a panel per path, a row per alternative.

    Parameters
    ----------
    paths
        Table of that name, of one scenario and engine; paths that nobody drove are left out.
    names
        Paths to draw, in this order; all without it.
    language
        Language of labels.

    Returns
    -------
    A figure: a dot per replication (mean time), a larger mark for their mean, a bar from the mean 15th to the mean
    85th percentile of single vehicles. A mean of fewer than five vehicles in a replication is drawn hollow and thin,
    without a bar (percentiles of so few say nothing), and with their number.

    Raises
    ------
    InputError
        If no vehicle drove any of the paths.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"scenario": "a", "engine": "ca", "alternative": ["do nothing", "retimed"],
    ...                       "replication": 1, "path": "main", "vehicles": 9, "mean_time_s": [90.0, 80.0],
    ...                       "p15_time_s": [70.0, 65.0], "p85_time_s": [110.0, 99.0]})
    >>> path_times(table).axes[0].get_xlabel()
    'travel time (s)'
    """
    words = load(language)
    driven = paths.dropna(subset=["mean_time_s"])
    shown = [name for name in names or driven["path"].unique().tolist() if name in set(driven["path"])]
    if not shown:
        raise InputError("plot: path times", "no vehicle that drove a named route", "vehicles on named routes",
                         "define named routes in the scenario that vehicles drive from end to end")
    alternatives = driven["alternative"].unique().tolist()
    figure = new_figure(len(shown) * (HEAD_INCH + ROW_INCH * len(alternatives)) + 0.3)
    panels = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
    for axes, name in zip(panels, shown, strict=True):
        part = driven[driven["path"] == name]
        for place, alternative in enumerate(alternatives):
            _row(axes, part[part["alternative"] == alternative], place, words)
        axes.use_sticky_edges = False
        axes.autoscale_view()
        axes.set_title(name)
        axes.set_yticks(range(len(alternatives)), alternatives)
        axes.set_ylim(len(alternatives) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x")
    panels[-1].set_xlabel(words.plain("plot.travel_time"))
    return figure


def few_vehicles(rows: pd.DataFrame) -> bool:
    """Say whether means along a path are those of few vehicles in a replication."""
    return bool(float(rows["vehicles"].mean()) < FEWEST_VEHICLES)


def _row(axes: Any, rows: pd.DataFrame, place: int, words: Language) -> None:
    if not len(rows):
        return
    look, few = series_style(place), few_vehicles(rows)
    low, high = (float(rows[name].mean()) for name in ("p15_time_s", "p85_time_s"))
    means = rows["mean_time_s"].to_numpy(np.float64)
    if few:
        vehicles = float(rows["vehicles"].mean())
        axes.annotate(words.plain("plot.few_vehicles", vehicles=words.number(vehicles, 1)), (1.0, place),
                      xycoords=("axes fraction", "data"), xytext=(3, 0), textcoords="offset points", fontsize=7,
                      verticalalignment="center", annotation_clip=False)
    else:
        axes.barh(place, high - low, left=low, height=0.5, color=look.colour, alpha=0.18, linewidth=0)
    axes.plot(means, np.full(len(means), place), linestyle="none", marker="o", markersize=3, markerfacecolor="none",
              markeredgecolor=look.colour, markeredgewidth=0.5 if few else 0.8)
    axes.plot([means.mean()], [place], linestyle="none", marker=look.marker, markersize=7, color=look.colour,
              markerfacecolor="white" if few else look.colour, markeredgewidth=0.8)
