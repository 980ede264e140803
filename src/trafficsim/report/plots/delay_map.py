"""Map of a network coloured by how the delay on its links changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure

from trafficsim.base.errors import InputError
from trafficsim.report.language import Language, load
from trafficsim.report.look import LESS, MORE, WIDTH_INCH, new_figure, short, styled
from trafficsim.report.network_map import beside, lines_of
from trafficsim.report.places import MOST_SIGNALS, Line, paths_through, signal_names, signal_places, write_streets
from trafficsim.spec.network import Network
from trafficsim.spec.world import World

MOST_MARKS, MANY_LINKS = 12, 1500
LIMITS_S = (0.5, 5.0, 15.0, 30.0, 60.0, 120.0)
"""Where the steps of the colour scale begin: one scale for all maps, so that they can be held side by side. Changes
below half a second per vehicle are drawn as none: the tick is one second (modelling assumption)."""
LEAST_S, STEPS = LIMITS_S[0], len(LIMITS_S)
COLOURS = ("#002B45", "#00496F", "#0072B2", "#2E8CC3", "#62A8D3", "#97C3E0", "#ABABAB",
           "#EDB48E", "#E58F57", "#DC7026", "#D55E00", "#963F00", "#5E2600")
"""Less delay in blue, more in vermilion (Okabe and Ito 2008), the larger the darker."""
THIN, WIDER = 1.0, 0.75
LONG_SHAPE = 4.0


@styled
def delay_map(
    network: Network | World, links: pd.DataFrame, alternative: str, baseline: str = "do nothing",
    begin_s: float = -np.inf, language: str = "en",
) -> Figure:
    """Draw the links of a network in colours of the change of delay per vehicle.

    Parameters
    ----------
    network
        Gives the geometry; links without any are left out.
    links
        Table of that name, of one scenario and engine; replications that both alternatives have are added up.
    alternative, baseline
        What is compared.
    begin_s
        Intervals that begin earlier do not count.
    language
        Language of labels.

    Returns
    -------
    A figure: colour and width in the steps of one scale, the darker and wider the larger the change; triangles mark the
    largest, upwards for more delay; signals and streets have their names where the network knows them.

    Raises
    ------
    InputError
        If no link has a place, or one of the alternatives has no rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from trafficsim.design.synthetic import grid
    >>> city = grid(2, 2)
    >>> link = next(iter(city.links))
    >>> table = pd.DataFrame({"replication": 1, "alternative": ["do nothing", "retimed"], "link": link, "begin_s": 0.0,
    ...                       "entered": 10.0, "left": 10.0, "delay_s_per_vehicle": [30.0, 20.0]})
    >>> delay_map(city, table, "retimed").axes[0].get_xlabel()
    'east (m)'
    """
    words = load(language)
    roads = network.network if isinstance(network, World) else network
    lines = lines_of(roads)
    change = delay_change_s(links, alternative, baseline, begin_s)
    if not lines or not len(change):
        found = f"no rows of {alternative!r} or {baseline!r}" if lines else "no geometry"
        raise InputError("plot: map of delay", found, "a network with places, and rows of both alternatives",
                         "choose others")
    figure, axes = _canvas(lines, words)
    scale = _points_per_metre(figure, axes)
    side = -1.0 if roads.left_hand_traffic else 1.0
    drawn = {link: beside(line, side * 2.2, scale) for link, line in lines.items()}
    values = {link: float(change.get(link, 0.0)) for link in lines}
    _draw_links(axes, roads, drawn, values)
    _show_largest(axes, drawn, values)
    _name_places(axes, roads, drawn)
    _legend(figure, axes, words)
    return figure


def _draw_links(axes: Any, roads: Network, drawn: Mapping[str, Line], values: Mapping[str, float]) -> None:
    """Draw links, and the ways on through the junctions in the colour of the link that they come from."""
    through = paths_through(roads, drawn)
    pieces = [(line, values[start], 0.6) for (start, _), line in through.items()]
    pieces += [(line, values[link], 1.0) for link, line in drawn.items()]
    pieces.sort(key=lambda piece: abs(piece[1]))
    steps = [step_of(value) for _, value, _ in pieces]
    axes.add_collection(LineCollection(
        [line for line, _, _ in pieces], colors=[COLOURS[step + STEPS] for step in steps],
        linewidths=[share * (THIN + WIDER * abs(step)) for (_, _, share), step in zip(pieces, steps, strict=True)],
        capstyle="round", zorder=2, rasterized=len(drawn) > MANY_LINKS))


def step_of(change_s: float) -> int:
    """Step of the colour scale of a change of delay: 0 for none, 1 to 6 for more, -1 to -6 for less.

    Examples
    --------
    >>> step_of(0.3), step_of(4.0), step_of(-45.0), step_of(1000.0)
    (0, 1, -4, 6)
    """
    step = sum(abs(change_s) >= limit for limit in LIMITS_S)
    return step if change_s > 0.0 else -step


def delay_change_s(links: pd.DataFrame, alternative: str, baseline: str, begin_s: float = -np.inf) -> pd.Series[float]:
    """Change of the delay per vehicle on each link in s (alternative - baseline), over shared replications.

    The delay of an interval is ``delay_s_per_vehicle`` times the vehicles that were on the link in it; sums over
    intervals and replications are divided by the vehicles that entered. Links that nobody entered are left out.
    """
    both = links[links["alternative"].isin([alternative, baseline])]
    sets = [set(both["replication"][both["alternative"] == one]) for one in (alternative, baseline)]
    shared = both[both["replication"].isin(sets[0] & sets[1])]
    per_vehicle = {}
    for name in (alternative, baseline):
        rows = shared[shared["alternative"] == name].sort_values(["replication", "link", "begin_s"], kind="stable")
        gain = (rows["entered"] - rows["left"]).astype(float)
        there = gain.groupby([rows["replication"], rows["link"]]).cumsum() - gain
        present = there.clip(lower=0.0) + rows["entered"].astype(float)
        lost = rows["delay_s_per_vehicle"].astype("Float64").fillna(0.0).astype(float) * present
        judged = rows["begin_s"].astype(float) >= begin_s
        total = lost[judged].groupby(rows["link"][judged]).sum()
        entered = rows["entered"][judged].astype(float).groupby(rows["link"][judged]).sum()
        per_vehicle[name] = (total / entered.where(entered > 0.0)).dropna()
    return (per_vehicle[alternative] - per_vehicle[baseline]).dropna()


def _canvas(lines: dict[str, Line], words: Language) -> tuple[Figure, Any]:
    xs, ys = ([point[axis] for line in lines.values() for point in line] for axis in (0, 1))
    width, height = max(max(xs) - min(xs), 1.0), max(ys) - min(ys)
    long = width > LONG_SHAPE * height
    figure = new_figure(2.6 if long else min(max(WIDTH_INCH * height / width, 2.5), 8.0) + 0.9)
    axes = figure.add_subplot()
    if not long:
        axes.set_aspect("equal", adjustable="box")
    margin = 0.04 * max(width, height)
    above = 0.25 * height + 5.0 if long else margin
    axes.set_xlim(min(xs) - margin, max(xs) + margin)
    axes.set_ylim(min(ys) - above, max(ys) + above)
    axes.set_xlabel(words.plain("plot.east"))
    axes.set_ylabel(words.plain("plot.north_enlarged" if long else "plot.north"))
    return figure, axes


def _points_per_metre(figure: Figure, axes: Any) -> tuple[float, float]:
    figure.draw_without_rendering()
    box = axes.get_window_extent()
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    per_inch = 72.0 / figure.dpi
    return box.width * per_inch / (right - left), box.height * per_inch / (high - low)


def _show_largest(axes: Any, drawn: Mapping[str, Line], values: Mapping[str, float]) -> None:
    largest = sorted((link for link in drawn if step_of(values[link])), key=lambda link: (-abs(values[link]), link))
    for link in largest[:MOST_MARKS]:
        line, more = drawn[link], values[link] > 0.0
        middle = line[len(line) // 2] if len(line) > 2 else tuple(np.mean(line, axis=0))
        axes.plot([middle[0]], [middle[1]], marker="^" if more else "v", markersize=7, color=MORE if more else LESS,
                  markeredgecolor="white", markeredgewidth=0.7, linestyle="none", zorder=5)


def _name_places(axes: Any, roads: Network, drawn: Mapping[str, Line]) -> None:
    """Write the names of signals, at most so many that they can be read, and of streets."""
    names, places = signal_names(roads), signal_places(roads)
    if len(places) <= MOST_SIGNALS:
        for signal, (x, y) in places.items():
            axes.plot([x], [y], marker="s", markersize=3.5, color="black", markerfacecolor="#F0E442",
                      markeredgewidth=0.6, linestyle="none", zorder=4)
            axes.annotate(short(names[signal]), (x, y), xytext=(6, -7), textcoords="offset points", fontsize=6,
                          zorder=6, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.5})
    write_streets(axes, roads, drawn)


def _legend(figure: Figure, axes: Any, words: Language) -> None:
    """One scale of steps for all maps: changes in s per vehicle, less at one end and more at the other."""
    bounds = [-limit for limit in reversed(LIMITS_S)] + list(LIMITS_S)
    colours = ListedColormap(COLOURS[1:-1]).with_extremes(under=COLOURS[0], over=COLOURS[-1])
    bar = figure.colorbar(ScalarMappable(BoundaryNorm(bounds, len(COLOURS) - 2), colours), ax=axes, location="bottom",
                          shrink=0.8, aspect=45, pad=0.01, extend="both", spacing="uniform", ticks=bounds)
    bar.ax.set_xticklabels([words.number(bound, signed=True) for bound in bounds])
    bar.set_label(words.plain("plot.change_of_delay"))
