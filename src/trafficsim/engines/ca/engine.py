"""What the cellular automaton says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.descriptor import Engine

if TYPE_CHECKING:
    from trafficsim.engines.open_run import OpenRun
    from trafficsim.plan.arrays import Plan
    from trafficsim.plan.record import Record
    from trafficsim.plan.representation import Representation


class CellularAutomatonEngine(Engine):
    """Cells, ticks, and one of four car-following rules."""

    name = "ca"
    summary = "Cellular automaton: every vehicle moves in cells and ticks, with lane changes, gaps and signals."
    limits = "Conflicts in junctions are resolved by time, not by geometry; speeds and lengths fit its cells and ticks."
    settings = CellularAutomaton
    measures = frozenset({
        "trips", "links", "movements", "queues", "detectors", "events", "traversals", "headways", "areas",
        "trajectories", "lane_changes", "signal_states",
    })
    represents = frozenset({"signals", "stops", "timeline", "roadside", "route_changes", "lane_closures",
                            "emergency", "reacting_signals"})

    def representation(self, settings: Any) -> Representation:
        """Return, by plan field, what the program stands for."""
        from trafficsim.engines.ca.resolution import representation

        return representation(settings)

    def run(self, plan: Plan, settings: Any) -> Record:
        """Run a plan."""
        from trafficsim.engines.ca.loop import run

        return run(plan, settings)

    def begin(self, plan: Plan, settings: Any) -> OpenRun:
        """Begin a run."""
        from trafficsim.engines.ca.loop import begin

        return begin(plan, settings)

    def check(self, plan: Plan, settings: Any) -> None:
        """Refuse what does not fit the resolution."""
        from trafficsim.engines.ca.limits import check_limits

        check_limits(plan, settings)
