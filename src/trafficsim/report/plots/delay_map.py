"""Map of a network coloured by how the delay on its links changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from trafficsim.base.errors import InputError
from trafficsim.report.language import Language, load
from trafficsim.report.look import LESS, MORE, STILL, WIDTH_INCH, new_figure, styled
from trafficsim.report.network_map import Line, beside, lines_of
from trafficsim.spec.network import Network
from trafficsim.spec.world import World

MOST_MARKS, MANY_LINKS = 12, 1500
LEAST_S = 0.5
"""Changes below half a second per vehicle are drawn as none: the tick is one second (modelling assumption)."""
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
    A figure: the wider a link, the larger its change; triangles mark the largest, upwards for more delay.

    Raises
    ------
    InputError
        If no link has a place, or one of the alternatives has no rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from trafficsim.spec.build import grid
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
    largest = max(float(change.abs().max()), LEAST_S)
    values = {link: float(change.get(link, 0.0)) for link in lines}
    scale = _points_per_metre(figure, axes)
    side = -1.0 if roads.left_hand_traffic else 1.0
    drawn = {link: beside(line, side * 2.2, scale) for link, line in lines.items()}
    for kind, colour, order in ((0, STILL, 1), (-1, LESS, 2), (1, MORE, 3)):
        chosen = [link for link, value in values.items() if _kind(value) == kind]
        widths = [1.0 + 4.0 * abs(values[link]) / largest if kind else 0.9 for link in chosen]
        axes.add_collection(LineCollection([drawn[link] for link in chosen], colors=colour, linewidths=widths,
                                           capstyle="round", zorder=order, rasterized=len(lines) > MANY_LINKS))
    _mark_largest(axes, drawn, values)
    _legend(figure, words, largest)
    return figure


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


def _kind(value: float) -> int:
    return 0 if abs(value) < LEAST_S else 1 if value > 0.0 else -1


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


def _mark_largest(axes: Any, drawn: dict[str, Line], values: dict[str, float]) -> None:
    largest = sorted((link for link in drawn if _kind(values[link])), key=lambda link: (-abs(values[link]), link))
    for link in largest[:MOST_MARKS]:
        line, more = drawn[link], values[link] > 0.0
        middle = line[len(line) // 2] if len(line) > 2 else tuple(np.mean(line, axis=0))
        axes.plot([middle[0]], [middle[1]], marker="^" if more else "v", markersize=8, color=MORE if more else LESS,
                  markeredgecolor="white", markeredgewidth=0.7, linestyle="none", zorder=5)


def _legend(figure: Figure, words: Language, largest: float) -> None:
    most = words.number(largest, 1)
    handles = [Line2D([], [], color=LESS, linewidth=4, marker="v", label=words.plain("plot.less_delay", most=most)),
               Line2D([], [], color=STILL, linewidth=1, label=words.plain("plot.same_delay")),
               Line2D([], [], color=MORE, linewidth=4, marker="^", label=words.plain("plot.more_delay", most=most))]
    figure.legend(handles=handles, loc="outside lower left", ncols=3)
