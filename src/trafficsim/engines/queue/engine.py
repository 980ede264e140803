"""What the queue engine says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trafficsim.engines.descriptor import Engine
from trafficsim.engines.queue.settings import QueueSettings

if TYPE_CHECKING:
    from trafficsim.engines.open_run import OpenRun
    from trafficsim.plan.arrays import Plan
    from trafficsim.plan.record import Record
    from trafficsim.plan.representation import Representation


class QueueEngine(Engine):
    """Vehicles on spatial queues."""

    name = "queue"
    summary = "Spatial queues: every vehicle drives at its own speed and queues at stop lines, in whole milliseconds."
    limits = "It knows no lane change, no headway between two vehicles, no braking and no red running."
    settings = QueueSettings
    measures = frozenset({"trips", "links", "movements", "detectors", "signal_states", "traversals",
                          "queues", "areas"})
    represents = frozenset({"signals", "stops", "timeline", "roadside", "route_changes", "lane_closures",
                            "emergency", "reacting_signals"})

    def representation(self, settings: Any) -> Representation:
        """Return, by plan field, what the program stands for."""
        from trafficsim.engines.queue.representation import representation

        return representation()

    def run(self, plan: Plan, settings: Any) -> Record:
        """Run a plan."""
        from trafficsim.engines.queue.loop import run

        return run(plan, settings)

    def begin(self, plan: Plan, settings: Any) -> OpenRun:
        """Begin a run."""
        from trafficsim.engines.queue.loop import begin

        return begin(plan, settings)

    def check(self, plan: Plan, settings: Any) -> None:
        """Refuse drivers of whom the engine knows nothing."""
        from trafficsim.engines.queue.representation import check_drivers

        check_drivers(plan)
