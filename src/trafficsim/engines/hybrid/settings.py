"""Settings of the hybrid engine: the table ``[hybrid]`` of a scenario, with those of the engines that it joins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import Field

from trafficsim.base.errors import InputError
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.spec.model import Model
from trafficsim.spec.selectors import Links

if TYPE_CHECKING:
    from trafficsim.spec.world import World


class HybridSettings(Model):
    """Settings of the engine ``hybrid``; those of its two parts are in the tables ``[ca]`` and ``[queue]``.

    Parameters
    ----------
    ca
        Links that the cellular automaton moves, with the junctions at their ends; all links before one junction. The
        queue engine moves the others.

    Examples
    --------
    >>> HybridSettings(ca=Links(ids=("east1",))).ca.ids
    ('east1',)
    """

    ca: Links | None = Field(default=None)


@dataclass(frozen=True)
class HybridParts:
    """What the engine runs with: links of the automaton, the settings of both engines, and nodes to name in errors.

    Attributes
    ----------
    links : ids of the links that the cellular automaton moves
    automaton, queues : settings of the engines
    node_of : by link, the node at its end
    """

    links: tuple[str, ...]
    automaton: CellularAutomaton = field(default_factory=CellularAutomaton)
    queues: QueueSettings = field(default_factory=QueueSettings)
    node_of: dict[str, str] = field(default_factory=dict)


def parts_of(world: World) -> HybridParts:
    """Return what a scenario gives to the engine.

    Raises
    ------
    InputError
        If no links are selected for the cellular automaton.
    PolicyError
        If the selector names what the network does not have.
    """
    scenario, network = world.scenario, world.network
    own = scenario.settings("hybrid")
    selector = own.ca if isinstance(own, HybridSettings) else None
    if selector is None:
        raise InputError("engine 'hybrid': [hybrid] ca", "no selector", "links that the cellular automaton moves",
                         "add a table [hybrid] with ca = { group = \"...\" } or ids, path, name, road_class")
    automaton, queues = (scenario.settings(name) for name in ("ca", "queue"))
    assert isinstance(automaton, CellularAutomaton)
    assert isinstance(queues, QueueSettings)
    return HybridParts(selector.resolve(network), automaton, queues,
                       {str(link): str(values["to"]) for link, values in network.links.items()})
