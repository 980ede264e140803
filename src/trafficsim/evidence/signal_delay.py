"""G0: control delay of one approach beside an exact fixed-cycle queue that is fed with the engine's own discharge."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from trafficsim.api.running import run
from trafficsim.evidence.fixed_cycle import FixedCycle, crossings, hcm_delay_s
from trafficsim.evidence.row import F8, Row
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.scenario import DemandSource, Detector, Scenario, Time
from trafficsim.spec.signals import Phase, SignalProgram

CYCLE_S, GREEN_S, YELLOW_S, LIMIT_KMH = 90.0, 40.0, 3.0, 50.0
APPROACH_M, BEYOND_M, PERIOD_S = 1500.0, 250.0, 900.0
LINE_M = 0.5
"""The detector lies so far beyond the stop line: those who wait at it have not crossed."""
SATURATED_CYCLES, FIRST, LAST = 300, 5, 18
"""Cycles with a standing queue, and the vehicles of each whose headways give the saturation flow (HCM: from the fifth
on)."""
REPLICATIONS = 300
ACCEPTED = {0.5: 5.0, 0.7: 5.0, 0.85: 5.0, 0.95: 8.0}
SOURCE = "exact fixed-cycle queue"


def rows() -> list[Row]:
    """One row per degree of saturation: gap to the queue; the gap to HCM 2016 is reported beside."""
    signal = measured_signal()
    return [row for x in ACCEPTED for row in _rows(x, signal)]


def _rows(x: float, signal: FixedCycle) -> list[Row]:
    engine, queue, hcm = delays(x, signal)
    gap = 100.0 * (float(engine.mean() / queue.mean()) - 1.0)
    # the interval of a ratio of means by its linear form
    spread = 100.0 * (engine - queue * engine.mean() / queue.mean()) / queue.mean()
    half = 1.96 * float(spread.std(ddof=1)) / len(spread) ** 0.5
    limit = ACCEPTED[x]
    note = "" if abs(gap) <= limit else "saturation flow and lost time are measured on the same approach"
    found = Row(f"control delay at X = {x:g} against the exact queue, %", "emergent", 0.0, -limit, limit, gap,
                gap - half, gap + half, source=SOURCE, note=note)
    far = 100.0 * (engine / hcm - 1.0)
    return [found, Row(f"control delay at X = {x:g} against HCM d1 + d2, %", "emergent", source="HCM 2016, ch. 19",
                       note="the formula is an approximation").seen(far)]


def approach() -> Network:
    """One lane, its signal (green first, 3 s of yellow, red), and the road beyond."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for number, node in enumerate(("a", "b", "c")):
        graph.add_node(node, x_m=float(number), y_m=0.0, control="priority")
    for name, ends, length_m in (("in", ("a", "b"), APPROACH_M), ("out", ("b", "c"), BEYOND_M)):
        graph.add_edge(*ends, id=name, length_m=length_m, lanes=1, speed_limit_kmh=LIMIT_KMH, priority=0,
                       road_class="urban")
    phases = [Phase(duration_s=GREEN_S, state="G"), Phase(duration_s=YELLOW_S, state="y"),
              Phase(duration_s=CYCLE_S - GREEN_S - YELLOW_S, state="r")]
    joint = Connection(from_link="in", from_lane=0, to_link="out", to_lane=0, speed_limit_kmh=200.0, signal="s",
                       signal_index=0)
    return Network(graph=graph, connections=(joint,), signals=(SignalProgram(id="s", phases=tuple(phases)),))


def _scenario(volume_veh_h: float, analysis_s: float) -> Scenario:
    uniform = SpeedChoice(share_over_limit=0.5, cv=0.0)
    flow = Flow(id="f", volume_veh_h=volume_veh_h, route=("in", "out"), vehicle_classes={"car": 1.0})
    line = Detector(id="line", link="out", position_m=LINE_M, headways=True)
    return Scenario(name="G0", network=approach(), demand=DemandSource(flows=(flow,)), drivers=Drivers(urban=uniform),
                    detectors=(line,), time=Time(analysis_s=analysis_s, clear_s=20_000.0))


def measured_signal() -> FixedCycle:
    """Return the signal as the engine's own saturated queues describe it."""
    crossing = run(_scenario(2400.0, SATURATED_CYCLES * CYCLE_S)).tables["headways"]
    line = np.sort(crossing["time_s"].to_numpy(np.float64))
    starts = np.arange(3, SATURATED_CYCLES) * CYCLE_S
    queues = [line[(line >= start) & (line < start + CYCLE_S)] - start for start in starts]
    full = [queue for queue in queues if len(queue) >= LAST]
    headway_s = float(np.mean([(one[LAST - 1] - one[FIRST - 1]) / (LAST - FIRST) for one in full]))
    lost_s = float(np.mean([one[FIRST - 1] for one in full])) - FIRST * headway_s
    return FixedCycle(CYCLE_S, headway_s, lost_s, float(np.mean([len(one) for one in queues])))


def delays(x: float, signal: FixedCycle) -> tuple[F8, F8, float]:
    """Mean control delay by replication of engine and queue, and that of the HCM; 15 minutes from empty."""
    capacity = signal.per_cycle * 3600.0 / CYCLE_S
    trips = run(_scenario(x * capacity, PERIOD_S), replications=REPLICATIONS).tables["trips"]
    found = [_delay(part, signal, number) for number, (_, part) in enumerate(trips.groupby("replication"), start=1)]
    hcm = sum(hcm_delay_s(CYCLE_S, signal.per_cycle * signal.headway_s, capacity, x, PERIOD_S / 3600.0))
    engine, queue = np.array(found, np.float64).T
    return engine, queue, hcm


def _delay(trips: pd.DataFrame, signal: FixedCycle, number: int) -> tuple[float, float]:
    """Everybody to 250 m beyond the line less free-flow time; the queue's vehicles come at the engine's entry times."""
    ordered = trips.sort_values("entry_s")
    entry, left = (ordered[name].to_numpy(np.float64) for name in ("entry_s", "exit_s"))
    arrival = entry + APPROACH_M / (LIMIT_KMH / 3.6)
    free_s = (APPROACH_M + BEYOND_M) / (LIMIT_KMH / 3.6)
    queue = crossings(arrival.tolist(), signal, number) - arrival
    return float((left - entry).mean()) - free_s, float(queue.mean())
