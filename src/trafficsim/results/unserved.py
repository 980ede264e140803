"""The table of trips and flows that nothing can carry, and what is reported of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from trafficsim.results.frames import Labels, frame, nullable, strings
from trafficsim.spec.demand import Unserved

SHOWN = 3


def unserved_table(unserved: Sequence[Unserved], labels: Labels) -> pd.DataFrame:
    """One row per trip or flow that does not depart, with its reason.

    ``kind`` is ``trip`` or ``flow``, ``class`` the class (or mix, or the classes of the flow) that cannot be served;
    ``depart_s`` the clock time of its departure or begin; ``vehicles`` how many it would have brought on the mean, null
    when nobody knows. These vehicles are not among those demanded, and no indicator counts them.
    """
    return frame(labels, {
        "name": strings([one.name for one in unserved]),
        "kind": strings([one.kind for one in unserved]),
        "class": strings([one.vehicle_class for one in unserved]),
        "depart_s": nullable([one.depart_s or 0.0 for one in unserved], [one.depart_s is not None for one in unserved]),
        "vehicles": nullable([one.vehicles or 0.0 for one in unserved], [one.vehicles is not None for one in unserved]),
        "reason": strings([one.reason for one in unserved]),
    })


def unserved_summary(table: pd.DataFrame) -> dict[str, Any]:
    """Sum up the first run of a scenario, like which all others are: trips, flows, their vehicles, and reasons.

    Nothing when everybody is served.
    """
    first = table[(table["replication"] == table["replication"].min())
                  & (table["alternative"] == table["alternative"].iloc[0])] if len(table) else table
    if not len(first):
        return {}
    reasons = Counter(first["reason"].astype(str).tolist())
    return {
        "trips": int((first["kind"] == "trip").sum()), "flows": int((first["kind"] == "flow").sum()),
        "vehicles": float(first["vehicles"].fillna(0.0).sum()), "reasons": dict(reasons.most_common()),
    }


def unserved_by_scenario(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Sum up what every scenario of a study could not serve; scenarios that serve everybody are not named."""
    if "unserved" not in tables:
        return {}
    table = tables["unserved"]
    found = {str(name): unserved_summary(part) for name, part in table.groupby("scenario", observed=True)}
    return {name: summary for name, summary in found.items() if summary}


def unserved_lines(summary: Mapping[str, Any]) -> list[str]:
    """Put into words what :func:`unserved_summary` says.

    Examples
    --------
    >>> unserved_lines({"trips": 2, "flows": 0, "vehicles": 2.0, "reasons": {"no route leads from 'a' to 'b'": 2}})
    ["unserved: 2 trips and 0 flows, 2 vehicles; 2 x no route leads from 'a' to 'b'"]
    """
    if not summary:
        return []
    reasons = list(summary["reasons"].items())
    shown = "; ".join(f"{count} x {reason}" for reason, count in reasons[:SHOWN])
    more = f"; {len(reasons) - SHOWN} more reasons in the table unserved" if len(reasons) > SHOWN else ""
    return [f"unserved: {summary['trips']} trips and {summary['flows']} flows, {summary['vehicles']:,.0f} vehicles; "
            f"{shown}{more}"]
