"""Plots of networks, plans and result tables: ``ts.plot``. Each function returns a matplotlib figure.

Examples
--------
>>> import trafficsim as ts
>>> figure = ts.plot.network(ts.grid(2, 2))
>>> figure.axes[0].get_xlabel()
'east (m)'
"""

from __future__ import annotations

from matplotlib.figure import Figure

from trafficsim.report.look import styled
from trafficsim.report.network_map import network_map
from trafficsim.report.plots.cohort import cohort as cohort
from trafficsim.report.plots.convergence import convergence as convergence
from trafficsim.report.plots.cumulative import cumulative_curves as cumulative_curves
from trafficsim.report.plots.days import over_days as over_days
from trafficsim.report.plots.delay_map import delay_map as delay_map
from trafficsim.report.plots.differences import difference as difference
from trafficsim.report.plots.event_log import coordination_diagram as coordination_diagram
from trafficsim.report.plots.event_log import split_monitor as split_monitor
from trafficsim.report.plots.fundamental_diagram import fundamental_diagram as fundamental_diagram
from trafficsim.report.plots.fundamental_diagram import (
    macroscopic_fundamental_diagram as macroscopic_fundamental_diagram,
)
from trafficsim.report.plots.path_times import path_times as path_times
from trafficsim.report.plots.ring_barrier import ring_barrier as ring_barrier
from trafficsim.report.plots.signal_plan import signal_plan as signal_plan
from trafficsim.report.plots.speed_distribution import speed_distribution as speed_distribution
from trafficsim.report.plots.time_space import time_space as time_space
from trafficsim.report.plots.timing import timing_plan as timing_plan
from trafficsim.report.plots.validation import observed_and_simulated as observed_and_simulated
from trafficsim.report.plots.validation import variation_envelopes as variation_envelopes
from trafficsim.spec.network import Network
from trafficsim.spec.world import World

__all__ = [
    "cohort", "convergence", "coordination_diagram", "cumulative_curves", "delay_map", "difference",
    "fundamental_diagram", "macroscopic_fundamental_diagram", "network", "observed_and_simulated", "over_days",
    "path_times", "ring_barrier", "signal_plan", "speed_distribution", "split_monitor", "time_space", "timing_plan",
    "variation_envelopes",
]


@styled
def network(roads: Network | World, title: str = "", language: str = "en") -> Figure:
    """Draw a network: links as wide as they have lanes, signals as squares, the first six groups in colours and dashes.

    Parameters
    ----------
    roads
        A network, or a world.
    title
        Title of the figure; the numbers of links and signals without it.
    language
        Language of labels.

    Examples
    --------
    >>> from trafficsim.design.synthetic import grid
    >>> network(grid(2, 3), title="two by three").axes[0].get_title(loc="left")
    'two by three'
    """
    return network_map(roads.network if isinstance(roads, World) else roads, title=title, language=language)
