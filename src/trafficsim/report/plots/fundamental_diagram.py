"""Fundamental diagrams: flow and speed over density, of links by road class, and of an area as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from trafficsim.base.errors import InputError
from trafficsim.report.language import Language, load
from trafficsim.report.look import new_figure, series_style, styled
from trafficsim.spec.network import Network
from trafficsim.spec.world import World

MANY_POINTS = 3000
COLUMNS = ["density_veh_km", "flow_veh_h", "speed_kmh"]
KEYS = ["alternative", "replication", "begin_s"]


@styled
def fundamental_diagram(
    links: pd.DataFrame, ids: Sequence[str] | None = None, language: str = "en", network: Network | World | None = None,
) -> Figure:
    """Draw flow and space-mean speed over density by Edie's definitions, one point per link and interval.

    Without a network, values are those of the whole link: for links with several lanes, sums over the lanes. With it,
    flow and density are those of a lane, and each road class has a row of its own: links of a class share a capacity
    and a free speed, links of several do not. Points of links with signals lie below what the road could carry,
    because vehicles wait in them.

    Parameters
    ----------
    links
        Table of that name.
    ids
        Links to draw; all without it.
    language
        Language of labels.
    network
        Gives road classes and lanes.

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
    points = chosen.dropna(subset=COLUMNS)
    if not len(points):
        raise InputError("plot: fundamental diagram", "no link with a vehicle on it", "links with traffic",
                         "name links that vehicles drive on")
    classes = [("", points)] if network is None else list(_by_class(points, network))
    figure = new_figure(3.4 + 2.8 * (len(classes) - 1))
    rows = figure.subplots(len(classes), 2, squeeze=False)
    for panels, (road_class, part) in zip(rows, classes, strict=True):
        _draw_class(panels, part, points["alternative"].unique().tolist(), rasterized=len(points) > MANY_POINTS)
        _label(panels, words, per_lane=network is not None)
        if road_class:
            panels[0].set_title(words.plain(f"road_class.{road_class}"))
    names = points["alternative"].unique().tolist()
    if len(names) > 1:
        figure.legend(*rows[0][0].get_legend_handles_labels(), loc="outside lower left", ncols=min(3, len(names)))
    return figure


