"""The table of what signs and meters showed that react to traffic."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trafficsim.base.units import KMH_PER_MS
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Record
from trafficsim.plan.roadside_arrays import DEVICE_NAMES, DEVICE_UNITS, SIGN, no_roadside
from trafficsim.results.frames import Labels, frame, names_of, nullable, strings


def roadside_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per change of a sign or meter that reacts to traffic, in order of time.

    Only where there are any. ``reaction`` is the name of what decided, ``link`` where the device stands; ``shows`` says
    what its ``value`` is (a limit in km/h, a rate in veh/h), null from a time on at which it shows nothing. ``reason``
    is what was measured.
    """
    found = no_roadside() if record.roadside is None else record.roadside
    kind = found.kind[found.shown]
    unit = np.where(kind == SIGN, KMH_PER_MS, 1.0)
    return frame(labels, {
        "time_s": nullable(found.since_s),
        "reaction": strings(found.reactions[number].name for number in found.reaction[found.shown].tolist()),
        "link": names_of(plan.link_id, found.link[found.shown]),
        "shows": names_of(DEVICE_NAMES, kind),
        "value": nullable(np.round(np.nan_to_num(found.value * unit), 6), ~np.isnan(found.value)),
        "unit": names_of(DEVICE_UNITS, kind),
        "reason": strings(found.reason),
    })
