"""Map of where policies act: links, signals and places that they change, by policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from trafficsim.base.errors import InputError
from trafficsim.report.language import Language, load
from trafficsim.report.look import new_figure, styled
from trafficsim.report.network_map import lines_of
from trafficsim.report.places import Line, Point, paths_through, signal_places, write_streets
from trafficsim.spec.network import Network

WIDTH_INCH, LEAST_HEIGHT_INCH, MOST_HEIGHT_INCH = 4.9, 1.3, 2.7
LEAST_LEGEND_INCH, ROW_INCH = 0.6, 0.19
SCALES_M = (10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0, 20_000.0, 50_000.0)
COLOURS = ("#0072B2", "#D55E00", "#007A5A", "#B5568A", "#8A6A00", "#000000")
"""Okabe and Ito (2008)."""
MARKERS = ("s", "D", "^", "P", "X", "v")
DASHES: tuple[Any, ...] = ("solid", (0, (4, 1)), (0, (1, 0.8)), (0, (6, 1, 1, 1)), "solid", (0, (4, 1)))


class Acts(NamedTuple):
    """Where one policy acts: links, signal programs, and how it is called."""

    label: str
    links: frozenset[str]
    signals: frozenset[str]


@styled
def where_it_acts(network: Network, acts: Mapping[str, Acts], language: str = "en") -> Figure:
    """Draw a network in grey, and on it what each policy changes.

    Parameters
    ----------
    network
        Gives the geometry; links without any are left out.
    acts
        What each policy changes, by its kind.
    language
        Language of labels.

    Raises
    ------
    InputError
        If no link has a place.

    Examples
    --------
    >>> from trafficsim.design.synthetic import grid
    >>> city = grid(2, 2)
    >>> limit = Acts("speed limit", frozenset(list(city.links)[:2]), frozenset())
    >>> [text.get_text() for text in where_it_acts(city, {"speed_limit": limit}).legends[0].get_texts()]
    ['speed limit']
    """
    words, lines = load(language), lines_of(network)
    if not lines:
        raise InputError("plot: where policies act", "no geometry", "a network with places", "give coordinates")
    figure, axes = _canvas(lines, words, len(acts))
    grey = [*paths_through(network, lines).values(), *lines.values()]
    axes.add_collection(LineCollection(grey, colors="#B9B9B9", linewidths=1.2, capstyle="round", zorder=1))
    places, handles = signal_places(network), []
    for number, one in enumerate(acts.values()):
        handles.append(_draw(axes, one, number, (lines, places)))
    if handles:
        figure.legend(handles=handles, loc="outside lower left", ncols=1)
    write_streets(axes, network, lines)
    return figure


def _draw(axes: Any, one: Acts, number: int, drawn: tuple[Mapping[str, Line], Mapping[str, Point]]) -> Line2D:
    """Draw links as a wide line and signals as a mark, those of several policies beside each other."""
    lines, places = drawn
    colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
    chosen = [lines[link] for link in sorted(one.links) if link in lines]
    axes.add_collection(LineCollection(chosen, colors=colour, linewidths=3.2, linestyles=[DASHES[number % len(DASHES)]],
                                       capstyle="butt", zorder=2))
    points = [places[signal] for signal in sorted(one.signals) if signal in places]
    for x, y in points:
        axes.plot([x], [y], marker=marker, color=colour, markersize=7 - min(number, 3), markeredgecolor="white",
                  markeredgewidth=0.6, linestyle="none", zorder=3 + number)
    return Line2D([], [], color=colour, marker=marker if points else "", label=one.label,
                  linestyle=DASHES[number % len(DASHES)] if chosen else "none", linewidth=3.2, markersize=6)


def _canvas(lines: Mapping[str, Line], words: Language, rows: int) -> tuple[Figure, Any]:
    """Make axes without coordinates, above a legend of some rows; a bar tells the scale."""
    points = np.array([point for line in lines.values() for point in line])
    (left, low), (right, high) = points.min(axis=0), points.max(axis=0)
    width, height = max(right - left, 1.0), max(high - low, 1.0)
    inches = min(max(WIDTH_INCH * height / width, LEAST_HEIGHT_INCH), MOST_HEIGHT_INCH)
    figure = new_figure(inches + max(LEAST_LEGEND_INCH, ROW_INCH * rows), WIDTH_INCH)
    axes = figure.add_subplot()
    if WIDTH_INCH * height / width >= LEAST_HEIGHT_INCH:
        axes.set_aspect("equal", adjustable="datalim")
    axes.update_datalim([(left - 0.04 * width, low - 0.1 * height), (right + 0.04 * width, high + 0.06 * height)])
    axes.autoscale_view()
    axes.set_axis_off()
    length = max(one for one in SCALES_M if one <= max(width, SCALES_M[0] * 3) / 3)
    axes.plot([left, left + length], [low - 0.06 * height] * 2, color="black", linewidth=2.0, solid_capstyle="butt")
    axes.annotate(words.plain("first.scale", length=words.number(length, 0)), (left + length, low - 0.06 * height),
                  xytext=(4, 0), textcoords="offset points", fontsize=7, verticalalignment="center")
    return figure, axes
