"""The movements table: volume, v/c, control delay, level of service and queue by movement."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trafficsim.plan.approaches import approaches_of
from trafficsim.plan.arrays import BOOL, F8, I4, Plan
from trafficsim.plan.record import Record
from trafficsim.results.capacity import Capacity, capacities
from trafficsim.results.frames import Labels, frame, names_of, nullable, ratio, strings
from trafficsim.results.period import analysis_length_s
from trafficsim.results.queues import blocked_by_group, queue_percentiles_m, share_of_period

DIRECTION_NAMES = ("through", "left", "right", "u_turn")
LEVELS = "ABCDEF"
# Control delay (s/veh) up to which levels A to E reach: Highway Capacity Manual 2016, exhibits 19-8 and 20-2.
SIGNALISED_LIMITS_S = (10.0, 20.0, 35.0, 55.0, 80.0)
UNSIGNALISED_LIMITS_S = (10.0, 15.0, 25.0, 35.0, 50.0)
# Saturation flow of a through lane that the default rule of the engine discharges (measured; HCM base value 1,900).
SATURATION_FLOW_VEH_H_LANE = 1850.0
S_PER_H = 3600.0

NO_SIGNAL = "no signal: its capacity depends on the gaps of the streams it gives way to"
NO_GREEN = "no green in the analysis period"
SHARED = "shared lane: capacity at the present shares of its movements"
GIVES_WAY = "gives way in green: capacity from the gaps in the streams that are green with it"
SHORT = "short link: a lane discharges what stands on it, and its share of what the fewer lanes before it bring"
HELD = "held up: the green in which there was no room beyond is left out of the capacity"


def level_of_service(control_delay_s: float, *, signalised: bool, over_capacity: bool = False) -> str:
    """Grade a control delay by the Highway Capacity Manual (2016), A to F.

    Parameters
    ----------
    control_delay_s
        Mean control delay in seconds per vehicle.
    signalised
        Whether the movement has a signal (limits 10/20/35/55/80 s) or not (10/15/25/35/50 s).
    over_capacity
        Whether volume exceeds capacity: always F.

    Examples
    --------
    >>> level_of_service(35.0, signalised=True), level_of_service(35.1, signalised=False)
    ('C', 'E')
    """
    limits = SIGNALISED_LIMITS_S if signalised else UNSIGNALISED_LIMITS_S
    return "F" if over_capacity else LEVELS[int(np.searchsorted(limits, control_delay_s, side="left"))]


def movements_table(
    plan: Plan, record: Record, labels: Labels, saturation_flow_veh_h: float = SATURATION_FLOW_VEH_H_LANE
) -> pd.DataFrame:
    """One row per movement (link in, link out) in the analysis period.

    ``capacity_veh_h`` is what the movement could discharge with its lanes and those with whom it shares them:
    saturation flow x green share of the lanes that lead on, weighted by volume in shared ones, less what giving way in
    green, a short link and queues beyond the junction take (rules: :mod:`trafficsim.results.capacity`); null without a
    signal. ``capacity_note`` names what applied. Volumes are those that crossed, not those that wanted to. What the
    capacity does not know: which lanes drivers really take (they are spread evenly over those that lead on), the queue
    of another movement that closes the way into a lane, peaks within the period, heavy vehicles, pedestrians, and gaps
    at actuated greens, which are those of the fixed program. Where delay is long and v/c small, look there.
    ``control_delay_s`` is per vehicle that crossed the stop line, null without one. ``queue_95_m``, ``storage_m``
    and ``spillback_share`` are those of the queue from the stop line of ``from_link`` (see
    :func:`trafficsim.results.queues.queues_table`). ``blocked_share`` is the share of the period in which the first
    vehicles of its lanes might go but found no room beyond, on average over lanes, and ``blocked_by`` the link at
    whose stop line the queue began that was the reason for most of it.
    """
    duration_s = analysis_length_s(plan, record)
    volume = record.turns.volume
    lanes, signalised, shared = _equipment(plan)
    green, _ = ratio(record.turns.green_s, duration_s)
    capacity = capacities(plan, record, duration_s, saturation_flow_veh_h)
    volume_veh_h, observed = ratio(volume * S_PER_H, duration_s)
    degree, has_capacity = capacity.degree, signalised & ((capacity.veh_h > 0.0) | (capacity.degree > 0.0))
    delay_s, any_vehicle = ratio(record.turns.delay_s, volume)
    queue_m, any_cycle = queue_percentiles_m(record.queues)
    approach = plan.turns.from_link
    blocked = blocked_by_group(record.blocking, _lanes_of_turns(plan), len(approach), duration_s)
    spilled = share_of_period(record.queues.spilled_s, duration_s)
    return frame(labels, {
        "from_link": names_of(plan.link_id, approach),
        "to_link": names_of(plan.link_id, plan.turns.to_link),
        "direction": names_of(DIRECTION_NAMES, _directions(plan)),
        "lanes": nullable(lanes),
        "signalised": nullable(signalised),
        "volume_veh_h": nullable(volume_veh_h, observed),
        "capacity_veh_h": nullable(capacity.veh_h, signalised & observed),
        "v_c": nullable(degree, has_capacity),
        "capacity_note": strings(_notes(signalised, green > 0.0, capacity, shared)),
        "control_delay_s": nullable(delay_s, any_vehicle),
        "level_of_service": strings(_levels(delay_s, any_vehicle, signalised, has_capacity & (degree > 1.0))),
        "queue_95_m": nullable(queue_m[approach], any_cycle[approach]),
        "green_share": nullable(green, signalised & observed),
        "storage_m": nullable(approaches_of(plan).storage_m[approach]),
        "spillback_share": nullable(spilled[approach], observed),
        "blocked_share": nullable(blocked.share, observed),
        "blocked_by": names_of(plan.link_id, blocked.by),
    })


def _directions(plan: Plan) -> I4:
    """Direction code of each movement: that of its first connection, -1 without one."""
    codes = np.full(len(plan.turns.from_link), -1, np.int32)
    codes[plan.connections.turn[::-1]] = plan.connections.direction[::-1]
    return codes


def _equipment(plan: Plan) -> tuple[I4, BOOL, BOOL]:
    """Of each movement: number of lanes, whether it has a signal, and shares a lane with another."""
    links, turns = plan.connections, len(plan.turns.from_link)
    pairs = _lanes_of_turns(plan)
    movements_on_lane = np.bincount(pairs[:, 1], minlength=len(plan.lanes.link))
    lanes = np.bincount(pairs[:, 0], minlength=turns).astype(np.int32)
    shared = np.bincount(pairs[:, 0], movements_on_lane[pairs[:, 1]] > 1, minlength=turns) > 0
    signalised = np.bincount(links.turn, links.signal_group >= 0, minlength=turns) > 0
    return lanes, signalised, shared


def _lanes_of_turns(plan: Plan) -> I4:
    """Rows (movement, lane), each once."""
    pairs = np.column_stack([plan.connections.turn, plan.connections.from_lane])
    return np.asarray(np.unique(pairs, axis=0).reshape(-1, 2), np.int32)


def _notes(signalised: BOOL, green: BOOL, capacity: Capacity, shared: BOOL) -> list[str | None]:
    took = np.column_stack([capacity.gaps, shared, capacity.short, capacity.downstream])
    return [_note(*flags) for flags in zip(signalised, green, took, strict=True)]


def _note(signalised: bool, green: bool, took: BOOL) -> str | None:
    if not signalised:
        return NO_SIGNAL
    if not green:
        return NO_GREEN
    texts = (GIVES_WAY, SHARED, SHORT, HELD)
    return "; ".join(text for text, holds in zip(texts, took, strict=True) if holds) or None


def _levels(delay_s: F8, known: BOOL, signalised: BOOL, over: BOOL) -> Sequence[str | None]:
    return [
        level_of_service(float(delay), signalised=bool(signal), over_capacity=bool(above)) if seen else None
        for delay, seen, signal, above in zip(delay_s, known, signalised, over, strict=True)
    ]
