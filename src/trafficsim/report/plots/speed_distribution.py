"""Distribution of speeds over the limit, by place and alternative."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.report.language import load
from trafficsim.report.look import new_figure, series_style, styled

BIN_KMH = 5.0
COLUMNS, PANEL_INCH = 2, 2.1


@styled
def speed_distribution(
    speed_counts: pd.DataFrame, places: Sequence[str] | None = None, language: str = "en"
) -> Figure:
    """Draw How many vehicles had which speed over the limit: a panel per place, a line per alternative.

    Parameters
    ----------
    speed_counts
        Table of that name, of one scenario and engine. Replications are added up.
    places
        Detectors, cameras, sections or paths to draw, in this order; without it all but paths.
    language
        Language of labels.

    Returns
    -------
    A figure. Steps are 5 km/h wide; right of the line at zero is above the limit.

    Raises
    ------
    InputError
        If no vehicle passed any of the places.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"scenario": "a", "engine": "ca", "alternative": ["do nothing"] * 2, "replication": 1,
    ...                       "place": "d", "role": "detector", "limit_kmh": 50.0, "bin_kmh": [-5.0, 0.0],
    ...                       "traversals": [30, 10]})
    >>> speed_distribution(table).axes[0].get_xlabel()
    'speed minus limit (km/h)'
    """
    words = load(language)
    table = speed_counts if places is not None else speed_counts[speed_counts["role"] != "path"]
    known = table["place"].unique().tolist()
    shown = [place for place in (known if places is None else places) if place in known]
    if not shown:
        raise InputError("plot: speed distribution", "no vehicle of any place", "vehicles that pass detectors",
                         "put up detectors where vehicles drive")
    alternatives = table["alternative"].unique().tolist()
    columns, rows = min(COLUMNS, len(shown)), math.ceil(len(shown) / COLUMNS)
    figure = new_figure(rows * PANEL_INCH + 0.35 + 0.2 * math.ceil(len(alternatives) / 3))
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for axes, place in zip(panels, shown, strict=False):
        _panel(axes, table[table["place"] == place], alternatives)
        axes.set_title(place)
        axes.set_xlabel(words.plain("plot.excess"))
    panels[0].set_ylim(bottom=0.0)
    for axes in panels[::columns]:
        axes.set_ylabel(words.plain("plot.share_of_passages"))
    for axes in panels[len(shown):]:
        axes.set_axis_off()
    handles = [Line2D([], [], color=series_style(n).colour, linestyle=series_style(n).dash, label=one)
               for n, one in enumerate(alternatives)]
    figure.legend(handles=handles, loc="outside lower left", ncols=min(3, len(alternatives)))
    return figure


def shares(rows: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower edges of all bins from the first to the last, and the share of vehicles (%) in each, over all replications.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"bin_kmh": [-5.0, 5.0, -5.0], "traversals": [1, 2, 1]})
    >>> [part.tolist() for part in shares(table)]
    [[-5.0, 0.0, 5.0], [50.0, 0.0, 50.0]]
    """
    total = rows.groupby("bin_kmh")["traversals"].sum()
    edges = np.arange(float(total.index.min()), float(total.index.max()) + BIN_KMH / 2, BIN_KMH)
    counts = total.reindex(edges, fill_value=0).to_numpy(np.float64)
    return edges, 100.0 * counts / counts.sum()


def _panel(axes: Any, rows: pd.DataFrame, alternatives: Sequence[str]) -> None:
    axes.axvline(0.0, color="black", linewidth=0.8)
    for place, alternative in enumerate(alternatives):
        part = rows[rows["alternative"] == alternative]
        if len(part):
            edges, share = shares(part)
            axes.stairs(share, np.append(edges, edges[-1] + BIN_KMH), baseline=None, color=series_style(place).colour,
                        linestyle=series_style(place).dash, linewidth=1.3)
    axes.grid(axis="y")
