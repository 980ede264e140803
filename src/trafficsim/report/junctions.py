"""Movements by junction and approach, averaged over replications."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from trafficsim.results.movements import level_of_service
from trafficsim.spec.network import Network

MOVEMENT_KEYS = ["from_link", "to_link", "direction", "signalised"]
NAMES = [*MOVEMENT_KEYS, "capacity_note", "blocked_by"]
SHARES = ["storage_m", "spillback_share", "blocked_share"]
NUMBERS = ("volume_veh_h", "control_delay_s", "v_c", "queue_95_m")


class Movement(NamedTuple):
    """One movement at a junction: means over replications; absent values are ``None``.

    Attributes
    ----------
    junction : signal program, or node, or the approach itself where the network is not known
    direction : ``through``, ``left``, ``right``, ``u_turn`` or nothing
    delay_s : control delay per vehicle, weighted by the vehicles of each replication
    storage_m, spillback_share : length of the approach, and part of the time in which its queue was longer
    blocked_share : part of the time in which its first vehicles might go but found no room beyond
    blocked_by : link at whose stop line the queue began that was the reason for most of it
    """

    junction: str
    from_link: str
    to_link: str
    direction: str | None
    signalised: bool
    volume_veh_h: float
    v_c: float | None
    delay_s: float | None
    level: str | None
    queue_m: float | None
    capacity_note: str | None = None
    storage_m: float | None = None
    spillback_share: float = 0.0
    blocked_share: float = 0.0
    blocked_by: str | None = None


def movements_of(movements: pd.DataFrame, alternative: str, network: Network | None) -> list[Movement]:
    """Average the movements of an alternative that anybody used, sorted by junction, approach and way on.

    Parameters
    ----------
    movements
        Table of that name, of one scenario and engine.
    alternative
        Its name.
    network
        Tells which junction an approach leads to.
    """
    rows = movements[movements["alternative"] == alternative].dropna(subset=["volume_veh_h"])
    rows = rows.reindex(columns=list(dict.fromkeys([*rows.columns, *NAMES, *SHARES])))  # of an earlier version
    places = junctions_of(network) if network is not None else {}
    found = [_movement(row, places) for row in _means(rows).to_dict("records")]
    used = [one for one in found if one.volume_veh_h > 0.0]
    return sorted(used, key=lambda one: (not one.signalised, one.junction, one.from_link, one.to_link))


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    """Means over replications by movement; NaN, which is sorted out at once, where there is no value."""
    volume, delay, degree, queue = (rows[name].to_numpy(np.float64, na_value=np.nan) for name in NUMBERS)
    shares = {name: rows[name].to_numpy(np.float64, na_value=np.nan) for name in SHARES}
    plain = rows[NAMES].astype(object).where(rows[NAMES].notna(), None).assign(
        **shares,
        volume=volume, degree=degree, queue=queue, lost=delay * volume, weight=np.where(np.isnan(delay), 0.0, volume))
    groups = plain.groupby(MOVEMENT_KEYS, sort=False, dropna=False)
    means = groups[["volume", "degree", "queue", *SHARES]].mean().assign(note=groups["capacity_note"].first())
    sums = groups[["lost", "weight"]].sum()
    means = means.assign(delay=sums["lost"] / sums["weight"].where(sums["weight"] > 0.0)).reset_index()
    return means.merge(_blockers(plain), on=MOVEMENT_KEYS[:2], how="left")


def _blockers(rows: pd.DataFrame) -> pd.DataFrame:
    """The link that blocked each movement for longest, over all replications; none where nobody did."""
    sums = (
        rows.dropna(subset=["blocked_by"])
        .groupby([*MOVEMENT_KEYS[:2], "blocked_by"])[["blocked_share"]]
        .sum()
        .reset_index()
    )
    ordered = sums.sort_values(["blocked_share", "blocked_by"], ascending=[False, True], kind="stable")
    return ordered.drop_duplicates(MOVEMENT_KEYS[:2])[[*MOVEMENT_KEYS[:2], "blocked_by"]].astype(object)


def junctions_of(network: Network) -> dict[str, str]:
    """Name of the junction at the end of every link: its signal program where it has one, else its node."""
    names = {link: str(attributes["to"]) for link, attributes in network.links.items()}
    return names | {
        movement.from_link: movement.signal for movement in network.connections if movement.signal is not None
    }


def _movement(row: dict[Hashable, Any], places: Mapping[str, str]) -> Movement:
    delay, degree, queue = (None if np.isnan(row[name]) else float(row[name]) for name in ("delay", "degree", "queue"))
    signalised, approach = bool(row["signalised"]), str(row["from_link"])
    level = None
    if delay is not None:
        level = level_of_service(delay, signalised=signalised, over_capacity=degree is not None and degree > 1.0)
    direction = str(row["direction"]) if isinstance(row["direction"], str) else None
    note, by = (str(row[name]) if isinstance(row[name], str) else None for name in ("note", "blocked_by"))
    storage, spilled, blocked = (0.0 if np.isnan(row[name]) else float(row[name]) for name in SHARES)
    return Movement(places.get(approach, approach), approach, str(row["to_link"]), direction, signalised,
                    float(row["volume"]), degree, delay, level, queue, note, storage, spilled, blocked, by)
