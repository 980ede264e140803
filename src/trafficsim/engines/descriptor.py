"""What an engine says about itself, so that nobody else has to know it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from trafficsim.base.errors import InputError
from trafficsim.spec.model import Model

if TYPE_CHECKING:
    from trafficsim.engines.open_run import OpenRun
    from trafficsim.plan.arrays import Plan
    from trafficsim.plan.record import Record
    from trafficsim.plan.representation import Representation
    from trafficsim.spec.world import World


class Engine(ABC):
    """An engine: how vehicles move. Its modules are imported when it is run, not when it is named.

    Attributes
    ----------
    name : what it is called in studies, in the command and in the column ``engine`` of all tables; its settings are
        the table of this name in a scenario
    summary : what it is, in one sentence
    limits : what it does not do, in one sentence
    settings : model of its settings; all of them have defaults
    measures : outputs that it offers, of :data:`trafficsim.plan.outputs.OUTPUTS`
    represents : features of worlds that it represents, of :data:`trafficsim.plan.outputs.FEATURES`
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    limits: ClassVar[str]
    settings: ClassVar[type[Model]]
    measures: ClassVar[frozenset[str]]
    represents: ClassVar[frozenset[str]]

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables of settings of a scenario that its runs depend on."""
        return (self.name,)

    def settings_of(self, world: World) -> Any:
        """Return what the engine runs a world with: its settings, as the scenario gives them.

        Raises
        ------
        TrafficsimError
            If a selector among them names what the network does not have.
        """
        return world.scenario.settings(self.name)

    @abstractmethod
    def representation(self, settings: Any) -> Representation:
        """Return, by plan field that policies may change, what of its values the engine represents, in SI units."""

    @abstractmethod
    def run(self, plan: Plan, settings: Any) -> Record:
        """Run a plan to its end under what :meth:`settings_of` gave."""

    def begin(self, plan: Plan, settings: Any) -> OpenRun:
        """Begin a run that goes on step by step.

        Raises
        ------
        InputError
            If the engine runs to the end only.
        """
        raise InputError(f"engine {self.name!r}", "an engine that runs to the end only", "one that goes step by step",
                         "choose another engine")

    def check(self, plan: Plan, settings: Any) -> None:  # noqa: B027 - an engine without limits has nothing to refuse
        """Refuse a plan that the engine cannot run under these settings.

        Raises
        ------
        InputError
            Naming the limit, and settings that would do.
        """
