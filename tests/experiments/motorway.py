"""Motorways against field values, as a table: ``python -m tests.experiments.motorway``, from the project's root.

Lane usage, capacity with and without trucks, what is left of it behind a queue, merging, and the speed of a jam front.
The same quantities are tested, with tolerances and their reasons, in ``tests/verification``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from tests.support.motorways import Traffic, drive, lane_drop, on_ramp, straight, weaving
from tests.support.rings import fill, flow_per_tick, places_on_ring, ring_program
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.packed_state import pos, vel
from trafficsim.spec.demand import Flow
from trafficsim.spec.network import Network

Row = tuple[str, str, str]
CARS: Mapping[str, float] = {"car": 1.0}
TRUCKS: Mapping[str, float] = {"car": 0.9, "truck": 0.1}
QUEUED_KMH = 70.0
"""Below this mean speed upstream of a bottleneck, for five minutes, traffic has broken down."""
JAM_SPEED = 3
"""Cells per tick (5.4 km/h) up to which a vehicle stands in a jam."""


def left_lane_share(veh_h_lane: float, seed: int = 1) -> tuple[float, np.ndarray]:
    """Share of the left of two lanes in the flow after 4 km, and the mean speeds of both (km/h)."""
    flow = Flow(id="f", volume_veh_h=2.0 * veh_h_lane, route=("a", "b", "c"))
    traffic = drive(straight(2), [flow], {"d": ("c", 500.0)}, 35, seed=seed)
    counts = traffic.flow_veh_h["d"][5:]
    speeds = (traffic.speed_kmh["d"][5:] * counts).sum(axis=0) / counts.sum(axis=0)
    return float(traffic.lane_shares("d", 5)[1]), np.asarray(speeds)


def straight_capacity(lanes: int, classes: Mapping[str, float] = CARS, seed: int = 1) -> float:
    """Flow per lane (veh/h) in the middle of 6 km of straight motorway to which more comes than can enter."""
    flow = Flow(id="f", volume_veh_h=2500.0 * lanes, route=("a", "b", "c"), vehicle_classes=dict(classes))
    return drive(straight(lanes), [flow], {"d": ("b", 1000.0)}, 60, seed=seed).mean_flow("d", 20) / lanes


@dataclass(frozen=True)
class Breakdown:
    """Flows (veh/h, all lanes) at a bottleneck: the half hour before it breaks down, and out of the queue."""

    before_veh_h: float
    discharge_veh_h: float

    @property
    def drop(self) -> float:
        """Share of the flow that is lost once a queue stands."""
        return 1.0 - self.discharge_veh_h / self.before_veh_h


def rising(name: str, volume_veh_h: float, route: tuple[str, ...], classes: Mapping[str, float]) -> Flow:
    """Return a flow that rises from 70 to 115 % of a volume in steps of 1.5 % every six minutes, and stays there."""
    profile = tuple((360.0 * step, 0.70 + 0.015 * step) for step in range(31))
    return Flow(id=name, volume_veh_h=volume_veh_h, route=route, profile=profile, vehicle_classes=dict(classes))


def breakdown_at_lane_drop(lanes: int, seed: int, classes: Mapping[str, float] = CARS) -> Breakdown:
    """Bottleneck where one of several lanes ends."""
    flows = [rising("f", 2000.0 * (lanes - 1), ("a", "b", "c"), classes)]
    return _breakdown(lane_drop(lanes, zipper=True), flows, ("b", 1300.0), ("c", 1000.0), seed)


def breakdown_at_on_ramp(seed: int, classes: Mapping[str, float] = CARS) -> Breakdown:
    """Bottleneck where a ramp with an acceleration lane of 250 m joins two lanes, bringing a sixth of the flow."""
    flows = [rising("m", 3400.0, ("main", "join", "out"), classes),
             rising("r", 680.0, ("ramp", "join", "out"), classes)]
    return _breakdown(on_ramp(2), flows, ("main", 2500.0), ("out", 1000.0), seed)


def _breakdown(network: Network, flows: list[Flow], upstream: tuple[str, float], downstream: tuple[str, float],
               seed: int) -> Breakdown:
    traffic = drive(network, flows, {"up": upstream, "out": downstream}, 240, seed=seed)
    counts, speeds = traffic.flow_veh_h["up"], traffic.speed_kmh["up"]
    mean = (counts * speeds).sum(axis=1) / np.maximum(counts.sum(axis=1), 1.0)
    slow = np.convolve(mean < QUEUED_KMH, np.ones(5), mode="valid") == 5
    if not slow.any():
        raise ValueError(f"no breakdown with seed {seed}: raise the demand")
    began = int(np.argmax(slow))
    outflow = traffic.flow_veh_h["out"].sum(axis=1)
    return Breakdown(float(outflow[began - 30:began].mean()), float(outflow[began + 15:began + 75].mean()))


def merge_shares(seed: int = 1) -> tuple[float, float, float]:
    """Saturated zipper of two lanes into one: share of the lane that ends, flow behind it, and that of 3 lanes to 2.

    Shares are taken where the zipper begins, 310 m before the end.
    """
    flow = Flow(id="f", volume_veh_h=2800.0, route=("a", "b", "c"))
    two = drive(lane_drop(2, zipper=True), [flow], {"merge": ("b", 1690.0), "out": ("c", 1000.0)}, 60, seed=seed)
    wide = Flow(id="f", volume_veh_h=5200.0, route=("a", "b", "c"))
    three = drive(lane_drop(3, zipper=True), [wide], {"out": ("c", 1000.0)}, 60, seed=seed)
    return float(two.lane_shares("merge", 30)[1]), two.mean_flow("out", 30), three.mean_flow("out", 30) / 2.0


def saturated_ramp(seed: int = 1) -> tuple[float, float]:
    """Queues on the ramp and on both main lanes.

    Ramp flow over that of the nearside lane before the merge, and outflow.
    """
    flows = [Flow(id="m", volume_veh_h=4000.0, route=("main", "join", "out")),
             Flow(id="r", volume_veh_h=1500.0, route=("ramp", "join", "out"))]
    places = {"m": ("main", 2900.0), "r": ("ramp", 450.0), "o": ("out", 1000.0)}
    traffic = drive(on_ramp(2), flows, places, 60, seed=seed)
    nearside = float(traffic.flow_veh_h["m"][30:, 0].mean())
    return traffic.mean_flow("r", 30) / nearside, traffic.mean_flow("o", 30)


def weave(main_veh_h: float, ramp_veh_h: float, seed: int) -> Traffic:
    """A weaving section of 400 m: a fifth of the main flow leaves, four fifths of the ramp's flow stay."""
    flows = [Flow(id="mm", volume_veh_h=0.8 * main_veh_h, route=("main", "weave", "out")),
             Flow(id="mo", volume_veh_h=0.2 * main_veh_h, route=("main", "weave", "off")),
             Flow(id="rm", volume_veh_h=0.8 * ramp_veh_h, route=("ramp", "weave", "out")),
             Flow(id="ro", volume_veh_h=0.2 * ramp_veh_h, route=("ramp", "weave", "off"))]
    return drive(weaving(2), flows, {"m": ("main", 1500.0), "o": ("out", 1000.0), "f": ("off", 200.0)}, 30, seed=seed,
                 clear_s=600.0)


