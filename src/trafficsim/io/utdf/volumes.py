"""Turning volumes of UTDF as flows along routes: at every junction each movement has the volume that was counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from trafficsim.io.ledger import Ledger
from trafficsim.io.utdf.roads import Read
from trafficsim.io.utdf.sections import Utdf
from trafficsim.spec.demand import MOST_VOLUME_VEH_H, Demand, Flow

LEAST_VEH_H = 0.5
"""Below this a stream is not divided any more: all of it turns as most of it does (modelling assumption)."""
NEAR_VEH_H = 0.5
HOUR_S = 3600.0
HEAVY = "truck"
MOST_GROWTH = 1000.0
"""In percent: volumes that grow tenfold are a slip of the pen (modelling assumption)."""


class Counted(NamedTuple):
    """Volumes in veh/h: of each movement by (link, next link), of each approach, and the share of heavy vehicles."""

    turns: Mapping[str, Mapping[str, float]]
    approach: Mapping[str, float]
    heavy: Mapping[str, float]


def read_volumes(utdf: Utdf, read: Read, adjusted: bool, ledger: Ledger) -> Demand:
    """Return flows of an hour that bring every movement its volume.

    Parameters
    ----------
    utdf
        The file.
    read
        Its roads.
    adjusted
        Volumes are multiplied by growth and divided by the peak hour factor, as Synchro does to compute delays.
    ledger
        Takes where volumes do not fit together: where a link brings more than the next junction counts, the rest ends
        on it; where it brings less, the rest begins on it (as SimTraffic does, Synchro's manual, Traffic Imbalance).

    Raises
    ------
    InputError
        If a volume is negative or no number.
    """
    counted = _counted(utdf, read, adjusted, ledger)
    brought: dict[str, float] = defaultdict(float)
    for turns in counted.turns.values():
        for link, volume in turns.items():
            brought[link] += volume
    routes: dict[tuple[str, ...], float] = defaultdict(float)
    for link, volume in counted.approach.items():
        extra = volume - brought.get(link, 0.0)
        if abs(extra) > NEAR_VEH_H and link in brought:
            ledger.repair("volume-unbalanced", f"link {link} ({brought[link]:.0f} veh/h come, {volume:.0f} are "
                          "counted)")
        if extra > 0:
            for route, share in _routes(counted, brought, (link,), extra):
                routes[route] += share
    return Demand(flows=tuple(_flow(read, route, volume, counted, ledger) for route, volume in routes.items()))


def _counted(utdf: Utdf, read: Read, adjusted: bool, ledger: Ledger) -> Counted:
    turns: dict[str, dict[str, float]] = {}
    heavy: dict[str, float] = {}
    for link, groups in read.groups.items():
        for group in groups:
            volume = utdf.lanes.number(group.node, "Volume", group.column, least=0) or 0.0
            if volume > MOST_VOLUME_VEH_H:
                ledger.repair("value-capped", f"{utdf.lanes.place(group.node, 'Volume', group.column)}: {volume:.4g}")
                volume = MOST_VOLUME_VEH_H
            if adjusted:
                growth = min(utdf.lanes.number(group.node, "Growth", group.column, least=0) or 100.0, MOST_GROWTH)
                factor = utdf.lanes.number(group.node, "PHF", group.column, least=0.1)
                volume *= growth / 100.0 / (factor or 1.0)
            if volume > 0:
                of_link = turns.setdefault(link, {})
                of_link[group.to_link] = of_link.get(group.to_link, 0.0) + volume
                share = utdf.lanes.number(group.node, "HeavyVehicles", group.column, least=0) or 0.0
                heavy[link] = heavy.get(link, 0.0) + volume * min(share, 100.0) / 100.0
                ledger.note("read", "turning volume", utdf.lanes.place(group.node, "Volume", group.column))
    approach = {link: sum(of_link.values()) for link, of_link in turns.items()}
    return Counted(turns, approach, {link: number / approach[link] for link, number in heavy.items()})


def _routes(counted: Counted, brought: Mapping[str, float], route: tuple[str, ...], volume: float) -> Iterator[
        tuple[tuple[str, ...], float]]:
    """Follow a stream: at each junction it divides as the counted volumes do, and never passes a link twice."""
    pending = [(route, volume)]
    while pending:
        route, volume = pending.pop()
        turns = {link: share for link, share in counted.turns.get(route[-1], {}).items() if link not in route}
        whole = sum(turns.values())
        if not whole:
            yield route, volume
            continue
        if volume < LEAST_VEH_H:
            best = max(turns, key=lambda link: (turns[link], link))
            turns, whole = {best: 1.0}, 1.0
        for link, turn in turns.items():
            part = volume * turn / whole
            goes_on = min(1.0, counted.approach.get(link, 0.0) / brought[link])
            if goes_on < 1.0 and part * (1.0 - goes_on) > 0:
                yield (*route, link), part * (1.0 - goes_on)
            if goes_on > 0:
                pending.append(((*route, link), part * goes_on))


def _flow(read: Read, route: tuple[str, ...], volume: float, counted: Counted, ledger: Ledger) -> Flow:
    pieces = tuple(piece.id for link in route for piece in read.roads.pieces[link])
    heavy = counted.heavy.get(route[0], 0.0)
    ledger.note("inferred", "flow along a route, from turning volumes", " > ".join(route))
    if volume > MOST_VOLUME_VEH_H:
        ledger.repair("value-capped", f"flow of {volume:.0f} veh/h from link {route[0]}")
    classes = {"car": round(1.0 - heavy, 6)} | ({HEAVY: round(heavy, 6)} if heavy else {})
    return Flow(id=">".join(route), volume_veh_h=round(min(volume, MOST_VOLUME_VEH_H), 6), route=pieces, begin_s=0.0,
                end_s=HOUR_S, vehicle_classes=classes)
