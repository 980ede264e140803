"""The cellular automaton: compile a plan to integer cells and run it."""

from trafficsim.engines.ca.loop import run
from trafficsim.engines.ca.resolution import representation

__all__ = ["representation", "run"]
