"""What happens over the days of a study: speeds, perceived risk and citations of every alternative, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.report.language import load
from trafficsim.report.look import new_figure, series_style, short, styled
from trafficsim.results.days_table import RISK
from trafficsim.results.statistics import t_interval

F8 = NDArray[np.float64]
ROW_INCH, MOST_NAME, BAND, LEAST_SPAN = 2.0, 40, 0.18, 0.02
PANELS = ("share_over_limit", "mean_free_speed_kmh", "place_speed_kmh", "perceived_risk", "citations", "suspended")
WEIGHTS = {"share_over_limit": "km", "mean_free_speed_kmh": "km", "place_speed_kmh": "passes"}
"""Means over groups are weighted by kilometres, or by passes of places; other columns are sums."""
PERCENT = {"share_over_limit": 100.0, "perceived_risk": 100.0}


class Course(NamedTuple):
    """One column over the days: mean over replications with its interval (of no width with one replication)."""

    day: F8
    mean: F8
    low: F8
    high: F8


def course(table: pd.DataFrame, column: str) -> Course:
    """Follow a column of one alternative over the days, all groups together.

    Parameters
    ----------
    table
        Rows of ``days`` of one alternative.
    column
        One of :data:`PANELS`; ``perceived_risk`` is the highest over the kinds of enforcement, a mean over people.

    Examples
    --------
    >>> rows = pd.DataFrame({"replication": [1, 1, 2, 2], "day": [1, 2, 1, 2], "citations": [0, 4, 0, 6]})
    >>> course(rows, "citations").mean.tolist()
    [0.0, 5.0]
    """
    wide = _by_day(table, column).unstack("replication")
    wide = wide[wide.notna().all(axis=1)]
    day, values = wide.index.to_numpy(np.float64), wide.to_numpy(np.float64)
    if values.shape[1] < 2 or not len(values):
        mean = values.mean(axis=1) if len(values) else np.zeros(0)
        return Course(day, mean, mean, mean)
    mean, low, high = t_interval(values)
    return Course(day, mean, np.maximum(low, 0.0), high)  # nothing shown here is ever below 0


def _by_day(table: pd.DataFrame, column: str) -> pd.Series:
    keys: list[Any] = [table["day"].astype(int), table["replication"].astype(int)]
    if column == "perceived_risk":
        parts = [_mean(table[name], table["people"], keys) for name in table if str(name).startswith(RISK)]
        return pd.concat(parts, axis=1).max(axis=1)
    if column in WEIGHTS:
        return _mean(table[column], table[WEIGHTS[column]], keys)
    return table[column].astype(float).groupby(keys).sum()


def _mean(values: pd.Series, weights: pd.Series, keys: list[Any]) -> pd.Series:
    """Weighted mean over the groups of a day; missing where no group has a value."""
    weight = weights.astype(float).where(values.notna(), 0.0)
    total = weight.groupby(keys).sum()
    return (values.astype(float).fillna(0.0) * weight).groupby(keys).sum() / total.where(total > 0.0)


def _look(axes: Any, days: pd.Series) -> None:
    """Let all panels have the same days, and none show less than a fiftieth of its values from edge to edge."""
    axes.set_xlim(float(days.min()) - 0.5, float(days.max()) + 0.5)
    low, high = axes.get_ylim()
    least = LEAST_SPAN * max(abs(low), abs(high))
    if high - low < least:
        middle = (low + high) / 2.0
        axes.set_ylim(middle - least / 2.0, middle + least / 2.0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y")


@styled
def over_days(table: pd.DataFrame, marks: Sequence[int] = (), language: str = "en") -> Figure:
    """Draw how people drive and what happens to them, day by day.

    Parameters
    ----------
    table
        The table ``days`` of a study (one scenario and engine), alternatives in their order.
    marks
        Days on which a policy begins, or is in force no more.
    language
        Language of labels.

    Returns
    -------
    A figure with a panel for each of :data:`PANELS` that is not 0 everywhere: a line per alternative, the 95 % interval
    over replications as a band.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    >>> road = ts.Scenario(name="road", time=ts.Time(analysis_s=60), network=ts.corridor([300, 200]),
    ...                    demand=ts.Demand(flows=(flow,)), population=ts.Population(people=100))
    >>> three = ts.Days(number=3, sample=1)
    >>> study = ts.Study(scenarios=[road], alternatives={"do nothing": []}, replications=2, days=three)
    >>> len(over_days(ts.run(study).days).axes)
    2
    """
    missing = [name for name in ("day", "alternative", "replication", "km", "passes") if name not in table]
    if missing or not len(table):
        raise InputError("plot: days", f"no column {missing[0]!r}" if missing else "no day",
                         "the table 'days' of a study", "give results.days of a study over days")
    words = load(language)
    arms = {str(name): part for name, part in table.groupby("alternative", sort=False)}
    courses = {panel: {name: course(part, panel) for name, part in arms.items()} for panel in PANELS}
    shown = [panel for panel in PANELS if any(one.high.any() for one in courses[panel].values())]
    rows = (len(shown) + 1) // 2
    figure = new_figure(ROW_INCH * rows + 0.4)
    every = figure.subplots(rows, 2, squeeze=False).ravel()
    for axes, panel in zip(every, shown, strict=False):
        for number, (arm, one) in enumerate(courses[panel].items()):
            style, factor = series_style(number), PERCENT.get(panel, 1.0)
            axes.plot(one.day, factor * one.mean, color=style.colour, linestyle=style.dash, label=short(arm, MOST_NAME))
            axes.fill_between(one.day, factor * one.low, factor * one.high, color=style.colour, alpha=BAND, linewidth=0)
        _look(axes, table["day"])
        for day in marks:
            axes.axvline(day, color="#8C8C8C", linewidth=0.8, linestyle="dotted")
        axes.set_ylabel(words.plain(f"plot.days_{panel}"))
    for axes in every[len(shown):]:
        axes.remove()
    for axes in every[max(len(shown) - 2, 0):len(shown)]:
        axes.set_xlabel(words.plain("plot.day"))
    handles, labels = every[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=min(len(labels), 3))
    return figure
