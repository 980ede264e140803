"""Controllers from outside that failed: the fixed program stood in, and it is reported."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from trafficsim.base.codes import CONTROL_EVENTS, CONTROL_FALLBACK
from trafficsim.base.findings import Finding

TABLE = "control_events"


def fallback_findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    """Say of every signal of every alternative how often the fixed program had to stand in for its controller.

    Examples
    --------
    >>> events = pd.DataFrame({"alternative": ["own"], "signal": ["j1"], "event": ["fallback"], "time_s": [25.0]})
    >>> fallback_findings({"control_events": events})[0].message
    'its controller failed once, first at 25 s: the fixed program stood in'
    """
    if TABLE not in tables:
        return ()
    events = tables[TABLE]
    failed = events[events["event"] == CONTROL_EVENTS[CONTROL_FALLBACK]]
    found = []
    for (alternative, signal), rows in failed.groupby(["alternative", "signal"], sort=True):
        times = "once" if len(rows) == 1 else f"{len(rows)} times"
        found.append(Finding(
            "warning", "controller-failed", f"alternative {alternative!r}: signal {signal!r}",
            f"its controller failed {times}, first at {rows['time_s'].min():g} s: the fixed program stood in",
            "see the log for what it raised or answered, and correct the controller", len(rows)))
    return tuple(found)