def _by_class(points: pd.DataFrame, network: Network | World) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the points of each road class, flow and density per lane."""
    attributes = (network.network if isinstance(network, World) else network).links
    known = points[points["link"].isin(list(attributes))]
    lanes = known["link"].map({link: int(one.get("lanes", 1)) for link, one in attributes.items()}).astype(float)
    per_lane = known.assign(density_veh_km=known["density_veh_km"] / lanes, flow_veh_h=known["flow_veh_h"] / lanes)
    yield from per_lane.groupby(known["link"].map(
        {link: str(one.get("road_class", "urban")) for link, one in attributes.items()}), sort=True)


def _draw_class(panels: Sequence[Any], part: pd.DataFrame, names: Sequence[str], *, rasterized: bool) -> None:
    for place, name in enumerate(names):
        rows, look = part[part["alternative"] == name], series_style(place)
        for axes, column in zip(panels, ("flow_veh_h", "speed_kmh"), strict=True):
            axes.plot(rows["density_veh_km"].to_numpy(float), rows[column].to_numpy(float), linestyle="none",
                      marker=look.marker, markersize=3, markerfacecolor="none", markeredgecolor=look.colour,
                      markeredgewidth=0.7, label=name, rasterized=rasterized, alpha=0.25 if rasterized else None)


def _label(panels: Sequence[Any], words: Language, *, per_lane: bool) -> None:
    density, flow = ("plot.density_lane", "plot.flow_lane") if per_lane else ("plot.density", "plot.flow")
    for axes, key in zip(panels, (flow, "plot.speed"), strict=True):
        axes.set_xlabel(words.plain(density))
        axes.set_ylabel(words.plain(key))
        axes.set_xlim(left=0.0)
        axes.set_ylim(bottom=0.0)
        axes.grid()


def area_states(links: pd.DataFrame, network: Network | World, ids: Sequence[str] | None = None) -> pd.DataFrame:
    """Mean flow and density of a lane in an area, by alternative, replication and interval.

    Means of the links weighted by their length, summed over lanes and divided by the lane-kilometres of the area
    (Geroliminis and Daganzo 2008, equation 1): ``q = sum(q_i l_i) / sum(n_i l_i)``, ``k = sum(k_i l_i) / sum(n_i
    l_i)``, with flow and density of the whole link i, the length l over which they were measured (that of the link
    where the table has none) and its lanes n.

    Parameters
    ----------
    links
        Table of that name, of one scenario and engine.
    network
        Gives lengths and lanes.
    ids
        Links of the area; the whole network without it.

    Returns
    -------
    Columns ``alternative, replication, begin_s, flow_veh_h_lane, density_veh_km_lane``.

    Raises
    ------
    InputError
        If a link is unknown, or the table has none of them.

    Examples
    --------
    >>> from trafficsim.design.synthetic import corridor
    >>> table = pd.DataFrame({"alternative": "do nothing", "replication": 1, "link": ["east1", "east2"],
    ...                       "begin_s": 0.0, "density_veh_km": [10.0, 40.0], "flow_veh_h": [500.0, 800.0]})
    >>> area_states(table, corridor([300.0, 100.0], lanes=2)).iloc[0, 3:].tolist()
    [287.5, 8.75]
    """
    attributes = (network.network if isinstance(network, World) else network).links
    area = list(attributes) if ids is None else list(ids)
    unknown = sorted(set(area) - set(attributes))
    rows = links[links["link"].isin(area)]
    if unknown or not len(rows):
        raise InputError("plot: area", f"unknown links {unknown}" if unknown else "no link of it in the table",
                         "links of the network with traffic", "correct the links")
    length_m = rows["link"].map({link: float(attributes[link]["length_m"]) for link in area}).to_numpy(np.float64)
    if "measured_length_m" in rows:  # with connectors, as flow and density are
        length_m = rows["measured_length_m"].to_numpy(np.float64)
    lanes = rows["link"].map({link: int(attributes[link].get("lanes", 1)) for link in area}).to_numpy(np.float64)
    sums = rows[KEYS].assign(lane_m=length_m * lanes, **{
        name: rows[name].to_numpy(np.float64, na_value=0.0) * length_m for name in ("flow_veh_h", "density_veh_km")
    }).groupby(KEYS, sort=False, as_index=False).sum()
    return sums[KEYS].assign(flow_veh_h_lane=sums["flow_veh_h"] / sums["lane_m"],
                             density_veh_km_lane=sums["density_veh_km"] / sums["lane_m"])


def _means(states: pd.DataFrame) -> np.ndarray:
    """Density and flow by interval, shape (n, 2), means over replications; one that has ended is empty."""
    runs = states["replication"].nunique()
    sums = states.groupby("begin_s", sort=True)[["density_veh_km_lane", "flow_veh_h_lane"]].sum()
    return np.asarray(sums.to_numpy(np.float64) / runs)


@styled
def macroscopic_fundamental_diagram(
    links: pd.DataFrame, network: Network | World, ids: Sequence[str] | None = None, language: str = "en",
) -> Figure:
    """Draw the mean flow of an area over its mean density: the macroscopic fundamental diagram.

    Parameters
    ----------
    links
        Table of that name, of one scenario and engine.
    network
        Gives lengths and lanes.
    ids
        Links of the area; the whole network without it.
    language
        Language of labels.

    Returns
    -------
    A figure: a small point per replication and interval; large marks are means over replications, joined in the order
    of time, hollow at the beginning. A line that falls back below where it rose is the hysteresis of filling and
    emptying.

    Raises
    ------
    InputError
        If a link is unknown, or the table has none of them.

    Examples
    --------
    >>> from trafficsim.design.synthetic import corridor
    >>> table = pd.DataFrame({"alternative": "do nothing", "replication": 1, "link": "east1",
    ...                       "begin_s": [0.0, 60.0], "density_veh_km": [10.0, 40.0], "flow_veh_h": [500.0, 800.0]})
    >>> macroscopic_fundamental_diagram(table, corridor([300.0])).axes[0].get_xlabel()
    'density (veh/km/lane)'
    """
    words, states = load(language), area_states(links, network, ids)
    figure = new_figure(4.0)
    axes = figure.add_subplot()
    for place, (name, rows) in enumerate(states.groupby("alternative", sort=False)):
        look = series_style(place)
        means = _means(rows)
        axes.plot(rows["density_veh_km_lane"].to_numpy(float), rows["flow_veh_h_lane"].to_numpy(float),
                  linestyle="none", marker=".", markersize=2, color=look.colour, alpha=0.35,
                  rasterized=True)
        axes.plot(means[:, 0], means[:, 1], color=look.colour, linestyle=look.dash, linewidth=1.0, marker=look.marker,
                  markersize=4, label=str(name))
        axes.plot(means[:1, 0], means[:1, 1], linestyle="none", marker=look.marker, markersize=6, color=look.colour,
                  markerfacecolor="white")
    axes.set_xlabel(words.plain("plot.density_lane"))
    axes.set_ylabel(words.plain("plot.flow_lane"))
    axes.set_xlim(left=0.0)
    axes.set_ylim(bottom=0.0)
    axes.grid()
    figure.legend(loc="outside lower left", ncols=3)
    return figure
