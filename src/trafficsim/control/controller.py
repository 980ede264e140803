"""What a controller is: asked for the switches of the next control ticks, it commands what signals show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

I8 = NDArray[np.int64]


class Switches(NamedTuple):
    """Commands to signal groups, in order of ticks."""

    tick: I8
    """Control tick from which on the state is shown; tick 0 is the start of the run."""
    group: I8
    """Group of the plan (:class:`trafficsim.plan.arrays.SignalArrays`)."""
    state: NDArray[np.uint8]
    """Code of what is shown (:data:`trafficsim.base.codes.STATE_CODES`)."""

    def picked(self, rows: NDArray[np.bool_] | I8) -> Switches:
        """Return some of the commands, in the order given."""
        return Switches(self.tick[rows], self.group[rows], self.state[rows])


def joined(parts: Sequence[Switches]) -> Switches:
    """Return commands one after the other.

    Examples
    --------
    >>> joined([]).tick.tolist()
    []
    """
    tick = np.concatenate([np.zeros(0, np.int64), *(part.tick for part in parts)])
    group = np.concatenate([np.zeros(0, np.int64), *(part.group for part in parts)])
    return Switches(tick, group, np.concatenate([np.zeros(0, np.uint8), *(part.state for part in parts)]))


class Controller(Protocol):
    """Decides what signals show. An engine asks for one stretch of control ticks after the other, and shows it.

    A switch that has been commanded is shown, whatever happens afterwards. A controller that looks at traffic can
    therefore not be asked far ahead: ``ahead`` says how far. It belongs to one run and may remember what it did.
    """

    @property
    def ahead(self) -> int | None:
        """Most control ticks for which it can be asked at once; ``None``: any number, since it looks at nothing."""

    @property
    def cycle(self) -> I8:
        """Length of the cycle of every program, in control ticks: the longest queue of each cycle is measured."""

    @property
    def offset(self) -> I8:
        """Control tick at which a cycle of every program begins."""

    def states(self, tick: int) -> NDArray[np.uint8]:
        """Return what all groups show in a control tick for which switches have been asked, or may be asked next."""

    def switches(self, begin: int, end: int) -> Switches:
        """Return the changes in the control ticks ``begin`` to ``end - 1``, against what was shown before each."""
