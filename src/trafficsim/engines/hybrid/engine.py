"""What the hybrid engine says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trafficsim.engines.descriptor import Engine
from trafficsim.engines.hybrid.settings import HybridSettings, parts_of

if TYPE_CHECKING:
    from trafficsim.plan.arrays import Plan
    from trafficsim.plan.record import Record
    from trafficsim.plan.representation import Representation
    from trafficsim.spec.world import World


class HybridEngine(Engine):
    """The cellular automaton where it matters, queues around it."""

    name = "hybrid"
    summary = "Hybrid: the cellular automaton moves the links of a selector, the queue engine all others, in one run."
    limits = "It measures trips, links, movements, detectors and signals; a border never lies inside a junction."
    settings = HybridSettings
    measures = frozenset({"trips", "links", "movements", "detectors", "signal_states"})
    represents = frozenset({"signals"})

    @property
    def tables(self) -> tuple[str, ...]:
        """Its own table, and those of the engines that it joins."""
        return (self.name, "ca", "queue")

    def settings_of(self, world: World) -> Any:
        """Return the links of the automaton, and the settings of both engines."""
        return parts_of(world)

    def representation(self, settings: Any) -> Representation:
        """Return, by plan field that both engines read, what the coarser one stands for."""
        from trafficsim.engines.ca.resolution import representation
        from trafficsim.engines.queue.representation import representation as of_queues

        both = of_queues()
        return {name: kept for name, kept in representation(settings.automaton).items() if name in both}

    def run(self, plan: Plan, settings: Any) -> Record:
        """Run a plan."""
        from trafficsim.engines.hybrid.loop import run

        return run(plan, settings)

    def check(self, plan: Plan, settings: Any) -> None:
        """Refuse what one of the engines refuses, and a border inside a junction."""
        from trafficsim.engines.ca.limits import check_limits
        from trafficsim.engines.hybrid.division import divide
        from trafficsim.engines.queue.representation import check_drivers

        check_limits(plan, settings.automaton)
        check_drivers(plan)
        divide(plan, settings)
