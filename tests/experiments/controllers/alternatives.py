"""Who is compared: every controller that a network can have, and why it cannot have the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from trafficsim.base.errors import TrafficsimError
from trafficsim.envs.agent import LinearAgent
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared
from trafficsim.policies.controlled import Controlled
from trafficsim.policies.green_wave import GreenWave
from trafficsim.policies.maxband import Maxband
from trafficsim.policies.signal_control import Actuated, MaxPressure, SelfOrganising
from trafficsim.policies.webster import Webster
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario

EXISTING = "existing program"
SLOWEST = 0.8
"""Slowest speed of a band over the limit (modelling assumption)."""
Rows = dict[str, tuple[Policy, ...]]


class Arterial(NamedTuple):
    """A way through signals, and the one back through the same where it is looked for."""

    out: tuple[str, ...]
    back: tuple[str, ...]
    signals: tuple[str, ...]


class Comparison(NamedTuple):
    """The scenario with its named ways, the rows that can be run, and by row why others cannot."""

    scenario: Scenario
    rows: Rows
    refused: dict[str, str]


def signal_of(network: Network) -> dict[tuple[str, str], str]:
    """Return the signal between two links, where there is one."""
    return {(one.from_link, one.to_link): one.signal for one in network.connections if one.signal is not None}


def driven(prepared: Prepared) -> list[tuple[str, ...]]:
    """Return the distinct routes of the mean day, those that most drive first."""
    plan = lower(prepared, (), 1).plan
    found: dict[tuple[int, ...], int] = {}
    for first, last in pairwise(plan.trips.route_start.tolist()):
        route = tuple(plan.trips.route_link[first:last].tolist())
        found[route] = found.get(route, 0) + 1
    order = sorted(found, key=lambda route: (-found[route], route))
    return [tuple(plan.link_id[link] for link in route) for route in order]


def pieces(route: Sequence[str], signals: dict[tuple[str, str], str], usable: set[str]) -> list[tuple[str, ...]]:
    """Cut a route where it passes a signal that cannot be coordinated."""
    found, begun = list[tuple[str, ...]](), 0
    for place, pair in enumerate(pairwise(route)):
        if signals.get(pair) is not None and signals[pair] not in usable:
            found.append(tuple(route[begun : place + 1]))
            begun = place + 1
    return [*found, tuple(route[begun:])]


def arterial_of(prepared: Prepared, usable: set[str], both: bool) -> Arterial | None:
    """Return the driven way through most signals that can be coordinated; both ways: one that is driven back, too."""
    signals = signal_of(prepared.world.network)
    ways: dict[tuple[str, ...], tuple[str, ...]] = {}
    for route in driven(prepared):
        for piece in pieces(route, signals, usable):
            passed = tuple(signals[pair] for pair in pairwise(piece) if pair in signals)
            if len(set(passed)) == len(passed) >= 2:
                ways.setdefault(passed, piece)
    found = [passed for passed in ways if not both or passed[::-1] in ways]
    if not found:
        return None
    best = max(found, key=len)
    return Arterial(ways[best], ways.get(best[::-1], ()), best)


def why_not(prepared: Prepared, policies: Sequence[Policy]) -> str:
    """Return why policies cannot act in this network; nothing where they can."""
    try:
        lower(prepared, policies, 1)
    except TrafficsimError as problem:
        return str(problem)
    return ""


def at_usable(prepared: Prepared) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the signals that Webster's method can serve, and why not the others."""
    found = {one.id: why_not(prepared, (Webster(on=(one.id,)),)) for one in prepared.world.network.signals}
    return (tuple(name for name, reason in found.items() if not reason),
            {name: reason for name, reason in found.items() if reason})


def coordinated(prepared: Prepared, usable: tuple[str, ...]) -> tuple[Prepared, Rows, dict[str, str]]:
    """Return rows with waves along the ways through most signals, and the world in which these are named."""
    paths: dict[str, tuple[str, ...]] = {}
    rows, missing = Rows(), dict[str, str]()
    for name, both in (("green wave", False), ("MAXBAND", True)):
        way = arterial_of(prepared, set(usable), both)
        if way is None:
            missing[name] = f"no two signals that can be retimed on one route{' and one back' if both else ''}"
            continue
        speed = median_limit_kmh(prepared.world.network, way.out)
        out, back = f"{name} out", f"{name} back"
        wave: Policy = GreenWave(along=out, speed_kmh=speed)
        if both:
            wave = Maxband(along=out, back=back, slowest_kmh=SLOWEST * speed, speed_kmh=speed)
        paths |= {out: way.out, **({back: way.back} if both else {})}
        rows[f"Webster, {name} through {len(way.signals)}"] = (*retimed(usable, way.signals), wave)
    return with_paths(prepared, paths), rows, missing


def retimed(usable: tuple[str, ...], together: tuple[str, ...]) -> tuple[Policy, ...]:
    """Webster's plans: one cycle for those that are coordinated, each its own for the others."""
    others = tuple(name for name in usable if name not in together)
    first = Webster(on=together, common_cycle=True)
    return (first, Webster(on=others)) if others else (first,)


def median_limit_kmh(network: Network, links: Sequence[str]) -> float:
    """Return the median of the speed limits along a way."""
    known = network.links
    return float(np.median([float(known[link]["speed_limit_kmh"]) for link in links]))


def with_paths(prepared: Prepared, paths: dict[str, tuple[str, ...]]) -> Prepared:
    """Return the same world with named ways."""
    world = prepared.world
    network = replace(world.network, paths={**world.network.paths, **paths})
    scenario = world.scenario.model_copy(update={"network": network})
    return replace(prepared, world=replace(world, network=network, scenario=scenario))


def alternatives(prepared: Prepared, agent: LinearAgent | None) -> Comparison:
    """Return the rows of a network: those that can be run, and why others cannot."""
    usable, left = at_usable(prepared)
    number = len(prepared.world.network.signals)
    rows: Rows = {EXISTING: ()}
    refused = {f"Webster at {name}": reason for name, reason in left.items()}
    if usable:
        rows[f"Webster at {len(usable)} of {number}"] = (Webster(on=usable),)
    named, waves, missing = coordinated(prepared, usable)
    rows |= waves | {
        "actuated": (Actuated(),), "max-pressure": (MaxPressure(),),
        "max-pressure within 100 m": (MaxPressure(detection_m=100.0),),
        "max-pressure, cyclic": (MaxPressure(cyclic=True),),
        "max-pressure, capacity-aware": (MaxPressure(capacity_aware=True),), "SOTL": (SelfOrganising(),),
        "SOTL within 100 m": (SelfOrganising(detection_m=100.0),)}
    if agent is not None:
        rows["trained agent"] = (Controlled(by=agent),)
        rows["longest queue (agent untrained)"] = (Controlled(by=LinearAgent()),)
    reasons = {name: why_not(named, policies) for name, policies in rows.items()}
    refused |= missing | {name: reason for name, reason in reasons.items() if reason}
    kept = {name: policies for name, policies in rows.items() if not reasons[name]}
    return Comparison(named.world.scenario, kept, refused)
