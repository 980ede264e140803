"""Motorways made by hand: straight roads, lane drops, on-ramps and weaving sections, watched by detectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.support.worlds import link, make_network, make_plan, make_world, through
from trafficsim.engines.ca.loop import check_invariants, simulate
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.state import Count
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.scenario import Detector, Time

LIMIT_KMH = 120.0
CELL_KMH = 1.8


def section(name: str, length_m: float, lanes: int, **more: Any) -> dict[str, Any]:
    """Return the attributes of a stretch of motorway."""
    return link(name, length_m, lanes=lanes, **{"speed_limit_kmh": LIMIT_KMH, "road_class": "motorway", **more})


def straight(lanes: int, length_m: float = 2000.0, **more: Any) -> Network:
    """Three links ``a``, ``b``, ``c`` in a row."""
    rows = [section(name, length_m, lanes, **more) for name in ("a", "b", "c")]
    return make_network(rows, through("a", "b", lanes) + through("b", "c", lanes))


def lane_drop(lanes: int, *, zipper: bool, length_m: float = 2000.0) -> Network:
    """``a`` and ``b`` with ``lanes`` lanes, then ``c`` with one less: the outermost lane ends at the end of ``b``.

    With ``zipper`` the lane that ends leads into its neighbour and gives way there; else nothing leads out of it.
    """
    rows = [section("a", length_m, lanes), section("b", length_m, lanes), section("c", length_m, lanes - 1)]
    joints = through("a", "b", lanes) + through("b", "c", lanes - 1)
    if zipper:
        merge = Connection(from_link="b", from_lane=lanes - 1, to_link="c", to_lane=lanes - 2, speed_limit_kmh=200.0,
                           yields_to=(len(joints) - 1,), critical_gap_s=2.0)
        joints.append(merge)
    return make_network(rows, joints)


def on_ramp(lanes: int, *, acceleration_m: float = 250.0, ramp_kmh: float = 80.0) -> Network:
    """``main`` and ``ramp`` join into ``join``, whose nearside lane is the acceleration lane and ends; then ``out``."""
    rows = [section("main", 3000.0, lanes), section("ramp", 500.0, 1, speed_limit_kmh=ramp_kmh),
            section("join", acceleration_m, lanes + 1), section("out", 2000.0, lanes)]
    joints = [Connection(from_link="ramp", from_lane=0, to_link="join", to_lane=0, speed_limit_kmh=200.0)]
    for lane in range(lanes):
        joints += [_ahead("main", lane, "join", lane + 1), _ahead("join", lane + 1, "out", lane)]
    return make_network(rows, joints)


def weaving(lanes: int, *, length_m: float = 400.0, ramp_kmh: float = 80.0) -> Network:
    """An on-ramp and an off-ramp joined by one auxiliary nearside lane.

    ``main``, ``ramp``, ``weave``, ``out``, ``off``.
    """
    rows = [section("main", 2000.0, lanes), section("ramp", 500.0, 1, speed_limit_kmh=ramp_kmh),
            section("weave", length_m, lanes + 1), section("out", 2000.0, lanes),
            section("off", 500.0, 1, speed_limit_kmh=ramp_kmh)]
    joints = [_ahead("ramp", 0, "weave", 0), _ahead("weave", 0, "off", 0)]
    for lane in range(lanes):
        joints += [_ahead("main", lane, "weave", lane + 1), _ahead("weave", lane + 1, "out", lane)]
    return make_network(rows, joints)


def _ahead(first: str, from_lane: int, second: str, to_lane: int) -> Connection:
    return Connection(from_link=first, from_lane=from_lane, to_link=second, to_lane=to_lane, speed_limit_kmh=200.0)


@dataclass(frozen=True)
class Traffic:
    """What a run left behind; arrays are (minutes, lanes)."""

    flow_veh_h: Mapping[str, np.ndarray]
    speed_kmh: Mapping[str, np.ndarray]
    """Mean of the spot speeds; 0 where nobody passed."""
    wrong_lane_turns: int
    lane_changes: int
    left: int
    """Vehicles that have not arrived at the end."""
    waiting: int
    """Trips that have not even entered."""

    def mean_flow(self, place: str, begin_min: int, end_min: int | None = None) -> float:
        """Flow over all lanes between two minutes."""
        return float(self.flow_veh_h[place][begin_min:end_min].sum(axis=1).mean())

    def lane_shares(self, place: str, begin_min: int, end_min: int | None = None) -> np.ndarray:
        """Share of every lane in the flow."""
        flow = self.flow_veh_h[place][begin_min:end_min].sum(axis=0)
        return np.asarray(flow / flow.sum())


def drive(
    network: Network, flows: Sequence[Flow], detectors: Mapping[str, tuple[str, float]], minutes: int, *,
    drivers: Drivers | None = None, seed: int = 1, clear_s: float = 1.0, ca: CellularAutomaton | None = None,
) -> Traffic:
    """Run flows for some minutes; ``detectors`` are (link, metres from its start) by name."""
    world = make_world(
        network, flows, drivers=drivers or Drivers(), ca=ca,
        time=Time(analysis_s=60.0 * minutes, clear_s=clear_s, interval_s=60.0),
        detectors=tuple(Detector(id=name, link=at, position_m=x) for name, (at, x) in detectors.items()),
    )
    settings = world.scenario.ca
    plan = make_plan(world, seed)
    program = compile_plan(plan, settings)
    _, collected = simulate(plan, settings, program)
    check_invariants(program)
    counts = np.stack(collected.detectors)[:minutes]
    where = {name: np.flatnonzero([place.split("_")[0] == name for place in plan.detectors.name]) for name in detectors}
    passed, speed_sum = counts["count"], counts["speed_sum"]
    flow = {name: passed[:, at] * 60.0 for name, at in where.items()}
    speed = {name: speed_sum[:, at] / np.maximum(passed[:, at], 1.0) * CELL_KMH for name, at in where.items()}
    status = program.trips.row.status[:-1]
    return Traffic(flow, speed, int(program.work.count[Count.WRONG_LANE]), int(program.work.count[Count.LANE_CHANGES]),
                   int((status == 1).sum()), int((status == 0).sum()))
