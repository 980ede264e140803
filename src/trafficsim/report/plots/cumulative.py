"""Cumulative curves at a bottleneck: who has arrived, who has left, and the delay between."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.report.language import load
from trafficsim.report.look import MARKS, clock_axis, new_figure, short, styled
from trafficsim.results.frames import LABEL_COLUMNS

S_PER_H = 3600.0


@styled
def cumulative_curves(links: pd.DataFrame, first: str, last: str | None = None, free_flow_s: float | None = None,
                      language: str = "en") -> Figure:
    """Draw arrivals and departures of a stretch of road as cumulative curves.

    The curve of arrivals is moved by the free-flow time (Newell 1993); between it and departures, the area is the
    delay and the vertical distance the number of vehicles that are delayed.

    Parameters
    ----------
    links
        Table of that name, of one run.
    first, last
        Links at whose beginning arrivals are counted and at whose end departures; one link without ``last``. Who enters
        or leaves between them makes the curves drift apart.
    free_flow_s
        Free-flow time from one place to the other. Without it, that of one link at the free speeds of its vehicles.
    language
        Language of labels.

    Raises
    ------
    InputError
        If the table holds several runs or lacks a link, or the free-flow time is needed and not there.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"link": "a", "begin_s": [0.0, 60.0], "end_s": [60.0, 120.0], "entered": [10, 2],
    ...                       "left": [5, 7]})
    >>> cumulative_curves(table, "a", free_flow_s=20.0).axes[0].get_ylabel()
    'vehicles since the beginning'
    """
    words = load(language)
    labels = [name for name in LABEL_COLUMNS if name in links]
    if labels and len(links[labels].drop_duplicates()) > 1:
        raise InputError("plot: cumulative curves", "links of several runs", "those of one run",
                         "choose one scenario, alternative and replication")
    last = first if last is None else last
    arrived, departed = _counts(links, first, "entered"), _counts(links, last, "left")
    free_s = _free_s(links, first, last) if free_flow_s is None else free_flow_s
    moved = np.column_stack([arrived[:, 0] + free_s, arrived[:, 1]])
    figure = new_figure(4.0)
    axes = figure.add_subplot()
    for curve, key, style, link in ((arrived, "arrived", MARKS[6], first), (moved, "arrived_later", MARKS[1], first),
                                    (departed, "departed", MARKS[2], last)):
        axes.plot(curve[:, 0], curve[:, 1], color=style.colour, linestyle="solid" if key == "departed" else style.dash,
                  label=words.plain(f"signal_picture.{key}", **({} if key == "arrived_later" else
                                                                {"link": short(link)})))
    times, late = between(moved, departed)
    axes.fill_between(times, np.interp(times, *departed.T), np.interp(times, *departed.T) + late, color="#D9D9D9",
                      linewidth=0)
    clock_axis(axes, float(arrived[0, 0]), float(arrived[-1, 0]), words)
    axes.set_ylim(0.0, None)
    axes.set_xlabel(words.plain("plot.time"))
    axes.set_ylabel(words.plain("signal_picture.vehicles"))
    axes.set_title(words.plain("signal_picture.delay", delay=words.number(delay_veh_h(moved, departed), 1),
                               queue=words.number(float(late.max()), 0)))
    figure.legend(loc="outside lower left", ncols=3)
    return figure


def _counts(links: pd.DataFrame, link: str, column: str) -> NDArray[np.float64]:
    """Time and vehicles since the beginning, shape (n, 2)."""
    rows = links[links["link"] == link].sort_values("begin_s", kind="stable")
    if not len(rows):
        raise InputError(f"plot: link {link!r}", "no such link in the table", "a link of the network",
                         "correct the name")
    times = np.append(rows["begin_s"].to_numpy(np.float64)[:1], rows["end_s"].to_numpy(np.float64))
    return np.column_stack([times, np.append(0.0, np.cumsum(rows[column].to_numpy(np.float64)))])


def _free_s(links: pd.DataFrame, first: str, last: str) -> float:
    rows = links[links["link"] == first]
    known = (rows["free_flow_h"] if "free_flow_h" in rows else pd.Series([], dtype="float64")).dropna()
    left = float(rows["left"].sum())
    if first != last or not len(known) or left <= 0.0:
        raise InputError("plot: cumulative curves", f"no free-flow time from {first!r} to {last!r}",
                         "one link with vehicles, or free_flow_s", "give free_flow_s")
    return float(known.sum()) * S_PER_H / left


def between(arrived: NDArray[np.float64], departed: NDArray[np.float64]) -> tuple[NDArray[np.float64],
                                                                                  NDArray[np.float64]]:
    """Times at which either curve bends, and by how many vehicles departures lie below arrivals then."""
    inside = (arrived[:, 0] <= departed[-1, 0])
    times = np.union1d(arrived[inside, 0], departed[:, 0])
    late = np.interp(times, arrived[:, 0], arrived[:, 1], left=0.0) - np.interp(times, departed[:, 0], departed[:, 1])
    return times, np.maximum(late, 0.0)


def delay_veh_h(arrived: NDArray[np.float64], departed: NDArray[np.float64]) -> float:
    """Return the area between two cumulative curves.

    Examples
    --------
    >>> arrived = np.array([[0.0, 0.0], [3600.0, 100.0]])
    >>> departed = np.array([[0.0, 0.0], [3600.0, 60.0]])
    >>> delay_veh_h(arrived, departed)
    20.0
    """
    times, late = between(arrived, departed)
    return float(np.sum(np.diff(times) * (late[1:] + late[:-1]) / 2.0)) / S_PER_H
