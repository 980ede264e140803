"""Realise the demand: who travels, when, in which vehicle and how fast, from counter-based draws.

A vehicle is known by its name for ever: a trip by its id, vehicle n of a flow by ``"(flow id)#n"``. Its class and its
normal score depend on that name, the seed and the replication, and on nothing else, so that changing one flow changes
no other flow's people. Where the volume of a flow itself changes, vehicle n keeps its class and score; Poisson arrivals
keep their random draws (the unit-exponential gaps), so all depart earlier under a larger volume and further vehicles
follow. How demand varies from one replication to another is told in :mod:`trafficsim.plan.day`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from trafficsim.base.errors import DemandError
from trafficsim.base.findings import Finding
from trafficsim.kernels.rng import MASK64, Stream, mix64, u01
from trafficsim.plan.arrays import F8, I4, U8
from trafficsim.spec.demand import Demand
from trafficsim.spec.scenario import Time

MOST_SCORE = 3.0
"""Normal scores of people and days are cut there (modelling assumption)."""


@dataclass(frozen=True)
class People:
    """Realised vehicles in no particular order; ``request`` is the row of their flow or trip."""

    name: list[str]
    name_hash: U8
    request: NDArray[np.int64]
    depart_s: F8


def vehicle_keys(name_hash: U8, seed_key: int) -> U8:
    """Random keys of vehicles from the hashes of their names and the key of the run."""
    return mix64(name_hash ^ mix64(np.array([seed_key & MASK64], np.uint64)))


def hash_names(names: Sequence[str]) -> U8:
    """Hash names to 64 bits each: the bits of :func:`~trafficsim.kernels.rng.hash_name`.

    Examples
    --------
    >>> from trafficsim.kernels.rng import hash_name
    >>> hash_names(["a", "b"]).tolist() == [hash_name("a"), hash_name("b")]
    True
    """
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(digests, "<u8").astype(np.uint64)


def normal_score(uniform: F8) -> F8:
    """Turn uniform numbers into normal ones, cut at +-3.

    Scores beyond the cut are set to it, so that the share above any limit within it is exactly what was asked.

    Examples
    --------
    >>> normal_score(np.array([0.5, 1e-9])).tolist()
    [0.0, -3.0]
    """
    return np.clip(ndtri(uniform), -MOST_SCORE, MOST_SCORE)


def normal_scores(keys: U8) -> F8:
    """Return the normal score of each driver.

    Examples
    --------
    >>> bool(abs(normal_scores(hash_names(["a", "b"]))).max() <= 3.0)
    True
    """
    return normal_score(u01(keys, Stream.SPEED, 0, 0))


def draw_classes(keys: U8, cumulative: F8) -> I4:
    """Class of each vehicle, given the cumulative shares (vehicles, classes) of its mix."""
    draw = u01(keys, Stream.CLASS, 0, 0)
    return np.asarray((draw[:, np.newaxis] >= cumulative).sum(axis=1), np.int32)


def check_names(demand: Demand) -> None:
    """Refuse two trips, two flows, or a trip and a vehicle of a flow with one name.

    Raises
    ------
    DemandError
        Naming the id.
    """
    flows = {flow.id for flow in demand.flows}
    for kind, ids in (("trip", [trip.id for trip in demand.trips]), ("flow", [flow.id for flow in demand.flows])):
        seen: set[str] = set()
        for name in ids:
            if name in seen:
                raise DemandError(f"{kind} {name!r}", f"two {kind}s with this id", "unique ids", "rename one of them")
            seen.add(name)
    for trip in demand.trips:
        match = re.fullmatch(r"(.*)#\d+", trip.id)
        if match and match[1] in flows:
            raise DemandError(f"trip {trip.id!r}", f"the name of a vehicle of flow {match[1]!r}",
                              "a name of its own", "rename the trip")


def clipped_flows(demand: Demand, time: Time) -> tuple[Finding, ...]:
    """Warn of flows of which a part lies outside the departure window."""
    window = f"{time.start_s:g} s to {time.analysis_end_s:g} s"
    return tuple(
        Finding("warning", "flow-clipped", f"flow {flow.id!r}",
                f"begins or ends outside the departures of the scenario ({window}) and is cut to them",
                "correct begin_s or end_s, or lengthen the analysis period")
        for flow in demand.flows
        if (flow.begin_s is not None and flow.begin_s < time.start_s)
        or (flow.end_s is not None and flow.end_s > time.analysis_end_s)
    )
