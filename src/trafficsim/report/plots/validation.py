"""Observed against simulated: a scatter of flows with the bands of guidelines, and time series in their envelopes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from trafficsim.base.errors import InputError
from trafficsim.outcomes.validation.days import TWO_SIGMA
from trafficsim.outcomes.validation.flows import (
    BAND_SHARE,
    HIGH_BAND_VEH_H,
    HIGH_FLOW_VEH_H,
    LOW_BAND_VEH_H,
    LOW_FLOW_VEH_H,
)
from trafficsim.outcomes.validation.guidelines import GEH_LINK
from trafficsim.report.language import Language, load
from trafficsim.report.look import STILL, clock_axis, new_figure, series_style, short, styled

SIDE_INCH, PANEL_INCH, COLUMNS = 4.6, 2.0, 2
POINTS = 200


def geh_limits(observed: np.ndarray, geh: float) -> tuple[np.ndarray, np.ndarray]:
    """Simulated flows at which GEH has this value: ``m = c + (g^2 +- sqrt(g^4 + 16 g^2 c)) / 4``.

    Examples
    --------
    >>> low, high = geh_limits(np.array([1000.0]), 5.0)
    >>> round(float(low[0]), 1), round(float(high[0]), 1)
    (848.0, 1164.5)
    """
    root = np.sqrt(geh**4 + 16.0 * geh**2 * observed)
    return observed + (geh**2 - root) / 4.0, observed + (geh**2 + root) / 4.0


@styled
def observed_and_simulated(table: pd.DataFrame, language: str = "en") -> Figure:
    """Draw simulated over observed flows with the bands within which guidelines want them.

    Parameters
    ----------
    table
        Rows of :attr:`trafficsim.results.validation.Validation.table` of one scenario, engine and use of the data.
    language
        Language of labels.

    Returns
    -------
    A figure: a mark per flow (filled where GEH is below 5) with its interval over replications, the line of equality,
    the curves of GEH = 5, and the bands of FHWA 2004 and TAG unit M3.1.

    Raises
    ------
    InputError
        If there is no simulated flow.

    Examples
    --------
    >>> rows = pd.DataFrame({"observed": [700.0, 1000.0], "simulated": [710.0, 1200.0], "low": [690.0, None],
    ...                      "high": [730.0, None], "geh": [0.4, 6.0]})
    >>> observed_and_simulated(rows).axes[0].get_xlabel()
    'observed flow (veh/h)'
    """
    rows = table[table["geh"].notna()]
    if not len(rows):
        raise InputError("plot: validation", "no flow that was observed and simulated", "counts of links",
                         "name counts under [validation]")
    words = load(language)
    seen, ours = (rows[name].to_numpy(np.float64) for name in ("observed", "simulated"))
    most = 1.12 * float(max(seen.max(), ours.max(), 1.0))
    figure = new_figure(SIDE_INCH, SIDE_INCH + 1.2)
    axes = figure.subplots()
    _bands(axes, np.linspace(0.0, most, POINTS), words)
    _marks(axes, rows, words)
    axes.set_xlim(0.0, most)
    axes.set_ylim(0.0, most)
    axes.set_aspect("equal")
    axes.set_xlabel(words.plain("plot.observed_flow"))
    axes.set_ylabel(words.plain("plot.simulated_flow"))
    axes.legend(loc="upper left")
    return figure


def _bands(axes: Any, flow: np.ndarray, words: Language) -> None:
    allowed = np.where(flow < LOW_FLOW_VEH_H, LOW_BAND_VEH_H,
                       np.where(flow > HIGH_FLOW_VEH_H, HIGH_BAND_VEH_H, BAND_SHARE * flow))
    axes.fill_between(flow, np.maximum(flow - allowed, 0.0), flow + allowed, color=STILL, alpha=0.18, linewidth=0,
                      label=words.plain("plot.flow_bands"))
    low, high = geh_limits(flow, GEH_LINK)
    axes.plot(flow, np.maximum(low, 0.0), color=STILL, linewidth=1.0, linestyle=(0, (4, 2)),
              label=words.plain("plot.geh_limit"))
    axes.plot(flow, high, color=STILL, linewidth=1.0, linestyle=(0, (4, 2)))
    axes.plot(flow, flow, color=STILL, linewidth=1.0)


def _marks(axes: Any, rows: pd.DataFrame, words: Language) -> None:
    look = series_style(1)
    known = rows[rows["low"].notna()]
    if len(known):
        middle, low, high = (known[name].to_numpy(np.float64) for name in ("simulated", "low", "high"))
        axes.errorbar(known["observed"].to_numpy(np.float64), middle, yerr=[middle - low, high - middle], fmt="none",
                      ecolor=look.colour, elinewidth=0.8)
    for inside, key, face in ((True, "plot.geh_inside", look.colour), (False, "plot.geh_outside", "white")):
        part = rows[(rows["geh"] < GEH_LINK) == inside]
        if len(part):
            axes.plot(part["observed"].to_numpy(np.float64), part["simulated"].to_numpy(np.float64), linestyle="none",
                      marker=look.marker, color=look.colour, markerfacecolor=face, label=words.plain(key))


@styled
def variation_envelopes(intervals: pd.DataFrame, places: tuple[str, ...], language: str = "en") -> Figure:
    """Draw simulated values over the time of day within the envelopes of FHWA 2019, a panel per place.

    Parameters
    ----------
    intervals
        Rows of :attr:`trafficsim.results.validation.Validation.intervals` of one scenario, engine and use of the data.
    places
        Places with several days, in the order in which they are drawn.
    language
        Language of labels.

    Returns
    -------
    A figure: the representative day, 1.96 and 1 standard deviations of days about it, and the simulated means with
    their intervals over replications.

    Raises
    ------
    InputError
        If a place has no days to speak of.

    Examples
    --------
    >>> rows = pd.DataFrame({"place": "a", "unit": "veh/h", "begin_s": [0.0, 900.0], "end_s": [900.0, 1800.0],
    ...                      "representative": [600.0, 640.0], "observed_sd": [20.0, 30.0],
    ...                      "simulated": [610.0, 700.0], "low": [590.0, 680.0], "high": [630.0, 720.0]})
    >>> variation_envelopes(rows, ("a",)).axes[0].get_title(loc="left")
    'a'
    """
    rows = intervals[intervals["representative"].notna()]
    if not places or not set(places) <= set(rows["place"]):
        raise InputError("plot: envelopes", f"places {', '.join(places)}", "places that were observed on several days",
                         "give counts or travel times of several days")
    words, lines = load(language), -(-len(places) // COLUMNS)
    figure = new_figure(lines * PANEL_INCH + 0.7)
    panels = figure.subplots(lines, COLUMNS, squeeze=False).ravel()
    for axes, place in zip(panels, places, strict=False):
        _envelope(axes, rows[rows["place"] == place].sort_values("begin_s"), words)
        axes.set_title(short(place, 40))
    for axes in panels[len(places):]:
        axes.set_visible(False)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def _envelope(axes: Any, rows: pd.DataFrame, words: Language) -> None:
    begin, end, value, sd = (rows[name].to_numpy(np.float64) for name in
                             ("begin_s", "end_s", "representative", "observed_sd"))
    edges = np.append(begin, end[-1])
    for sigmas, alpha, key in ((TWO_SIGMA, 0.16, "plot.two_sigma"), (1.0, 0.3, "plot.one_sigma")):
        axes.stairs(value + sigmas * sd, edges, baseline=value - sigmas * sd, fill=True, color=STILL, alpha=alpha,
                    linewidth=0, label=words.plain(key))
    axes.stairs(value, edges, baseline=None, color="#000000", label=words.plain("plot.representative_day"))
    known = rows[rows["simulated"].notna()]
    look, middle = series_style(1), known["simulated"].to_numpy(np.float64)
    centre = (known["begin_s"].to_numpy(np.float64) + known["end_s"].to_numpy(np.float64)) / 2.0
    low, high = (known[name].fillna(known["simulated"]).to_numpy(np.float64) for name in ("low", "high"))
    axes.errorbar(centre, middle, yerr=[middle - low, high - middle], color=look.colour, marker=look.marker,
                  markersize=4, linestyle="none", elinewidth=0.8, label=words.plain("plot.simulated_mean"))
    axes.set_ylabel(words.plain("plot.travel_time" if rows["unit"].iloc[0] == "s" else "plot.flow_veh_h"))
    clock_axis(axes, float(begin[0]), float(end[-1]), words)
    axes.grid(axis="y")
