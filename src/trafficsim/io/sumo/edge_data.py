"""Counts from SUMO's files of edge data, and turning counts and proportions from edge relations."""

from __future__ import annotations

from pathlib import Path

from trafficsim.base.errors import InputError
from trafficsim.io.sumo.xml import Element, read_xml
from trafficsim.spec.counts import ALL_CLASSES, HOUR_S, Count, TurnShare

ROOTS = ("meandata", "data", "edgedata", "edgeData", "counts", "additional")
COUNTED = ("entered", "count", "flow")
"""Attributes of an edge that hold vehicles of the interval; ``flow`` holds vehicles per hour."""
KMH_PER_MS = 3.6


def read_edge_data(path: Path) -> tuple[list[Count], list[TurnShare]]:
    """Read the counts and turning proportions of all intervals.

    Of an ``edge``: ``entered``, ``count`` or ``flow``, and ``speed`` in m/s; of an ``edgeRelation``: ``count`` of
    vehicles, or ``probability`` or ``ratio``, a share.

    Raises
    ------
    InputError
        If it is no such file, a number is none, or an interval has no length.
    """
    counts: list[Count] = []
    shares: list[TurnShare] = []
    for interval in read_xml(path, ROOTS).all("interval"):
        begin_s, end_s = interval.clock("begin"), interval.clock("end")
        if end_s <= begin_s:
            raise InputError(interval.where, f"begin {begin_s:g} and end {end_s:g}", "an end after the begin",
                             "correct the interval")
        counts += [one for edge in interval.all("edge") if (one := _edge(edge, begin_s, end_s)) is not None]
        for relation in interval.all("edgeRelation", "tazRelation"):
            _add_relation(relation, (begin_s, end_s), counts, shares)
    return counts, shares


def _edge(edge: Element, begin_s: float, end_s: float) -> Count | None:
    name = next((one for one in COUNTED if one in edge.attributes), None)
    if name is None:
        return None
    vehicles = edge.number(name) * ((end_s - begin_s) / HOUR_S if name == "flow" else 1.0)
    speed = edge.number("speed") * KMH_PER_MS if edge.get("speed") else None
    link = edge.text("id")
    return Count(link, "link", link, "", "", begin_s, end_s, ALL_CLASSES, vehicles,
                 speed if speed and speed > 0 else None, edge.where)


def _add_relation(relation: Element, times: tuple[float, float], counts: list[Count], shares: list[TurnShare]) -> None:
    link, to_link = relation.text("from"), relation.text("to")
    if "count" in relation.attributes:
        counts.append(Count(link, "turn", link, to_link, "", *times, ALL_CLASSES, relation.number("count"), None,
                            relation.where))
        return
    name = next((one for one in ("probability", "ratio") if one in relation.attributes), None)
    if name is not None:
        share = relation.number(name)
        if not 0.0 <= share <= 1.0:
            raise InputError(f"{relation.where}: {name}", f"{share:g}", "a share from 0 to 1", "correct it")
        shares.append(TurnShare(link, to_link, share, *times, relation.where))
