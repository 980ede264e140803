"""Vehicles left in the network at the end of a run: where, since when, and for what blocking reason, by queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from trafficsim.base.codes import EVENT_LEFT, EVENT_NAMES
from trafficsim.results.frames import label_columns, labels_of

LEFT = EVENT_NAMES[EVENT_LEFT]
SHOWN_LINKS, SHOWN_GROUPS = 5, 5
"""Links and groups that lines of text name."""
GRIDLOCK, ENTRY = "gridlock", "entry"
WORDS = {
    "moving": "still moving", "stop": "at a scheduled stop", "red": "red signal",
    "no_room": "no space beyond the stop line", "gives_way": "giving way",
    "wrong_lane": "in a lane without its turn", "closed": "before a closure, without another route",
    "inside": "waiting inside the junction",
    GRIDLOCK: "gridlock",
}


def left_list(events: pd.DataFrame) -> list[dict[str, Any]]:
    """List where vehicles were left, in a table of events of one run or of many.

    Lanes whose first vehicle finds no space are counted to the link that they wait for, and so on to the one whose
    first vehicle stands for another reason: a group is a queue from there back through all links that it fills.
    Vehicles that wait to enter such a link count to it too.

    Returns
    -------
    Per group the names of its run, ``vehicles`` (on the road), ``waiting`` (to enter its links), ``links`` (from its
    head back), ``since_s`` (when the first of them came to stand, ``None`` for those that move), ``cause`` (one of
    :data:`trafficsim.base.codes.LEFT_CAUSES`, or ``gridlock``) of the first vehicle ``vehicle`` on ``link``. The
    largest groups of a run come first.

    Examples
    --------
    >>> rows = {"scenario": "s", "alternative": "a", "replication": 1, "engine": "ca", "time_s": [60.0, 90.0],
    ...         "event": "left", "trip": ["v", "w"], "link": ["x", "y"], "vehicles": [3, 4],
    ...         "cause": ["red", "no_room"], "behind": [None, "x"]}
    >>> one = left_list(pd.DataFrame(rows))[0]
    >>> one["vehicles"], one["links"], one["cause"], one["since_s"]
    (7, ['x', 'y'], 'red', 60.0)
    """
    if "cause" not in events:  # results of before this was told
        return []
    answer: list[dict[str, Any]] = []
    rows = events[events["event"] == LEFT]
    for names, part in rows.groupby(label_columns(rows), sort=False):
        run = labels_of(names)
        groups = _groups([_plain(row) for row in part.to_dict("records")])
        answer += [{**run.named(), **one} for one in sorted(groups, key=_size)]
    return answer


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): None if pd.isna(value) else value for key, value in row.items()}


def _groups(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first: dict[str, dict[str, Any]] = {}  # by link, the lane that has stood longest
    ordered = sorted(rows, key=_rank)
    for row in ordered:
        first.setdefault(row["link"], row)
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in ordered:
        behind, link = row["behind"], row["link"]
        ahead = behind if behind in first else link if row["cause"] in (ENTRY, "inside") else None
        groups.setdefault(link if ahead is None else _root(ahead, first), []).append(row)
    return [_group(first, root, members) for root, members in groups.items()]


def _rank(row: Mapping[str, Any]) -> tuple[bool, bool, float]:
    """Lanes before entries, standing before moving, longest first."""
    return row["cause"] in (ENTRY, "inside"), row["time_s"] is None, row["time_s"] or 0.0


def _root(link: str, first: Mapping[str, Mapping[str, Any]]) -> str:
    """Link at which the queue begins; of a cycle the link whose name comes first."""
    chain = [link]
    while (ahead := first[chain[-1]]["behind"]) in first:
        if ahead in chain:
            return min(chain[chain.index(ahead):])
        chain.append(ahead)
    return chain[-1]


def _group(first: Mapping[str, Mapping[str, Any]], root: str, members: list[dict[str, Any]]) -> dict[str, Any]:
    own = [row for row in members if row["link"] == root and row["behind"] not in first]
    head = own[0] if own else first[root]
    times = [float(row["time_s"]) for row in members if row["time_s"] is not None and row["cause"] != ENTRY]
    links = dict.fromkeys([root, *(row["link"] for row in members)])
    return {
        "vehicles": sum(int(row["vehicles"]) for row in members if row["cause"] != ENTRY),
        "waiting": sum(int(row["vehicles"]) for row in members if row["cause"] == ENTRY), "links": list(links),
        "since_s": min(times) if times else None, "cause": GRIDLOCK if head["behind"] in first else str(head["cause"]),
        "link": root, "vehicle": head["trip"],
    }


def _size(one: Mapping[str, Any]) -> int:
    """Sort the largest groups to the front."""
    return -int(one["vehicles"]) - int(one["waiting"])


def left_line(one: Mapping[str, Any]) -> str:
    """Put a group of :func:`left_list` into a line of text, without the names of its run.

    Examples
    --------
    >>> left_line({"vehicles": 7, "waiting": 2, "links": ["x", "y"], "since_s": 60.0, "cause": "red", "link": "x",
    ...            "vehicle": "v"})
    "7 vehicles on x, y and 2 waiting to enter, since 60 s, behind 'v' at the stop line of x: red signal"
    """
    links = ", ".join(one["links"][:SHOWN_LINKS])
    more = f" and {len(one['links']) - SHOWN_LINKS} more links" if len(one["links"]) > SHOWN_LINKS else ""
    where = f"{_vehicles(one['vehicles'])} on {links}{more}"
    if one["waiting"]:
        where += f" and {one['waiting']} waiting to enter"
    if one["cause"] == ENTRY:
        return f"{_vehicles(one['waiting'])} waiting to enter {links}{more}"
    cause = WORDS.get(one["cause"], one["cause"])
    if one["cause"] == "moving":
        return f"{where}, {cause}"
    since = "" if one["since_s"] is None else f", since {one['since_s']:g} s"
    return f"{where}{since}, behind {one['vehicle']!r} at the stop line of {one['link']}: {cause}"


def left_lines(summary: Mapping[str, Any]) -> list[str]:
    """Put into words where vehicles were left, the largest groups first, from ``run --json`` or ``compare --json``.

    Examples
    --------
    >>> group = {"replication": 2, "vehicles": 7, "waiting": 0, "links": ["x"], "since_s": None, "cause": "moving",
    ...          "link": "x", "vehicle": "v"}
    >>> left_lines({"left": [group]})
    ['left in replication 2: 7 vehicles on x, still moving']
    """
    groups: list[Mapping[str, Any]] = list(summary.get("left", []))
    largest = sorted(groups, key=_size)[:SHOWN_GROUPS]
    lines = [f"left in {_run(one)}: {left_line(one)}" for one in largest]
    rest = groups[SHOWN_GROUPS:]
    if rest:
        vehicles = sum(map(_size, largest)) - sum(map(_size, groups))
        lines.append(f"left at {len(rest)} further locations: {vehicles} vehicles (all in the table events)")
    return lines


def _vehicles(count: int) -> str:
    return f"{count} vehicle" if count == 1 else f"{count} vehicles"


def _run(one: Mapping[str, Any]) -> str:
    names = [str(one[name]) for name in ("scenario", "engine", "alternative") if name in one]
    return ", ".join([*names, f"replication {one['replication']}"])
