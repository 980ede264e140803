"""Cases of kinematic-wave theory with known answers, for the queue engine: expected, found, and how near it must be.

Those marked UXsim are cases of its verification (toruseo/UXsim, tests/test_verification_*.py, where 10 to 20 % are
accepted). Answers are those of the theory by arithmetic; one vehicle and one headway are its grain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from tests.support.queue_roads import Seen, Stream, arrivals, drive, given, joined, network_of
from tests.support.worlds import through
from trafficsim.spec.signals import Phase, SignalProgram

CAPACITY, FREE_S, HEADWAY_S = 0.8, 50.0, 1.25


class Row(NamedTuple):
    """One number of a case."""

    case: str
    quantity: str
    expected: float
    found: float
    within: float
    """Greatest difference accepted."""


def states(case: str, seen: Seen, name: str, period: tuple[float, float], flow: float, density: float) -> Iterator[Row]:
    """Flow to one vehicle, density to one vehicle on the link."""
    q, k = seen.state(name, *period)
    length_m = float(seen.plan.links.length_m[seen.plan.link_id.index(name)])
    yield Row(case, f"flow off {name}, veh/s", flow, q, 1.01 / (period[1] - period[0]))
    yield Row(case, f"density on {name}, veh/m", density, k, 1.0 / length_m)


def one_link() -> Iterator[Row]:
    case, road = "one link (UXsim)", network_of({"link": given()}, [])
    seen = drive(road, [Stream(("link",), 0.5, 0.0, 500.0)])
    yield Row(case, "trips completed", 250.0, float(seen.record.completed), 0.0)
    yield Row(case, "total travel time, s", 12_500.0, float(seen.times("link").sum()), 0.5)
    yield from states(case, seen, "link", (100.0, 500.0), 0.5, 0.025)
    full = drive(road, [Stream(("link",), 2.0, 0.0, 1000.0)])
    yield from states("one link, demand over capacity (UXsim)", full, "link", (100.0, 1000.0), CAPACITY, 0.04)


def two_links() -> Iterator[Row]:
    case = "two links, 20 then 10 m/s (UXsim)"
    road = network_of({"link1": given(), "link2": given(speed_ms=10.0)}, joined(("link1", "link2")))
    seen = drive(road, [Stream(("link1", "link2"), 0.5, 0.0, 500.0)])
    yield Row(case, "total travel time, s", 37_500.0, float(seen.times("link1", "link2").sum()), 0.5)
    yield from states(case, seen, "link2", (200.0, 500.0), 0.5, 0.05)


def vertical_queue() -> Iterator[Row]:
    # 2 veh/s for 500 s: 0.8 (500 - 50) have arrived, 40 are on the road, the others wait to begin
    case, until = "vertical queue at the entry (UXsim)", 500.0
    seen = drive(network_of({"link": given()}, []), [Stream(("link",), 2.0, 0.0, until)])
    entry, end = seen.record.trips.entry_s, seen.record.trips.exit_s
    yield Row(case, "completed after 500 s", 360.0, float(np.sum(end <= until)), 1.0)
    yield Row(case, "on the road", 40.0, float(np.sum((entry <= until) & (end > until))), 1.0)
    times = np.minimum(end, until) - seen.plan.trips.depart_s
    yield Row(case, "veh s of all, waiting included", 169_000.0, float(times.sum()), 0.005 * 169_000.0)


def _of_bottleneck(case: str, seen: Seen, second_ms: float) -> Iterator[Row]:
    """0.8 veh/s for 500 s, then 0.4, before 2/3: the queue of 66.7 is gone after 750 s; 25,000 veh s of delay."""
    flow = 2.0 / 3.0
    yield from states(case, seen, "link1", (300.0, 500.0), flow, 0.2 - flow / 5.0)
    yield from states(case, seen, "link2", (300.0, 500.0), flow, flow / second_ms)
    times = seen.times("link1", "link2")
    yield Row(case, "mean delay, s", 31.25, float(times.mean()) - FREE_S - 1000.0 / second_ms, 0.35)


def bottlenecks() -> Iterator[Row]:
    road, cut = joined(("link1", "link2")), 2.0 / 3.0
    streams = [Stream(("link1", "link2"), 0.8, 0.0, 500.0), Stream(("link1", "link2"), 0.4, 500.0, 1500.0)]
    kinds = {
        "by free speed (UXsim)": (given(), given(speed_ms=10.0, wave_ms=5.0), None),
        "by jam density (UXsim)": (given(), given(jam_veh_m=0.1, wave_ms=10.0), None),
        "by outflow capacity (UXsim)": (given(outflow_capacity_veh_h=cut), given(), None),
        "by inflow capacity (UXsim)": (given(), given(inflow_capacity_veh_h=cut), None),
        "by the capacity of the node (UXsim)": (given(), given(), cut),
    }
    for name, (first, second, node) in kinds.items():
        seen = drive(network_of({"link1": first, "link2": second}, road, node_veh_s=node), streams)
        yield from _of_bottleneck(f"bottleneck {name}", seen, 10.0 if "speed" in name else 20.0)


def wide_bottlenecks() -> Iterator[Row]:
    stream = [Stream(("link1", "link2"), 1.4, 0.0, 2000.0)]
    joints = through("link1", "link2", 2)
    plain = given(3000.0, lanes=2)
    kinds = {
        "by outflow capacity (UXsim)": (plain | {"outflow_capacity_veh_h": 3600.0}, plain, None),
        "by inflow capacity (UXsim)": (plain, plain | {"inflow_capacity_veh_h": 3600.0}, None),
        "by the capacity of the node (UXsim)": (plain, plain, 1.0),
    }
    for name, (first, second, node) in kinds.items():
        case = f"two lanes, bottleneck {name}"
        seen = drive(network_of({"link1": first, "link2": second}, joints, node_veh_s=node), stream)
        yield from states(case, seen, "link1", (1200.0, 2000.0), 1.0, 0.4 - 1.0 / 5.0)
        yield from states(case, seen, "link2", (1200.0, 2000.0), 1.0, 1.0 / 20.0)


def lanes() -> Iterator[Row]:
    yield from _lane_drop()
    case = "two lanes, then three (UXsim)"
    wider = network_of({"link1": given(3000.0, lanes=2), "link2": given(3000.0, lanes=3)}, through("link1", "link2", 2))
    seen = drive(wider, [Stream(("link1", "link2"), 2.0, 0.0, 1000.0)])
    yield from states(case, seen, "link1", (400.0, 1000.0), 1.6, 0.08)
    yield from states(case, seen, "link2", (400.0, 1000.0), 1.6, 0.08)


def _lane_drop() -> Iterator[Row]:
    case = "two lanes, then one (UXsim)"
    first, = through("link1", "link2")
    network = network_of({"link1": given(3000.0, lanes=2), "link2": given(3000.0)},
                         [first, first.model_copy(update={"from_lane": 1})])
    seen = drive(network, [Stream(("link1", "link2"), 2.0, 0.0, 1000.0)])
    yield from states(case, seen, "link1", (800.0, 1200.0), 0.8, 0.24)
    yield from states(case, seen, "link2", (400.0, 1200.0), 0.8, 0.04)


def shock() -> Iterator[Row]:
    # 0.6 veh/s before 0.4: (0.4 - 0.6) / (0.12 - 0.03)
    names = [f"link{number}" for number in range(5)]
    network = network_of({name: given(500.0, **({"outflow_capacity_veh_h": 0.4} if name == names[3] else {}))
                          for name in names}, joined(*pairwise(names)))
    seen = drive(network, [Stream(tuple(names), 0.6, 0.0, 1800.0)])
    left = np.array([seen.record.links.left[: round(1800.0 / 50.0), seen.plan.link_id.index(name)].sum()
                     for name in names])
    # those who left a link until 1,800 s: 0.6 until the shock came to its end, 0.4 since then
    came = [(left[at] - 0.4 * 1800.0 + 0.6 * 25.0 * (at + 1)) / 0.2 for at in range(3)]
    yield Row("shock before a bottleneck", "speed, m/s", -20.0 / 9.0, -500.0 / (came[0] - came[1]), 0.02)


def cumulative() -> Iterator[Row]:
    case = "cumulative curves at a bottleneck of 0.5 veh/s (UXsim)"
    network = network_of({"link1": given(outflow_capacity_veh_h=0.5), "link2": given()}, joined(("link1", "link2")))
    route = ("link1", "link2")
    seen = drive(network, [Stream(route, flow, 500.0 * at, 500.0 * (at + 1))
                           for at, flow in enumerate((0.2, 0.5, 0.6, 0.2))])
    come, gone = (table[:30, 0].sum() for table in (seen.record.links.entered, seen.record.links.left))
    yield Row(case, "entered until 1,500 s", 650.0, float(come), 1.0)
    yield Row(case, "left until 1,500 s", 575.0, float(gone), 1.0)


def merges() -> Iterator[Row]:
    pairs = (("link1", "link3"), ("link2", "link3"))
    free = _merge((1.0, 1.0), 0.3, 1000.0)
    for pair in pairs:
        yield Row("merge below capacity (UXsim)", f"mean travel time over {pair[0]}, s", 100.0,
                  float(free.times(*pair).mean()), HEADWAY_S + 0.01)
    fair = _merge((1.0, 1.0), 0.5, 1000.0)
    for pair in pairs:  # 0.4 of 0.5 veh/s: the last of 500 waits 250 s
        yield Row("fair merge (UXsim)", f"mean travel time over {pair[0]}, s", 225.0,
                  float(fair.times(*pair).mean()), HEADWAY_S)
    for name, priority, flows in (("merge, priority 1:2 (UXsim)", (1.0, 2.0), (0.8 / 3.0, 1.6 / 3.0)),
                                  ("merge, priority 1:5 (UXsim)", (1.0, 5.0), (0.2, 0.6))):
        seen = _merge(priority, 0.6, 2000.0)
        for link, flow in zip(("link1", "link2", "link3"), (*flows, sum(flows)), strict=True):
            yield Row(name, f"flow off {link}, veh/s", flow, seen.state(link, 800.0, 2000.0)[0], 1.01 / 1200.0)


def _merge(priority: tuple[float, float], flow: float, until_s: float) -> Seen:
    links = {f"link{at + 1}": given(merge_priority=one) for at, one in enumerate(priority)} | {"link3": given()}
    pairs = (("link1", "link3"), ("link2", "link3"))
    return drive(network_of(links, joined(*pairs)), [Stream(pair, flow, 0.0, until_s) for pair in pairs])


def diverges() -> Iterator[Row]:
    pairs = (("link1", "link2"), ("link1", "link3"))
    links = {"link1": given(), "link2": given(inflow_capacity_veh_h=0.2), "link3": given()}
    cases = {"diverge below capacity (UXsim)": ((0.2, 0.3), 100.0),
             "diverge, one branch full (UXsim)": ((0.3, 0.2), 350.0)}
    for case, (flows, mean_s) in cases.items():
        seen = drive(network_of(links, joined(*pairs)),
                     [Stream(pair, flow, 0.0, 1000.0) for pair, flow in zip(pairs, flows, strict=True)])
        for pair, flow in zip(pairs, flows, strict=True):
            yield Row(case, f"trips over {pair[1]}", 1000.0 * flow, float(len(seen.times(*pair))), 0.0)
            # first in, first out: both wait for the full branch, 0.2 of 0.3 veh/s go on
            yield Row(case, f"mean travel time over {pair[1]}, s", mean_s, float(seen.times(*pair).mean()), 2.5)


PAIRS = (("link1", "link3"), ("link1", "link4"), ("link2", "link3"), ("link2", "link4"))
GREENS = SignalProgram(id="s", phases=(Phase(duration_s=60.0, state="Gr"), Phase(duration_s=60.0, state="rG")))


def junctions() -> Iterator[Row]:
    plain = {f"link{number}": given() for number in (1, 2, 3, 4)}
    one = drive(network_of(plain, joined(*PAIRS)), [Stream(pair, 0.6, 0.0, 1000.0) for pair in (PAIRS[0], PAIRS[2])])
    for pair in (PAIRS[0], PAIRS[2]):  # 0.4 of 0.6 veh/s: 250 s on average
        yield Row("two approaches to one exit (UXsim)", f"mean travel time over {pair[0]}, s", 350.0,
                  float(one.times(*pair).mean()), 1.5)
    free = drive(network_of(plain, joined(*PAIRS)), [Stream(pair, 0.3, 0.0, 1000.0) for pair in PAIRS])
    yield Row("two approaches, two exits (UXsim)", "mean travel time, s", 100.0,
              float(np.mean([free.times(*pair).mean() for pair in PAIRS])), 2.5)
    macroscopic = drive(network_of(plain, joined(*PAIRS), node_veh_s=0.8),
                        [Stream(pair, 0.3, 0.0, 1000.0) for pair in PAIRS])
    for first in ("link1", "link2"):
        own = [macroscopic.times(*pair).mean() for pair in PAIRS if pair[0] == first]
        yield Row("macroscopic signal: node of 0.8 veh/s (UXsim)", f"mean travel time over {first}, s", 350.0,
                  float(np.mean(own)), 3.0)


def signals() -> Iterator[Row]:
    plain = {f"link{number}": given() for number in (1, 2, 3, 4)}
    joints = [one.model_copy(update={"signal": "s", "signal_index": 0 if one.from_link == "link1" else 1})
              for one in joined(*PAIRS)]
    for name, flow in (("oversaturated", 0.3), ("undersaturated", 0.15)):
        seen = drive(network_of(plain, joints, [GREENS]), [Stream(pair, flow, 0.0, 1000.0) for pair in PAIRS])
        for group, first in enumerate(("link1", "link2")):
            own = np.concatenate([seen.times(*pair) for pair in PAIRS if pair[0] == first])
            come = np.sort(np.concatenate([Stream(pair, flow, 0.0, 1000.0).departures() for pair in PAIRS[:2]]))
            expected = float((at_signal(come + FREE_S, 60.0 * group, 60.0, 120.0) - come).mean()) + FREE_S
            yield Row(f"signal, {name} (UXsim)", f"mean travel time over {first}, s", expected, float(own.mean()), 0.1)


def at_signal(come: np.ndarray, begin_s: float, green_s: float, cycle_s: float) -> np.ndarray:
    """Return when vehicles cross: one headway after the one before, or after the begin of green they stood at."""
    left, last = [], -np.inf
    for time in come:
        goes = max(time, last + HEADWAY_S)
        phase = (goes - begin_s) % cycle_s
        if phase >= green_s:
            goes += cycle_s - phase + HEADWAY_S
        elif goes - phase > time:  # stood at its begin
            goes = max(goes, goes - phase + HEADWAY_S)
        left.append(goes)
        last = goes
    return np.array(left)


def red_light() -> Iterator[Row]:
    """Red 30 of 60 s, 0.3 veh/s: means over all phases in which vehicles can come, less half a headway of grain."""
    case = "queue at a signal, red 30 of 60 s, 0.3 veh/s (by hand)"
    program = SignalProgram(id="s", phases=(Phase(duration_s=30.0, state="r"), Phase(duration_s=30.0, state="G")))
    network = network_of({"link1": given(), "link2": given()},
                         joined(("link1", "link2"), signal="s", signal_index=0), [program])
    queued, clears, delays = [], [], []
    for phase in (np.arange(20) + 0.5) / 20:
        shift = (phase - 0.5) / 0.3
        seen = drive(network, [Stream(("link1", "link2"), 0.3, 10.0 + shift, 610.0 + shift)])
        delay = seen.times("link1", "link2") - 2.0 * FREE_S - HEADWAY_S / 2.0
        come = seen.plan.trips.depart_s + FREE_S
        cycle = come // 60.0
        for one in range(3, 9):
            late = (cycle == one) & (delay > 0.0)
            queued.append(late.sum())
            delays.append(np.maximum(delay, 0.0)[cycle == one].mean())
            last = np.flatnonzero(late)[-1]
            clears.append(come[last] + 0.5 / 0.3 - 60.0 * one)  # it came within a headway before
    wave_ms = 0.3 / (0.3 / 20.0 - 0.2)
    back_m = 5.0 * float(np.mean(queued))
    yield Row(case, "back of the queue, m", 72.0, back_m, 1.0)
    yield Row(case, "when it is there, s", 44.4, float(np.mean(clears)) - back_m / 20.0, 0.5)
    yield Row(case, "speed of the back, m/s", wave_ms, -back_m / (float(np.mean(clears)) - back_m / 20.0), 0.03)
    yield Row(case, "queue has cleared, s", 48.0, float(np.mean(clears)), 0.5)
    yield Row(case, "mean delay, s", 12.0, float(np.mean(delays)), 0.1)


def waiting() -> Iterator[Row]:
    """M/D/1: Poisson arrivals before a server of two seconds, which is busy 80 % of the time."""
    rng = np.random.default_rng(1)
    come = np.cumsum(rng.exponential(2.5, 20_000))
    road = given(1000.0, capacity_veh_h=1000.0, outflow_capacity_veh_h=0.5) | {"storage": "unlimited"}
    del road["backward_wave_kmh"]
    seen = arrivals(network_of({"link": road}, []), come)
    waited = seen.times("link") - FREE_S
    lindley, wait, last = [], 0.0, -np.inf
    for time in come.tolist():
        wait = max(wait - (time - last) + 2.0, 0.0)
        lindley.append(wait)
        last = time
    case, mean_s = "M/D/1, busy 80 % of the time, 20,000 vehicles", float(waited.mean())
    yield Row(case, "mean wait by Lindley's recursion, s", float(np.mean(lindley)), mean_s, 0.01)
    yield Row(case, "mean wait, s", 4.0, mean_s, 0.66)  # three standard errors, over 300 draws of as many vehicles


CASES: dict[str, Callable[[], Iterator[Row]]] = {
    one.__name__: one for one in (one_link, two_links, vertical_queue, bottlenecks, wide_bottlenecks, lanes, shock,
                                  cumulative, merges, diverges, junctions, signals, red_light, waiting)
}