def ring_flow(density_veh_km: float, *, jammed: bool, length_m: float = 6000.0, ticks: int = 2400,
              start_p: float | None = None) -> float:
    """Flow of a one-lane ring at 120 km/h (veh/h), started evenly spread or from one standing jam."""
    vehicles = round(density_veh_km * length_m / 1000.0)
    program = ring_program(length_m, 2 * vehicles, ticks * 40 // 3000 + 6, 120.0, CellularAutomaton(start_p=start_p),
                           road_class="motorway")
    spread = int(program.net.lane.length.sum()) / vehicles
    gap = 14.0 if jammed else spread
    speed = 0 if jammed else max(0, min(66, int((spread - 14) / 1.4)))
    fill(program, places_on_ring(program, [14 + int(number * gap) for number in range(vehicles)], speed))
    return 3600.0 * flow_per_tick(program, ticks // 3, ticks - ticks // 3)


def jam_front_kmh(density_veh_km: float = 40.0, length_m: float = 6000.0) -> float:
    """Speed at which the downstream front of a standing jam moves, tracked vehicle by vehicle for two minutes.

    All vehicles of a ring stand in one jam. The front is the first of those that still stand.
    """
    vehicles = round(density_veh_km * length_m / 1000.0)
    program = ring_program(length_m, 2 * vehicles, 40, 120.0, CellularAutomaton(), road_class="motorway")
    per_link = int(program.net.lane[0].length)
    fill(program, places_on_ring(program, [per_link + 14 + 14 * number for number in range(vehicles)], 0))
    where = []
    for tick in range(120):
        advance(program, tick, tick + 1)
        x = program.vehicles.X[: program.start[-1]]
        lane = np.repeat(np.arange(program.net.lanes), np.diff(program.start))
        front = np.array([pos(word) for word in x]) + per_link * (lane + 1)
        standing = np.array([vel(word) for word in x]) <= JAM_SPEED
        where.append(int(front[standing].max()))
    track = np.array(where[30:], np.float64)
    slope = np.polyfit(np.arange(len(track)), track, 1)[0]
    return float(slope * 1.8)


def usage() -> Iterator[Row]:
    """How two lanes are used, and what straight roads carry."""
    for volume in (200, 400, 800, 1200, 1500, 1800):
        share, speeds = left_lane_share(float(volume))
        wanted = {200: "below half", 400: "below half", 1500: "above half", 1800: "above half"}.get(volume, "")
        yield (f"two lanes, {volume:,} veh/h per lane: share of the left lane; speeds right / left, km/h", wanted,
               f"{share:.2f}; {speeds[0]:.0f} / {speeds[1]:.0f}")
    for lanes in (1, 2, 3):
        cars, mixed = straight_capacity(lanes), straight_capacity(lanes, TRUCKS)
        yield (f"{lanes} straight lane{'s' * (lanes > 1)}, saturated: flow of cars / with 10 % trucks, veh/h per lane",
               "2,000–2,300 (cars)", f"{cars:,.0f} / {mixed:,.0f}")


def bottlenecks(seeds: range) -> Iterator[Row]:
    """Flows before a breakdown and out of the queue."""
    places = {
        "lane drop 2 to 1": (1, [breakdown_at_lane_drop(2, seed) for seed in seeds]),
        "lane drop 3 to 2": (2, [breakdown_at_lane_drop(3, seed) for seed in seeds]),
        "on-ramp": (2, [breakdown_at_on_ramp(seed) for seed in seeds]),
        "lane drop 3 to 2, 10 % trucks": (2, [breakdown_at_lane_drop(3, seed, TRUCKS) for seed in seeds]),
        "on-ramp, 10 % trucks": (2, [breakdown_at_on_ramp(seed, TRUCKS) for seed in seeds]),
    }
    for name, (lanes, found) in places.items():
        before = np.mean([one.before_veh_h for one in found]) / lanes
        after = np.mean([one.discharge_veh_h for one in found]) / lanes
        drops = [100.0 * one.drop for one in found]
        yield (f"{name}: half hour before the breakdown / out of the queue, veh/h per lane; drop (least to greatest)",
               "drop 3–18 %",
               f"{before:,.0f} / {after:,.0f}; {np.mean(drops):.1f} % ({min(drops):.1f} to {max(drops):.1f})")


def merging() -> Iterator[Row]:
    """Zippers, ramps and weaving sections."""
    share, one, two = merge_shares()
    yield "saturated zipper 2 to 1: share of the lane that ends", "0.5", f"{share:.2f}"
    yield "saturated zippers 2 to 1 / 3 to 2: flow per lane behind, veh/h", "", f"{one:,.0f} / {two:,.0f}"
    ratio, out = saturated_ramp()
    yield ("saturated on-ramp: ramp over nearside lane; flow behind, veh/h per lane", "about 1",
           f"{ratio:.2f}; {out / 2:,.0f}")
    runs = [weave(2600.0, 600.0, seed) for seed in range(1, 6)]
    stuck = sum(run.left + run.waiting for run in runs)
    wrong = sum(run.wrong_lane_turns for run in runs)
    yield ("weaving section of 400 m, 2,600 + 600 veh/h, 5 runs of 30 min: not arrived; from a wrong lane", "0; 0",
           f"{stuck}; {wrong}")


def jams() -> Iterator[Row]:
    """The ring from both starts, and the front of a jam."""
    for density in (18.0, 20.0, 25.0, 30.0, 40.0):
        even, jam = ring_flow(density, jammed=False), ring_flow(density, jammed=True)
        yield (f"ring, {density:.0f} veh/km: flow from an even start / from a jam, veh/h", "hysteresis",
               f"{even:,.0f} / {jam:,.0f}")
    yield "front of a jam, tracked, km/h", "−13 to −22", f"{jam_front_kmh():.1f}".replace("-", "−")


def main() -> None:
    print("| quantity | expected | found |\n|---|---|--:|")
    for part in (usage(), bottlenecks(range(1, 6)), merging(), jams()):
        for row in part:
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
