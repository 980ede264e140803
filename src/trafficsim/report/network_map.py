"""Map of a network: links with their lanes, signals, and groups in colours that all readers can tell apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from trafficsim.report.language import Language, load
from trafficsim.report.look import Picture, save, short
from trafficsim.report.places import MOST_SIGNALS, Line, paths_through, signal_names, signal_places, write_streets
from trafficsim.spec.network import Network

# Okabe and Ito (2008), Color Universal Design: the colours that differ for all common kinds of colour vision.
GROUP_COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
ROAD_COLOUR, SIGNAL_COLOUR = "#555555", "#000000"
JUNCTION_COLOUR = "#9A9A9A"
GROUP_STYLES = ("solid", (0, (4, 1)), (0, (1, 0.6)), (0, (6, 1, 1, 1)), "solid", (0, (4, 1)))
MOST_GROUPS = len(GROUP_COLOURS)
WIDTH_INCH, FLAT_HEIGHT_INCH, LEAST_HEIGHT_INCH, MOST_HEIGHT_INCH = 9.0, 0.7, 1.7, 8.0
LANE_POINTS = 1.3
MANY_LINKS = 1500
LONG_SHAPE = 4.0


def network_map(network: Network, path: str | Path | None = None, title: str = "", language: str = "en") -> Figure:
    """Draw a network, and save it as PNG when a path is given.

    Each direction is drawn to the right of its centre line (left in left-hand traffic), as wide as it has lanes. The
    first six groups have their own colour and dash; signals are squares. A network much longer than wide is drawn with
    its north-south scale enlarged, and says so.

    Parameters
    ----------
    network
        The network; links without coordinates and geometry are left out.
    path
        PNG file to write.
    title
        Title of the figure.
    language
        Language of labels.

    Raises
    ------
    MachineError
        If the file cannot be written.

    Examples
    --------
    >>> from trafficsim.design.synthetic import grid
    >>> len(network_map(grid(2, 2)).axes)
    1
    """
    words, lines = load(language), lines_of(network)
    figure, scale = _canvas([point for line in lines.values() for point in line])
    axes = figure.axes[0]
    handles = _draw_links(axes, network, lines, scale, words)
    handles += _draw_signals(axes, network, words)
    stretch = scale[1] / scale[0]
    axes.set_xlabel(words.plain("plot.east"))
    if len({y for line in lines.values() for _, y in line}) == 1:
        _draw_straight_road(axes, lines)
    else:
        key = "plot.north_times" if stretch > 1.5 else "plot.north"
        axes.set_ylabel(words.plain(key, times=words.number(stretch, 0)))
    size = words.plain("plot.network_size", links=len(lines), signals=len(network.signals))
    axes.set_title(title or size, fontsize=10, loc="left")
    if handles:
        axes.legend(handles=handles, fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    if path is not None:
        save(figure, path)
    return figure


def lines_of(network: Network) -> dict[str, Line]:
    """Return the drawn line of every link that has a place."""
    lines: dict[str, Line] = {}
    nodes = network.graph.nodes
    for tail, head, attributes in network.graph.edges(data=True):
        points = [(float(x), float(y)) for x, y in attributes.get("geometry") or ()]
        if len(points) < 2:
            places = [(nodes[node].get("x_m"), nodes[node].get("y_m")) for node in (tail, head)]
            points = [(float(x), float(y)) for x, y in places if x is not None and y is not None]
        if len(points) >= 2:
            lines[str(attributes["id"])] = points
    return lines


def _canvas(points: Sequence[tuple[float, float]]) -> tuple[Figure, tuple[float, float]]:
    """Return a figure whose axes fit the points, and its scale in points per metre to the east and to the north."""
    xs, ys = [x for x, _ in points] or [0.0, 1.0], [y for _, y in points] or [0.0, 1.0]
    width, height = max(max(xs) - min(xs), 1.0), max(ys) - min(ys)
    tall = WIDTH_INCH * 0.72 * height / width
    inches = min(max(tall, LEAST_HEIGHT_INCH if height > 0 else FLAT_HEIGHT_INCH), MOST_HEIGHT_INCH)
    figure = Picture(figsize=(WIDTH_INCH, inches + 0.9), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    per_x = 72 * WIDTH_INCH * 0.72 / (1.08 * width)
    per_y = per_x
    if width > LONG_SHAPE * height:
        per_y = max(per_x, 72 * inches / (1.3 * max(height, width / 40)))
        axes.set_aspect(per_y / per_x, adjustable="box")
        margin = 0.15 * max(height, width / 40)
        axes.set_ylim(min(ys) - margin, max(ys) + margin)
    else:
        axes.set_aspect("equal", adjustable="box")
        axes.set_ylim(min(ys) - 0.04 * max(width, height), max(ys) + 0.04 * max(width, height))
        per_x = per_y = min(per_x, 72 * inches / (1.08 * max(height, 1.0)))
    axes.set_xlim(min(xs) - 0.04 * width, max(xs) + 0.04 * width)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=7)
    return figure, (per_x, per_y)


def _draw_links(axes: Any, network: Network, lines: dict[str, Line], scale: tuple[float, float],
                words: Language) -> list[Line2D]:
    lane_points = LANE_POINTS if len(lines) <= MANY_LINKS else 0.4
    side = -1.0 if network.left_hand_traffic else 1.0
    shown = list(network.groups)[:MOST_GROUPS]
    group_of = {link: number for number, name in reversed(list(enumerate(shown))) for link in network.groups[name]}
    batches: dict[int, tuple[list[Line], list[float]]] = {}
    moved: dict[str, Line] = {}
    attributes = network.links
    for link, line in lines.items():
        lanes = int(attributes[link].get("lanes", 1))
        drawn, widths = batches.setdefault(group_of.get(link, -1), ([], []))
        moved[link] = beside(line, side * (lanes * lane_points / 2 + 0.3), scale)
        drawn.append(moved[link])
        widths.append(lanes * lane_points)
    _draw_junctions(axes, network, moved)
    write_streets(axes, network, moved)
    handles = []
    for group, (drawn, widths) in sorted(batches.items()):
        colour = ROAD_COLOUR if group < 0 else GROUP_COLOURS[group]
        style: Any = "solid" if group < 0 else GROUP_STYLES[group]
        axes.add_collection(LineCollection(drawn, colors=colour, linewidths=widths, linestyles=[style],
                                           capstyle="butt"))
        label = (words.plain("plot.group", group=shown[group]) if group >= 0
                 else words.plain("plot.other_links" if shown else "plot.links"))
        handles.append(Line2D([], [], color=colour, linestyle=style, linewidth=2.5, label=label))
    return handles


def beside(line: Line, points: float, scale: tuple[float, float]) -> Line:
    """Shift a line to its right by a number of points on paper."""
    paper = [(x * scale[0], y * scale[1]) for x, y in line]
    moved = []
    for place, (x, y) in enumerate(paper):
        before, after = paper[max(place - 1, 0)], paper[min(place + 1, len(paper) - 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        moved.append(((x + points * dy / length) / scale[0], (y - points * dx / length) / scale[1]))
    return moved


def _draw_straight_road(axes: Any, lines: dict[str, Line]) -> None:
    """A road without any north-south extent: no scale there, but marks where links meet."""
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    ends = sorted({point for line in lines.values() for point in (line[0], line[-1])})
    axes.plot([x for x, _ in ends], [y for _, y in ends], linestyle="none", marker="|", markersize=10, color="black")


def _draw_junctions(axes: Any, network: Network, drawn: dict[str, Line]) -> None:
    """Draw the ways through the junctions, beneath the links."""
    connectors = list(paths_through(network, drawn).values())
    axes.add_collection(
        LineCollection(
            connectors,
            colors=JUNCTION_COLOUR,
            linewidths=0.5 if len(drawn) > MANY_LINKS else 1.6,
            capstyle="round",
            zorder=1,
        )
    )


def _draw_signals(axes: Any, network: Network, words: Language) -> list[Line2D]:
    signals, names = signal_places(network), signal_names(network)
    places = sorted(signals.values())
    if not places:
        return []
    if len(places) <= MOST_SIGNALS:
        for signal, place in signals.items():
            axes.annotate(short(names[signal]), place, xytext=(6, -7), textcoords="offset points", fontsize=6, zorder=6,
                          bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.5})
    size = 5.0 if len(places) <= 100 else 1.5
    style = {"marker": "s", "color": SIGNAL_COLOUR, "markerfacecolor": "#F0E442", "markeredgewidth": 0.8}
    axes.plot([x for x, _ in places], [y for _, y in places], linestyle="none", markersize=size, zorder=3, **style)
    return [Line2D([], [], linestyle="none", markersize=5, label=words.plain("plot.signal"), **style)]  # type: ignore[arg-type]
