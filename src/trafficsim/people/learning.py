"""Perceived risk: how people learn that enforcement is there, get used to it and forget it.

Three numbers per person and kind of enforcement, all in [0, 1]:

* ``alert``: what the last days have left. A day on which the person is caught, sees the enforcement or hears of it
  moves it towards the signal ``g`` of that day by the rate of the kind of meeting; a day without moves it towards 0
  by ``forget``;
* ``belief``: what has been confirmed over weeks; it follows ``alert`` by ``consolidate`` per day, up and down alike;
* ``novelty``: 1 for who has never met this kind; from the first meeting on it falls by ``habituate`` per day, and
  rises again by being caught. What is seen counts ``lasting + (1 - lasting) novelty``, what is only heard
  ``novelty``, being caught 1.

The perceived risk is ``p0 + (1 - p0) max(alert, belief)``: without enforcement beyond what there always was it is the
initial risk ``p0`` for ever, to the bit. The form is a modelling assumption; its rates are fitted to published decays
(``people/parameters/deterrence.toml``).
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trafficsim.spec.deterrence import Deterrence

F8 = NDArray[np.float64]
I1 = NDArray[np.int8]


class Meeting(IntEnum):
    """The strongest way in which a person met a kind of enforcement on a day."""

    NOTHING = 0
    HEARD = 1
    SEEN = 2
    CAUGHT = 3


class Memory(NamedTuple):
    """What people have in mind of one kind of enforcement; arrays of one shape.

    Attributes
    ----------
    alert, belief, novelty : see the module; a person who has met nothing has 0, 0 and 1
    """

    alert: F8
    belief: F8
    novelty: F8


def unmet(shape: int | tuple[int, ...]) -> Memory:
    """Memory of people who have met nothing."""
    return Memory(np.zeros(shape), np.zeros(shape), np.ones(shape))


def weight_of_sight(memory: Memory, deterrence: Deterrence) -> F8:
    """How much of the first impression what is seen today still makes: from 1 down to ``lasting``."""
    return np.asarray(deterrence.lasting + (1.0 - deterrence.lasting) * memory.novelty)


def perceived_risk(memory: Memory, deterrence: Deterrence) -> F8:
    """Perceived risk of being caught, in [initial risk, 1].

    Examples
    --------
    >>> perceived_risk(unmet(2), Deterrence(initial_risk=0.01)).tolist()
    [0.01, 0.01]
    """
    risk = deterrence.initial_risk
    return np.asarray(risk + (1.0 - risk) * np.maximum(memory.alert, memory.belief))


def learned(memory: Memory, met: I1, deterrence: Deterrence) -> Memory:
    """Memory after a day.

    Parameters
    ----------
    memory
        In the morning.
    met
        Strongest :class:`Meeting` of the day, shape of the memory.
    deterrence
        Rates.

    Examples
    --------
    A day of seeing, then one of nothing:

    >>> rates = Deterrence(learn_seen=0.5, forget=0.25, consolidate=0.125, habituate=0.0)
    >>> seen = learned(unmet(1), np.array([Meeting.SEEN], np.int8), rates)
    >>> after = learned(seen, np.array([Meeting.NOTHING], np.int8), rates)
    >>> [round(float(part[0]), 6) for part in (*seen, *after)]
    [0.5, 0.0625, 1.0, 0.375, 0.101562, 1.0]
    """
    rate = np.array([deterrence.forget, deterrence.learn_heard, deterrence.learn_seen, deterrence.learn_caught])[met]
    signal = _signal(memory, met, deterrence)
    alert = memory.alert + rate * (signal - memory.alert)
    belief = memory.belief + deterrence.consolidate * (alert - memory.belief)
    known = (met > Meeting.NOTHING) | (memory.novelty < 1.0)
    novelty = np.where(known, memory.novelty - deterrence.habituate * memory.novelty, memory.novelty)
    woken = novelty + deterrence.learn_caught * (1.0 - novelty)
    return Memory(alert, belief, np.where(met == Meeting.CAUGHT, woken, novelty))


def _signal(memory: Memory, met: I1, deterrence: Deterrence) -> F8:
    signal = np.where(met == Meeting.SEEN, weight_of_sight(memory, deterrence), 0.0)
    signal = np.where(met == Meeting.HEARD, memory.novelty, signal)
    return np.where(met == Meeting.CAUGHT, 1.0, signal)


def alert_of_daily_meetings(days: ArrayLike, rate: float, signal: float) -> F8:
    """Alertness after so many days with a meeting on each, without habituation: ``g (1 - (1 - rate)^days)``.

    Examples
    --------
    >>> alert_of_daily_meetings([0, 1, 2], 0.5, 1.0).tolist()
    [0.0, 0.5, 0.75]
    """
    return np.asarray(signal * (1.0 - (1.0 - rate) ** np.asarray(days, np.float64)))


def after_last_meeting(alert: float, belief: float, days: ArrayLike, deterrence: Deterrence) -> tuple[F8, F8]:
    """Alertness and belief so many days after the last meeting, in closed form.

    With ``a = 1 - forget`` and ``b = 1 - consolidate``: alertness ``alert a^n``; belief
    ``belief b^n + alert consolidate a (a^n - b^n) / (a - b)`` (``alert consolidate n a^n`` where a equals b).

    Examples
    --------
    >>> rates = Deterrence(forget=0.25, consolidate=0.125)
    >>> [round(float(part), 6) for part in after_last_meeting(0.5, 0.0625, 1, rates)]
    [0.375, 0.101562]
    """
    number = np.asarray(days, np.float64)
    a, b = 1.0 - deterrence.forget, 1.0 - deterrence.consolidate
    grown = number * a ** (number - 1.0) if a == b else (a**number - b**number) / (a - b)
    return np.asarray(alert * a**number), np.asarray(belief * b**number + alert * deterrence.consolidate * a * grown)
