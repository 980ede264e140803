"""What changes within a run: limits, speeds and zones, swapped between slices at the ticks at which they change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trafficsim.engines.ca.closed_lanes import ClosedLanes, apply_shut, swap_headways
from trafficsim.engines.ca.network import link_speeds, look_ahead_cells, speed_compliance
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.zones import rule_limits
from trafficsim.kernels.ca.network import Net
from trafficsim.kernels.ca.zones import Zones
from trafficsim.plan.arrays import LinkArrays, Plan
from trafficsim.plan.timeline import change_times_s, is_timed, links_at, rules_at

if TYPE_CHECKING:
    from trafficsim.engines.ca.program import Program

NEVER = 2**62


@dataclass
class Timeline:
    """Ticks at which tables of a program are others than before: the first one and those of all changes; none without.

    Vehicles keep the desired speed that they entered their link with; those in zones, who attend to their speed in
    every tick, change it at once.
    """

    plan: Plan
    settings: CellularAutomaton
    ticks: tuple[int, ...]
    times_s: tuple[float, ...]
    strength: np.ndarray
    """Of every effect of the zones, while its rule holds."""
    lanes: ClosedLanes

    @classmethod
    def of(cls, plan: Plan, settings: CellularAutomaton, zones: Zones) -> Timeline:
        """Find the ticks; a change takes place in the tick nearest to it."""
        ticks = {0: plan.start_s} if is_timed(plan) else {}
        for time_s in change_times_s(plan):  # of two in one tick the later one knows both
            ticks[round((time_s - plan.start_s) / settings.tick_s)] = time_s
        return cls(plan, settings, tuple(ticks), tuple(ticks.values()), zones.effect.strength.copy(),
                   ClosedLanes(plan, settings))

    def next_change(self, tick: int) -> int:
        """Return the first tick after this one at which something changes."""
        return next((change for change in self.ticks if change > tick), NEVER)

    def apply(self, program: Program, tick: int, driven: Plan | None = None) -> None:
        """Let the tables hold what is valid from this tick on; nothing in all others.

        ``driven`` has the routes as they are now; ``None``: as they were at the start.
        """
        if tick not in self.ticks:
            return
        time_s = self.times_s[self.ticks.index(tick)]
        self._hold(program, time_s)
        if len(self.plan.shut_lanes.lane):
            apply_shut(program, driven or self.plan, self.settings, time_s)

    def react(self, plan: Plan, program: Program, tick: int) -> None:
        """Let the tables hold what a plan shows at its roadside from a tick on."""
        self.plan = plan
        self._hold(program, plan.start_s + tick * self.settings.tick_s)

    def _hold(self, program: Program, time_s: float) -> None:
        links, zones = links_at(self.plan, time_s), program.zones
        _swap_speeds(self.plan, links, self.settings, program.net)
        swap_headways(program, links)
        self.lanes.apply(program, time_s)
        if len(self.plan.behaviour.rule_name):
            rule, last = zones.effect.rule[:-1], len(zones.effect) - 1
            zones.effect.limit[:last] = rule_limits(self.plan, links, self.settings)[rule]
            zones.effect.strength[:last] = np.where(rules_at(self.plan, time_s)[rule], self.strength[:last], 0.0)


def _swap_speeds(plan: Plan, links: LinkArrays, settings: CellularAutomaton, net: Net) -> None:
    """Write the columns of a network that follow from the speeds of links."""
    for name, values in link_speeds(links, settings).items():
        net.link[name][: len(values)] = values
    net.lane.look[: len(plan.lanes.link)] = look_ahead_cells(links, settings, net.scale)[plan.lanes.link]
    compliance = speed_compliance(plan, links, settings)
    net.conn.speed_compliance[: len(compliance)] = compliance
