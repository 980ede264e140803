"""Movements by junction and approach, averaged over replications."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from trafficsim.results.movements import level_of_service
from trafficsim.spec.network import Network

WAYS = ["from_link", "to_link", "direction", "signalised"]


class Movement(NamedTuple):
    """One movement at a junction: means over replications; absent values are ``None``.

    Attributes
    ----------
    junction : signal program, or node, or the approach itself where the network is not known
    direction : ``through``, ``left``, ``right``, ``u_turn`` or nothing
    delay_s : control delay per vehicle, weighted by the vehicles of each replication
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
    places = junctions_of(network) if network is not None else {}
    found = [_movement(keys, part, places.get(str(keys[0]), str(keys[0])))
             for keys, part in rows.groupby(WAYS, sort=False, dropna=False)]
    used = [one for one in found if one.volume_veh_h > 0.0]
    return sorted(used, key=lambda one: (not one.signalised, one.junction, one.from_link, one.to_link))


def junctions_of(network: Network) -> dict[str, str]:
    """Name of the junction at the end of every link: its signal program where it has one, else its node."""
    names = {link: str(attributes["to"]) for link, attributes in network.links.items()}
    return names | {way.from_link: way.signal for way in network.connections if way.signal is not None}


def _movement(keys: tuple[object, ...], part: pd.DataFrame, junction: str) -> Movement:
    volume = part["volume_veh_h"].to_numpy(np.float64)
    known = part.dropna(subset=["control_delay_s"])
    weight = known["volume_veh_h"].to_numpy(np.float64)
    delay = None
    if weight.sum() > 0.0:
        delay = float((known["control_delay_s"].to_numpy(np.float64) * weight).sum() / weight.sum())
    degree, signalised = _mean(part["v_c"]), bool(keys[3])
    level = None
    if delay is not None:
        level = level_of_service(delay, signalised=signalised, over_capacity=degree is not None and degree > 1.0)
    direction = None if pd.isna(keys[2]) else str(keys[2])  # type: ignore[call-overload]
    return Movement(junction, str(keys[0]), str(keys[1]), direction, signalised, float(volume.mean()), degree, delay,
                    level, _mean(part["queue_95_m"]))


def _mean(values: pd.Series[float]) -> float | None:
    known = values.dropna().to_numpy(np.float64)
    return float(known.mean()) if len(known) else None
