"""The digest: one fingerprint of everything that a run decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.codes import ENCROACHMENTS
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Record


def digest(plan: Plan, record: Record) -> str:
    """SHA-256 of final state, trips, links, detectors and events, bit for bit.

    Trips are taken in the order of their names, links of their ids, detectors by name and lane, events by time, kind,
    trip and link, gridlocks in their order, all as little-endian bytes; labels, paths, run times, versions and the
    ledger stay out. Equal digests mean equal results to the last bit.

    Returns
    -------
    64 hexadecimal digits.
    """
    sha = hashlib.sha256()
    for name, content in (
        ("state", [record.state]),
        ("trips", _trips(plan, record)),
        ("links", _links(plan, record)),
        ("detectors", _detectors(plan, record)),
        ("events", _events(plan, record)),
        *_gridlocks(plan, record),
    ):
        _feed(sha, name.encode())
        for part in content:
            _feed(sha, part)
    return sha.hexdigest()


def combined_digest(digests: Iterable[str]) -> str:
    """SHA-256 of the digests of all replications, in their order.

    Examples
    --------
    >>> combined_digest(["a", "b"]) == combined_digest(["b", "a"])
    False
    """
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _feed(sha: hashlib._Hash, part: bytes) -> None:
    """Feed a part behind its length, so that no two lists of parts look alike."""
    sha.update(len(part).to_bytes(8, "little"))
    sha.update(part)


def _bytes(array: NDArray[np.generic]) -> bytes:
    """Bytes of an array behind its shape: doubles or 64-bit integers, little-endian, -0 as 0."""
    values = np.asarray(array)
    shape = np.array(values.shape, "<i8").tobytes()
    if values.dtype.kind == "f":
        return shape + (values.astype("<f8") + 0.0).tobytes()
    return shape + values.astype("<i8").tobytes()


def _text(names: Sequence[str]) -> bytes:
    return "\x00".join(names).encode()


def _order(names: Sequence[str]) -> NDArray[np.intp]:
    return np.array(sorted(range(len(names)), key=names.__getitem__), np.intp)


def _trips(plan: Plan, record: Record) -> list[bytes]:
    order = _order(plan.trips.name)
    names = [plan.trips.name[row] for row in order]
    columns = (plan.trips.depart_s, *record.trips)
    return [_text(names), *(_bytes(np.asarray(column)[order]) for column in columns)]


def _links(plan: Plan, record: Record) -> list[bytes]:
    order = _order(plan.link_id)
    names = [plan.link_id[row] for row in order]
    counters = (column for column in record.links if column is not None)
    return [_text(names), *(_bytes(np.asarray(column)[:, order]) for column in counters)]


def _detectors(plan: Plan, record: Record) -> list[bytes]:
    lane = plan.detectors.lane
    link = plan.lanes.link[lane]
    number = lane - plan.links.lane_start[link]
    places = [
        f"{name}\x1f{plan.link_id[at]}\x1f{count:06d}"
        for name, at, count in zip(plan.detectors.name, link, number, strict=True)
    ]
    order = _order(places)
    columns = (np.asarray(column)[:, order] for column in record.detectors)
    return [_text([places[row] for row in order]), *(_bytes(column) for column in columns)]


def _events(plan: Plan, record: Record) -> list[bytes]:
    events = record.events
    trip = [plan.trips.name[row] if row >= 0 else "" for row in events.trip]
    link = [plan.link_id[row] if row >= 0 else "" for row in events.link]
    kept = np.flatnonzero(~np.isin(events.code, ENCROACHMENTS))  # these follow from the rest
    order = sorted(kept.tolist(), key=lambda row: (events.time_s[row], events.code[row], trip[row], link[row]))
    pick = np.array(order, np.intp)
    return [
        _bytes(events.time_s[pick]), _bytes(events.code[pick]),
        _text([trip[row] for row in order]), _text([link[row] for row in order]),
    ]


def _gridlocks(plan: Plan, record: Record) -> list[tuple[str, list[bytes]]]:
    """Nothing for a run without any, so that its digest does not depend on their being looked for."""
    found = record.gridlocks
    if not len(found.number):
        return []
    trip = [plan.trips.name[row] for row in found.trip]
    link = [plan.link_id[row] for row in found.link]
    return [("gridlocks", [_bytes(found.number), _bytes(found.begin_s), _bytes(found.end_s), _text(trip), _text(link)])]
