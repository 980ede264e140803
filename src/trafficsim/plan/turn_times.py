"""What driving a link and leaving it by a movement takes, by interval of departure, from the counters of a run."""

from __future__ import annotations

import numpy as np

from trafficsim.base.codes import GREEN, PERMITTED
from trafficsim.plan.arrays import F8, ConnectionArrays, Plan, SignalArrays
from trafficsim.plan.record import Record
from trafficsim.plan.turn_means import turn_means

EXPECTED = 5.0
"""An expectation counts as much as this many vehicles seen (modelling assumption): few vehicles say little."""


def turn_times_s(plan: Plan, record: Record) -> F8:
    """Time (s) from entering a link to entering the next one, by interval of the record and turn.

    It is the time at the speed limits and the delay per vehicle. The delay of a link in an interval rests on counted
    traversals: vehicle-seconds above those that the vehicles that left need at their own desired speeds, over the
    vehicles that left; those of a standing queue count, though nobody leaves. Where few vehicles were seen the delay
    of the whole run takes over, and where nobody came that of the signal without traffic (:func:`red_delay_s`). Turns
    of one link differ by the ratio of their control delays in the analysis period.

    Returns
    -------
    array of shape (intervals, turns)
    """
    links, origin = record.links, plan.turns.from_link
    free_s = plan.links.length_m / plan.links.speed_limit_ms
    needed_s = links.left * free_s if links.free_s is None else links.free_s
    usual_s, ratio = usual_delay(plan, record)
    lost_s = links.vehicle_s - needed_s
    of_run = (lost_s.sum(axis=0) + EXPECTED * usual_s) / (links.left.sum(axis=0) + EXPECTED)
    delay_s = np.maximum((lost_s + EXPECTED * of_run) / (links.left + EXPECTED), 0.0)
    length_m, speed_ms = turn_means(plan.connections, len(origin))
    return np.asarray((free_s + delay_s)[:, origin] + delay_s[:, origin] * (ratio - 1.0) + length_m / speed_ms)


def usual_delay(plan: Plan, record: Record) -> tuple[F8, F8]:
    """Delay to expect on each link before anybody is seen, and what a turn's delay is over that of its link."""
    origin, links, turns = plan.turns.from_link, len(plan.link_id), record.turns
    red_s = red_delay_s(plan)
    of_turn = (turns.delay_s + EXPECTED * red_s) / (turns.volume + EXPECTED)
    weight = turns.volume + 1e-3  # a link without a vehicle: all turns alike
    total = np.maximum(np.bincount(origin, weight, minlength=links), 1e-3)
    of_link = np.bincount(origin, weight * of_turn, minlength=links) / total
    ratio = np.ones(len(origin))
    np.divide(of_turn, of_link[origin], out=ratio, where=of_link[origin] > 0.0)
    return np.bincount(origin, weight * red_s, minlength=links) / total, np.maximum(ratio, 0.0)


def red_delay_s(plan: Plan) -> F8:
    """Mean delay (s) at the signal of each turn without any other vehicle: r^2 / (2 C) for r seconds not green of C.

    The uniform delay of Webster (1958) at no flow; 0 without a signal.
    """
    return red_delay_of(plan.connections, plan.signals, len(plan.turns.from_link))


def red_delay_of(connections: ConnectionArrays, signals: SignalArrays, turns: int) -> F8:
    """Return the same from the parts of a plan."""
    group, delay_s = connections.signal_group, np.zeros(turns)
    at_signal = np.flatnonzero(group >= 0)
    np.maximum.at(delay_s, connections.turn[at_signal], group_delay_s(signals)[group[at_signal]])
    return delay_s


def group_delay_s(signals: SignalArrays) -> F8:
    """Mean delay (s) of single vehicles at each signal group."""
    red_s, cycle_s = group_red_s(signals)
    return np.asarray(red_s**2 / (2.0 * cycle_s))


def group_red_s(signals: SignalArrays) -> tuple[F8, F8]:
    """Time (s) of its cycle in which each signal group is not green, and the cycle."""
    found, cycle_s = np.zeros((2, int(signals.group_start[-1])))
    for program in range(len(signals.program_id)):
        first, last = signals.group_start[program:program + 2]
        phases = slice(signals.phase_start[program], signals.phase_start[program + 1])
        duration_s = signals.duration_s[phases]
        codes = signals.state[signals.state_start[phases][:, np.newaxis] + np.arange(last - first)]
        red_s = duration_s @ ~np.isin(codes, (GREEN, PERMITTED))
        found[first:last], cycle_s[first:last] = red_s, duration_s.sum()
    return found, cycle_s
