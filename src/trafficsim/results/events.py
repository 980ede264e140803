"""The table of events: what the engine noted, gridlocks, citations, sanctions, and who was left."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trafficsim.base.codes import (
    ENCROACHMENTS,
    EVENT_LEFT,
    EVENT_NAMES,
    LEFT_CAUSES,
    PROCESS_OF_EVENT,
    RED_RUNS,
)
from trafficsim.plan.arrays import F8, I4, Plan
from trafficsim.plan.record import Record
from trafficsim.results.frames import Column, Labels, frame, names_of, nullable, strings
from trafficsim.results.gridlocks import gridlock_events
from trafficsim.results.offences import Sanctions, fines_eur, no_sanctions, points, sanctions
from trafficsim.results.speeds import Traversals, evaluated_traversals

CITATION, SANCTION = "citation", "sanction"
NO_CODE = -1


def events_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per event: red running, turning from a wrong lane; gridlocks; citations, sanctions.

    Citations and sanctions are those of the analysis period. A row ``sanction`` names its ``deployment`` and
    ``offence``, with the speed over the limit (``excess_kmh``, null where the offence is none of speed), ``fine_eur``,
    ``points`` and, with a population, the ``person``; the citation before it has a row of its own.

    A gridlock is a cycle of links whose first vehicles have stood for longer than any signal's cycle and wait for each
    other. It has a row per link at the time since which all of them stand, and, when it dissolves, a row per link of
    ``gridlock_end``; ``trip`` is the first vehicle of the link, ``gridlock`` the number of the gridlock in its run.

    A crossing at red has its ``process``: ``late`` (decided at yellow, or could not stop) or ``inattention`` (did not
    see the signal), and ``after_red_s``, the time since the onset of red. An ``encroachment`` is a vehicle (``trip``,
    from ``link``) that runs red and passes the middle of the junction less than 5 s before or after one that enters on
    a movement which crosses its way, not at red itself; ``encroachment_s`` is the time between them. One that meets
    several of them has several rows.

    Where vehicles were left at the end of a run there is a row ``left`` per lane, junction and entry: ``vehicles`` is
    their number, ``trip`` the first of them, ``time_s`` since when it stands (null if it moves, or nobody knows),
    ``cause`` why (see :data:`trafficsim.base.codes.LEFT_CAUSES`), ``behind`` the link on which there is no room for it.
    """
    seen = evaluated_traversals(plan, record)
    return pd.concat([_of_traffic(plan, record, labels, seen),
                      _sanction_rows(plan, sanctions(plan, record, seen), labels)], ignore_index=True)


def _of_traffic(plan: Plan, record: Record, labels: Labels, seen: Traversals) -> pd.DataFrame:
    events = record.events
    locked, number = gridlock_events(record)
    left = record.left
    order = np.flatnonzero(seen.cited)[np.argsort(seen.time_s[seen.cited], kind="stable")]
    cited_on = plan.sections.to_link[seen.section[order]] if len(order) else order
    code = np.concatenate([events.code, locked.code]).tolist()
    before = len(code) + len(order)
    numbers = np.concatenate([np.zeros(len(events.code), np.int32), number,
                              np.zeros(len(order) + len(left.link), np.int32)])
    time_s = np.concatenate([events.time_s, locked.time_s, seen.time_s[order], left.since_s])
    rows = np.arange(before + len(left.link))
    vehicles = np.concatenate([np.zeros(before, np.int32), left.vehicles])
    return frame(labels, {
        "time_s": nullable(time_s, np.concatenate([np.full(before, True), left.since_s >= 0.0])),
        "event": strings([*(EVENT_NAMES[one] for one in code), *[CITATION] * len(order),
                          *[EVENT_NAMES[EVENT_LEFT]] * len(left.link)]),
        "trip": names_of(plan.trips.name, np.concatenate([events.trip, locked.trip, seen.trip[order], left.trip])),
        "link": names_of(plan.link_id, np.concatenate([events.link, locked.link, cited_on, left.link])),
        "gridlock": nullable(numbers, numbers > 0),
        "vehicles": nullable(vehicles, rows >= before),
        **_red_columns(np.concatenate([events.code, locked.code]), np.concatenate([events.value_s, locked.value_s]),
                       len(rows) - len(code)),
        "cause": strings([None] * before + [LEFT_CAUSES[one] for one in left.cause.tolist()]),
        "behind": names_of(plan.link_id, np.concatenate([np.full(before, -1), left.behind])),
        **_sanction_columns(plan, no_sanctions(), len(rows)),
    })


def _red_columns(code: I4, value_s: F8, others: int) -> dict[str, Column]:
    """Columns that crossings at red and encroachments alone have; null in the rows of ``others``, which come behind."""
    code = np.append(code, np.full(others, NO_CODE))
    values = np.append(value_s, np.zeros(others))
    return {"process": strings([PROCESS_OF_EVENT.get(one) for one in code.tolist()]),
            "after_red_s": nullable(values, np.isin(code, RED_RUNS)),
            "encroachment_s": nullable(values, np.isin(code, ENCROACHMENTS))}


def _sanction_rows(plan: Plan, found: Sanctions, labels: Labels) -> pd.DataFrame:
    none, count = strings([None] * len(found.trip)), len(found.trip)
    return frame(labels, {
        "time_s": nullable(found.time_s), "event": strings([SANCTION] * count),
        "trip": names_of(plan.trips.name, found.trip), "link": names_of(plan.link_id, found.link),
        "gridlock": nullable(found.trip, False), "vehicles": nullable(found.trip, False),
        **_red_columns(np.zeros(0, np.int32), np.zeros(0), count), "cause": none, "behind": none,
        **_sanction_columns(plan, found, count),
    })


def _sanction_columns(plan: Plan, found: Sanctions, count: int) -> dict[str, Column]:
    """Columns that sanctions alone have; null in ``count`` rows of other events."""
    given, rows = plan.enforcement, found.deployment
    if not len(rows):
        none = np.zeros(count)
        return {"deployment": strings([None] * count), "offence": strings([None] * count),
                "excess_kmh": nullable(none, False), "fine_eur": nullable(none, False),
                "points": nullable(none.astype(np.int64), False), "person": nullable(none.astype(np.int64), False)}
    person = plan.trips.person[found.trip]
    return {"deployment": names_of(given.name, rows), "offence": names_of(given.offence, rows),
            "excess_kmh": nullable(np.nan_to_num(found.excess_kmh), np.isfinite(found.excess_kmh)),
            "fine_eur": nullable(fines_eur(plan, found)), "points": nullable(points(plan, found)),
            "person": nullable(person, person >= 0)}
