"""Fundamental diagram: flow and speed over density, one point per link and interval."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from trafficsim.base.errors import InputError
from trafficsim.report.language import load
from trafficsim.report.look import mark, new_figure, styled

MANY_POINTS = 3000


@styled
def fundamental_diagram(links: pd.DataFrame, ids: Sequence[str] | None = None, language: str = "en") -> Figure:
    """Draw flow and space-mean speed over density by Edie's definitions, one point per link and interval.

    Values are those of the whole link: for links with several lanes, sums over the lanes. Points of links with
    signals lie below what the road could carry, because vehicles wait in them.

    Parameters
    ----------
    links
        Table of that name.
    ids
        Links to draw; all without it.
    language
        Language of labels.

    Raises
    ------
    InputError
        If no link had a vehicle on it.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"alternative": "do nothing", "link": "a", "density_veh_km": [10.0, 20.0],
    ...                       "flow_veh_h": [500.0, 900.0], "speed_kmh": [50.0, 45.0]})
    >>> [axes.get_ylabel() for axes in fundamental_diagram(table).axes]
    ['flow (veh/h)', 'space-mean speed (km/h)']
    """
    words = load(language)
    chosen = links if ids is None else links[links["link"].isin(list(ids))]
    points = chosen.dropna(subset=["density_veh_km", "flow_veh_h", "speed_kmh"])
    if not len(points):
        raise InputError("plot: fundamental diagram", "no link with a vehicle on it", "links with traffic",
                         "name links that vehicles drive on")
    figure = new_figure(3.4)
    panels = figure.subplots(1, 2)
    names = points["alternative"].unique().tolist()
    for place, name in enumerate(names):
        part, look = points[points["alternative"] == name], mark(place)
        for axes, column in zip(panels, ("flow_veh_h", "speed_kmh"), strict=True):
            axes.plot(part["density_veh_km"].to_numpy(float), part[column].to_numpy(float), linestyle="none",
                      marker=look.marker, markersize=3, markerfacecolor="none", markeredgecolor=look.colour,
                      markeredgewidth=0.7, label=name, rasterized=len(points) > MANY_POINTS)
    for axes, key in zip(panels, ("plot.flow", "plot.speed"), strict=True):
        axes.set_xlabel(words.plain("plot.density"))
        axes.set_ylabel(words.plain(key))
        axes.set_xlim(left=0.0)
        axes.set_ylim(bottom=0.0)
        axes.grid()
    if len(names) > 1:
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower left", ncols=min(3, len(names)))
    return figure
