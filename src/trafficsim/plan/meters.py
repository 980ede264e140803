"""Signals of ramp meters in a plan: one group for the whole end of a ramp."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import Plan, SignalArrays
from trafficsim.plan.roadside_arrays import METER
from trafficsim.plan.signals import lower_signals
from trafficsim.spec.roadside import RampMeter
from trafficsim.spec.signals import Phase, SignalProgram

GREEN_S, YELLOW_S, LEAST_RED_S = 2.0, 1.0, 1.0
"""One vehicle per green in practice: 1 to 2 s of green, 1 s of yellow, cycles of 4 s and more (modelling assumption
within this range)."""
LEAST_CYCLE_S = GREEN_S + YELLOW_S + LEAST_RED_S
MOST_VEH_H_LANE = 3600.0 / LEAST_CYCLE_S


def with_meters(plan: Plan) -> Plan:
    """Return the plan with a signal at the end of every metered ramp that has none.

    Raises
    ------
    PolicyError
        If nothing leads on from a ramp, or its signal serves other links too.
    """
    devices = np.flatnonzero(plan.roadside.kind == METER).tolist()
    for device in devices:
        link = int(plan.roadside.link[device])
        conns = np.flatnonzero(plan.lanes.link[plan.connections.from_lane] == link)
        where = f"ramp meter on link {plan.link_id[link]!r}"
        if not len(conns):
            raise PolicyError(where, "a link from which nothing leads on", "a ramp that leads onto a road",
                              "name the last link of the ramp")
        groups = np.asarray(plan.connections.signal_group)[conns]
        if (groups >= 0).any():
            _check_own(plan, conns, where)
        else:
            plan = _with_signal(plan, conns, device)
    return plan


def meter_groups(plan: Plan) -> dict[int, tuple[int, ...]]:
    """Signal groups of the plan of every meter, by device."""
    found = {}
    for device in np.flatnonzero(plan.roadside.kind == METER).tolist():
        mine = plan.lanes.link[plan.connections.from_lane] == plan.roadside.link[device]
        found[device] = tuple(np.unique(np.asarray(plan.connections.signal_group)[mine]).tolist())
    return found


def _check_own(plan: Plan, conns: np.ndarray, where: str) -> None:
    """Refuse a signal that other links have too, or that only some lanes of the ramp have."""
    signals, group = plan.signals, np.asarray(plan.connections.signal_group)
    program = np.searchsorted(signals.group_start, group, side="right") - 1
    mine = set(program[conns].tolist())
    others = (group >= 0) & np.isin(program, sorted(mine))
    others[conns] = False
    if (group[conns] < 0).any() or len(mine) > 1 or others.any():
        name = signals.program_id[min(one for one in mine if one >= 0)]
        raise PolicyError(where, f"signal {name!r}, which is not that of the whole ramp alone",
                          "a ramp without a signal, or with one of its own", "meter another link of the ramp")


def _with_signal(plan: Plan, conns: np.ndarray, device: int) -> Plan:
    meter = plan.roadside.reactions[int(plan.roadside.reaction[device])]
    assert isinstance(meter, RampMeter)
    cycle_s = 3600.0 * float(np.diff(plan.links.lane_start)[plan.roadside.link[device]]) / meter.most_veh_h
    red_s = max(cycle_s - GREEN_S - YELLOW_S, LEAST_RED_S)
    phases = tuple(Phase(duration_s=duration_s, state=state)
                   for duration_s, state in ((GREEN_S, "g"), (YELLOW_S, "y"), (red_s, "r")))
    group = np.array(plan.connections.signal_group, np.int32)
    group[conns] = int(plan.signals.group_start[-1]) if len(plan.signals.program_id) else 0
    signals = _joined(plan.signals, lower_signals([SignalProgram(id=meter.name, phases=phases)]))
    return replace(plan, signals=signals, connections=plan.connections._replace(signal_group=group))


def _joined(one: SignalArrays, more: SignalArrays) -> SignalArrays:
    if more.program_id[0] in one.program_id:
        raise PolicyError(f"ramp meter {more.program_id[0]!r}", "a signal of this name", "names that differ",
                          "rename the signal of the network")
    if not one.program_id:
        return more

    def after(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        return np.concatenate([first, first[-1] + second[1:]]).astype(first.dtype)

    state_start = np.concatenate([one.state_start[:-1], len(one.state) + np.asarray(more.state_start)])
    return SignalArrays(
        program_id=one.program_id + more.program_id, group_start=after(one.group_start, more.group_start),
        phase_start=after(one.phase_start, more.phase_start),
        duration_s=np.concatenate([one.duration_s, more.duration_s]),
        state_start=state_start.astype(np.asarray(one.state_start).dtype),
        state=np.concatenate([one.state, more.state]), offset_s=np.concatenate([one.offset_s, more.offset_s]))
