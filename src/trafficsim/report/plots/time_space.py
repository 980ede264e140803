"""Time-space diagram: vehicles along a path, with the greens that they meet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure

from trafficsim.base.errors import InputError
from trafficsim.base.units import KMH_PER_MS
from trafficsim.design.timing.stages import GREEN_LETTERS
from trafficsim.report.language import load
from trafficsim.report.look import GREEN, RED, SLOW_TO_FAST, clock_axis, new_figure, short, styled
from trafficsim.report.places import signal_names
from trafficsim.results.frames import LABEL_COLUMNS
from trafficsim.results.signals import Span, shown_greens
from trafficsim.results.trace import Trace, link_starts
from trafficsim.spec.network import Network
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.world import World

LONG_STEP_S = 2.5
"""Longer gaps in a trace (the vehicle was off the path) break its line."""
STEP_KMH = 10.0
THIN, THICK, POINTS_PER_VEHICLE = 0.35, 1.0, 0.35
"""Widths of a line in points, and the width by vehicles per second: many vehicles have thin lines."""


class StopLine(NamedTuple):
    """A signal on a path: where its stop line lies, its program, and the letters of the way on."""

    position_m: float
    program: str
    indices: tuple[int, ...]


@styled
def time_space(
    trajectories: pd.DataFrame | Trace, network: Network | World | None = None, path: str | Sequence[str] = (),
    signals: Sequence[SignalProgram] | pd.DataFrame | None = None, language: str = "en",
) -> Figure:
    """Draw the vehicles on a path over time, and at every stop line when it was green.

    Parameters
    ----------
    trajectories
        Table of that name, of one run; or what :func:`trafficsim.trace` gives, which needs nothing beside it.
    network
        Lengths of the links, and the signals on the way.
    path
        Name of a path of the network, or links in driving order.
    signals
        What signals showed: table ``signals_shown`` of the run; or programs, which are drawn as planned. Without it
        the programs of the network.
    language
        Language of labels.

    Returns
    -------
    A figure: a line per vehicle in the colour of its speed, on one scale for all traffic on the way; at stop lines a
    thick bar for green and a thin one for red. A movement is green when any of its lanes is.

    Raises
    ------
    InputError
        If the table holds more than one run, the path is unknown, or no vehicle was on it.

    Examples
    --------
    >>> import pandas as pd
    >>> from trafficsim.design.synthetic import corridor
    >>> road = corridor([200.0, 200.0])
    >>> trace = pd.DataFrame({"time_s": [0.0, 1.0, 2.0], "trip": "a", "link": ["east1", "east1", "east2"],
    ...                       "position_m": [180.0, 192.0, 4.0]})
    >>> time_space(trace, road, ["east1", "east2"]).axes[0].get_ylabel()
    'distance along the route (m)'
    """
    words = load(language)
    if isinstance(trajectories, Trace):
        network, path = trajectories.network, trajectories.route
        signals = trajectories.signals if trajectories.shown is None else trajectories.shown
        trajectories = trajectories.trajectories
    if network is None:
        raise InputError("plot: time-space", "trajectories without a network", "the network that they are on",
                         "give the network and a path, or the result of ts.trace")
    roads = network.network if isinstance(network, World) else network
    links = _links(roads, path)
    labels = [name for name in LABEL_COLUMNS if name in trajectories]
    if labels and len(trajectories[labels].drop_duplicates()) > 1:
        raise InputError("plot: time-space", "trajectories of several runs", "those of one run",
                         "choose one scenario, alternative and replication")
    starts = link_starts(roads, links)
    lines = traces(trajectories, dict(zip(links, starts, strict=True)))
    if not lines:
        raise InputError("plot: time-space", "no vehicle on the path", "trajectories of vehicles on it",
                         "run with trajectories.share above 0, or choose another path")
    figure = new_figure(4.6)
    axes = figure.add_subplot()
    fastest = fastest_kmh(roads, links)
    drawn = _draw_vehicles(axes, lines, fastest)
    times = np.concatenate([line[:, 0] for line in lines])
    begin, end = float(times.min()), float(times.max())
    known, names = roads.signals if signals is None else signals, signal_names(roads)
    for line in stop_lines(roads, links):
        _draw_signal(axes, (line, names[line.program]), _greens(line, known, (begin, end)), (begin, end))
    clock_axis(axes, begin, end, words)
    axes.set_ylim(0.0, starts[-1] + float(roads.links[links[-1]]["length_m"]))
    axes.set_xlabel(words.plain("plot.time"))
    axes.set_ylabel(words.plain("plot.distance"))
    figure.colorbar(drawn, ax=axes, location="bottom", shrink=0.5, aspect=40, pad=0.01,
                    label=words.plain("plot.vehicle_speed"))
    return figure


def fastest_kmh(network: Network, links: Sequence[str]) -> float:
    """Return the end of the colour scale: the highest limit on the way, the same for every alternative's traffic."""
    limits = (float(network.links[link]["speed_limit_kmh"]) for link in links)
    return STEP_KMH * math.ceil(max(limits) / STEP_KMH)


