"""Detectors of signals in GMNS, as point detectors of a scenario."""

from __future__ import annotations

from collections.abc import Sequence

from trafficsim.io.gmns.roads import MOST_LANE, Read
from trafficsim.io.gmns.tables import Row
from trafficsim.io.ledger import Ledger
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Detector


def read_detectors(rows: Sequence[Row], read: Read, network: Network, ledger: Ledger) -> tuple[Detector, ...]:
    """Return a detector per lane that the table names; its place is counted back from the stop line.

    Raises
    ------
    InputError
        If a lane or place is no number.
    """
    links, found = network.links, dict[str, Detector]()
    for row in rows:
        pieces = read.roads.pieces.get(row.key("link_id"))
        if pieces is None:
            ledger.note("ignored", "detector on a link that is not in the network", row.where)
            continue
        last = pieces[-1]
        before_m = abs(row.number("det_zone_lr") or 0.0) * read.units.short_m
        position_m = max(links[last.id]["length_m"] - before_m, 0.0)
        first, end = row.whole("start_lane"), row.whole("end_lane")
        listed = [first] if first is None or end is None else range(min(first, end), max(first, end) + 1)[:MOST_LANE]
        numbers = [number for number in listed if number != 0]
        lanes = [None if number is None else last.lane(number) for number in numbers]
        for number, lane in zip(numbers, lanes, strict=True):
            if number is not None and lane is None:
                ledger.repair("detector-left-out", f"{row.where} (link {last.id!r} has no lane {number} for vehicles)")
                continue
            name = row.key("detector_id") + ("" if len(numbers) == 1 else f" lane {number}")
            found.setdefault(name, Detector(id=name, link=last.id, position_m=round(position_m, 3), lane=lane))
            ledger.note("read", "detector", row.where)
    return tuple(found.values())
