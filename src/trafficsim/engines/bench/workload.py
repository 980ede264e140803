"""The digest of a run of a benchmark."""

from __future__ import annotations

import hashlib

import numpy as np

from trafficsim.plan.record import Record


def digest(record: Record) -> str:
    """SHA-256 of the final state, of what happened to every trip, and of the counters of the timed blocks."""
    sha = hashlib.sha256(record.state)
    for column in (*record.trips, *(column for column in record.links if column is not None)):
        sha.update(np.ascontiguousarray(column).astype("<f8").tobytes())
    return sha.hexdigest()