def _draw_vehicles(axes: Any, lines: Sequence[np.ndarray], fastest: float) -> LineCollection:
    """Draw every vehicle as a line whose colour is its speed from one moment to the next."""
    pieces = np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in lines])
    lasting = np.maximum(pieces[:, 1, 0] - pieces[:, 0, 0], 1e-9)
    speed_kmh = (pieces[:, 1, 1] - pieces[:, 0, 1]) / lasting * KMH_PER_MS
    span = max(float(pieces[:, 1, 0].max() - pieces[:, 0, 0].min()), 1.0)
    width = min(max(POINTS_PER_VEHICLE / max(len(lines) / span, 1e-9), THIN), THICK)
    colours = LinearSegmentedColormap.from_list("speed", SLOW_TO_FAST)
    drawn = LineCollection(list(pieces), cmap=colours, norm=Normalize(0.0, fastest), linewidths=width, rasterized=True,
                           capstyle="butt")
    drawn.set_array(speed_kmh)
    axes.add_collection(drawn)
    return drawn


def _links(network: Network, path: str | Sequence[str]) -> list[str]:
    if isinstance(path, str):
        if path not in network.paths:
            raise InputError(f"plot: path {path!r}", "no such path", f"one of {sorted(network.paths)}",
                             "correct the name")
        return list(network.paths[path])
    unknown = [link for link in path if link not in network.links]
    if unknown or not path:
        raise InputError("plot: path", f"unknown links {unknown}", "links of the network", "correct the links")
    return list(path)


def stop_lines(network: Network, links: Sequence[str]) -> list[StopLine]:
    """Find the signals on a path; links in driving order."""
    starts, attributes = link_starts(network, links), network.links
    found = []
    for (here, start), there in zip(zip(links, starts, strict=True), [*links[1:], None], strict=True):
        connections = [movement for movement in network.connections
                       if movement.from_link == here and movement.to_link == there and movement.signal is not None]
        if connections:
            program = str(connections[0].signal)
            indices = {int(movement.signal_index or 0) for movement in connections if movement.signal == program}
            found.append(StopLine(start + float(attributes[here]["length_m"]), program, tuple(sorted(indices))))
    return found


def traces(trajectories: pd.DataFrame, starts: dict[str, float]) -> list[np.ndarray]:
    """Lines of (time, distance along the path), shape (n, 2), one per vehicle and unbroken stay on the path."""
    rows = trajectories[trajectories["link"].isin(list(starts))].sort_values(["trip", "time_s"], kind="stable")
    if not len(rows):
        return []
    time = rows["time_s"].to_numpy(np.float64)
    place = rows["link"].map(starts).to_numpy(np.float64) + rows["position_m"].to_numpy(np.float64)
    trip = pd.factorize(rows["trip"])[0]
    cut = np.flatnonzero((np.diff(trip) != 0) | (np.diff(time) > LONG_STEP_S) | (np.diff(place) < 0.0)) + 1
    lines = np.split(np.column_stack([time, place]), cut)
    return [line for line in lines if len(line) > 1]


def greens(program: SignalProgram, indices: Sequence[int], begin_s: float, end_s: float) -> list[tuple[float, float]]:
    """Times between two clock times at which any of some signal indices is green, joined where they touch.

    Examples
    --------
    >>> from trafficsim.spec.signals import Phase
    >>> phases = Phase(duration_s=20, state="G"), Phase(duration_s=10, state="r")
    >>> program = SignalProgram(id="j", offset_s=5, phases=phases)
    >>> greens(program, [0], 0.0, 60.0)
    [(5.0, 25.0), (35.0, 55.0)]
    """
    found: list[tuple[float, float]] = []
    time = program.offset_s + np.floor((begin_s - program.offset_s) / program.cycle_s) * program.cycle_s
    while time < end_s:
        for phase in program.phases:
            left, right = max(time, begin_s), min(time + phase.duration_s, end_s)
            if right > left and any(phase.state[index] in GREEN_LETTERS for index in indices):
                if found and found[-1][1] == left:
                    found[-1] = (found[-1][0], right)
                else:
                    found.append((float(left), float(right)))
            time += phase.duration_s
    return found


def _greens(line: StopLine, signals: Sequence[SignalProgram] | pd.DataFrame, span: Span) -> list[Span]:
    """Greens at a stop line: as shown, or as planned."""
    if isinstance(signals, pd.DataFrame):
        return shown_greens(signals, line.program, line.indices, span)
    program = next(one for one in signals if one.id == line.program)
    return greens(program, line.indices, *span)


def _draw_signal(axes: Any, named: tuple[StopLine, str], shown: Sequence[Span], span: Span) -> None:
    line, label = named
    axes.plot(span, (line.position_m, line.position_m), color=RED, linewidth=1.2, solid_capstyle="butt", zorder=3)
    bars = [[(left, line.position_m), (right, line.position_m)] for left, right in shown]
    axes.add_collection(LineCollection(bars, colors=GREEN, linewidths=4.0, capstyle="butt", zorder=4))
    axes.annotate(short(label), (1.0, line.position_m), xycoords=("axes fraction", "data"), xytext=(3, 0),
                  textcoords="offset points", fontsize=7, verticalalignment="center", annotation_clip=False)
