"""G9: max-pressure against fixed time on a grid of four by four signals.

The boundary of stability is measured, for each length of the slots apart: it is the volume of two crossing streets that
passes a saturated junction whose signal changes *at every slot*. The theorem knows no time lost between stages; a
controller that changes after every slot loses at every slot, and one that changes less often loses less. The boundary
is the worst case of its slots, and no share of what a junction without lost time could serve.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from trafficsim.design.synthetic import grid, junction
from trafficsim.engines.registry import engine_named
from trafficsim.evidence.row import F8, Row
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies import MaxPressure, Webster
from trafficsim.results.frames import Labels
from trafficsim.results.statistics import t_interval
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.engines import default_engine
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

SIZE, SPACING_M, CYCLE_S, BETWEEN_S = 4, 300.0, 90.0, 5.0
LOAD, HOURS, HOUR_S = 0.9, 10, 3600.0
UNEVEN = ((0.72, 0.28), (0.5, 0.5))
"""Share of the load on the two streets in even and odd hours."""
LOOK_S = 600.0
STABILITY_RUNS, REPLICATIONS = 5, 5
SATURATED_VEH_H, FILLED_S = 2000.0, 900.0
"""More than an approach with one lane can pass in an hour, and when queues stand everywhere."""
SMALL = 0.5
"""Growth, per cent of demand, that counts as none: half of what 1 % more demand than the boundary would let queues grow
by (modelling assumption)."""
ENGINES = (default_engine(), "queue")
VARAIYA, MERCADER = "Varaiya 2013", "direction: Mercader et al. 2020; range unverified"
LONG_S, SHORT_S = CYCLE_S / 2.0 - BETWEEN_S, MaxPressure().interval_s
"""Slots as long as greens of the cycle, and those that the policy has by default."""
SLOTS = f"acyclic, slots of {LONG_S:g} s"
CONTROLS: dict[str, tuple[Policy, ...]] = {
    SLOTS: (MaxPressure(interval_s=LONG_S),), "acyclic": (MaxPressure(),), "cyclic": (MaxPressure(cyclic=True),)}


class Stability(NamedTuple):
    """A control whose queues are watched: its policies, the slots of its boundary, whether queues take up room."""

    name: str
    policies: tuple[Policy, ...]
    slot_s: float
    spillback: bool = False
    judged: bool = False


WATCHED = (
    Stability(SLOTS, CONTROLS[SLOTS], LONG_S, judged=True),
    Stability(f"acyclic, slots of {SHORT_S:g} s", CONTROLS["acyclic"], SHORT_S, judged=True),
    Stability(f"acyclic, slots of {SHORT_S:g} s, at the load of {LONG_S:g} s", CONTROLS["acyclic"], LONG_S),
    Stability("cyclic", CONTROLS["cyclic"], LONG_S),
    Stability("fixed program of equal greens", (), LONG_S),
    Stability(SLOTS, CONTROLS[SLOTS], LONG_S, spillback=True),
    Stability(f"capacity-aware, slots of {LONG_S:g} s", (MaxPressure(interval_s=LONG_S, capacity_aware=True),), LONG_S,
              spillback=True),
    Stability(f"acyclic, slots of {SHORT_S:g} s", CONTROLS["acyclic"], SHORT_S, spillback=True),
)


def rows() -> list[Row]:
    """Queues over ten hours at 90 % of the boundary; delays of two hours; the longest wait."""
    return [*(row for one in WATCHED for row in _stability(one)),
            *(row for engine in ENGINES for row in _delays(engine))]


def _stability(one: Stability) -> list[Row]:
    """Growth of the number of vehicles: the theorem speaks of vertical queues; finite storage is reported."""
    boundary = boundary_veh_h(one.slot_s)
    demand = LOAD * boundary * SIZE * 2.0  # in both directions of every street
    present = np.array([vehicles_present(one, number) for number in range(1, STABILITY_RUNS + 1)])
    growth = 100.0 * np.array([slope_veh_h(of_run) for of_run in present]) / demand
    low, high = one_sided(growth)
    store = "finite storage" if one.spillback else "vertical queues"
    name = f"{store}, {one.name}"
    note = (f"90 % of {boundary:.0f} veh/h on two crossing streets, measured with a change every {one.slot_s:g} s; "
            f"{present[:, -1].mean():.0f} vehicles at the end, at most {present.max():.0f}; {demand:.0f} veh/h enter")
    seen = Row(f"growth of the vehicles present, 2 to {HOURS} h, % of demand, {name}", "emergent", source=VARAIYA,
               note=note).seen(growth)
    if not one.judged:
        return [seen]
    return [
        seen,
        Row(f"not shown to grow: one-sided lower 95 % limit of that, {name}", "emergent", 0.0, None, 0.0,
            source=VARAIYA, note=_unless(low <= 0.0)).exactly(low),
        Row(f"shown not to grow: one-sided upper 95 % limit of that, {name}", "emergent", 0.0, None, SMALL,
            source=VARAIYA, note=f"{SMALL:g} % counts as none (modelling assumption)").exactly(high),
    ]


def _unless(inside: bool) -> str:
    return "" if inside else "slots of two lengths were tried, each at 90 % of its own boundary"


def one_sided(values: F8) -> tuple[float, float]:
    """Return the one-sided lower and upper 95 % limits of a mean: the ends of the two-sided interval at 90 %."""
    _, low, high = t_interval(values, 0.90)
    return float(low), float(high)


def slope_veh_h(present: F8) -> float:
    """Return the slope of the number of vehicles.

    Vehicles are averaged over pairs of hours, an even and an odd one, whose demands differ; in the first pair the
    network fills.
    """
    pairs = present[: len(present) // 12 * 12].reshape(-1, 12).mean(axis=1)[1:]
    return float(np.polyfit(2.0 * np.arange(len(pairs)), pairs, 1)[0])


def vehicles_present(one: Stability, number: int) -> F8:
    """Return the vehicles on their way, those before the entries included, every ten minutes of ten hours."""
    depart_s, exit_s = _times_s(world(HOURS, one.spillback, LOAD * boundary_veh_h(one.slot_s)), one.policies, number)
    at = np.arange(LOOK_S, HOURS * HOUR_S + 1.0, LOOK_S)
    departed = np.searchsorted(np.sort(depart_s), at, side="right")
    return np.asarray(departed - np.searchsorted(np.sort(exit_s), at, side="right"), np.float64)


def _times_s(prepared: Prepared, policies: Sequence[Policy], number: int) -> tuple[F8, F8]:
    """Departures of all trips, and exits: infinitely late for those that are still on their way at the end."""
    plan, engine = lower(prepared, policies, number).plan, engine_named("queue")
    depart_s, exit_s = plan.trips.depart_s, engine.run(plan, engine.settings_of(prepared.world)).trips.exit_s
    return depart_s, np.where(exit_s >= depart_s, exit_s, np.inf)


@cache
def boundary_veh_h(slot_s: float) -> float:
    """Return the volume of two crossing streets that a junction with a change at every slot just passes.

    Measured in the queue engine with queues before all four approaches, whose stages have equal greens.
    """
    ways = (("in0", "out2"), ("in2", "out0"), ("in1", "out3"), ("in3", "out1"))
    network = junction(arms=4, lanes=1, cycle_s=2.0 * (slot_s + BETWEEN_S))
    assert max(phase.duration_s for phase in network.signals[0].phases) == slot_s  # its intergreens are BETWEEN_S
    flows = [Flow(id=f"{one}>{other}", origin=one, destination=other, volume_veh_h=SATURATED_VEH_H,
                  vehicle_classes={"car": 1.0}) for one, other in ways]
    end_s = FILLED_S + HOUR_S
    scenario = Scenario(name="G9", network=network, seed=9, time=Time(analysis_s=end_s, clear_s=1.0))
    prepared = prepare(World(scenario, network, Demand(flows=tuple(flows)), DEFAULT_CLASSES))
    _, exit_s = _times_s(prepared, (), 1)
    passed = int(((exit_s >= FILLED_S) & (exit_s < end_s)).sum())
    return 2.0 * passed / len(ways) * 3600.0 / HOUR_S


def _delays(engine: str) -> list[Row]:
    """Mean delay of two hours against Webster's program for their mean demand, and the longest wait."""
    base = _measured(engine, (Webster(),))
    found = []
    for name in (SLOTS, "acyclic", "cyclic"):
        seen = _measured(engine, CONTROLS[name])
        change = 100.0 * (seen[:, 0] - base[:, 0]) / base[:, 0].mean()
        found += [
            Row(f"mean delay against Webster, %, {name}, engine {engine}", "emergent", None, -50.0, -5.0,
                source=MERCADER, note=f"{base[:, 0].mean():.1f} to {seen[:, 0].mean():.1f} s").seen(change),
            Row(f"longest delay of the smaller streets, s, {name}, engine {engine}", "emergent",
                note=f"{base[:, 1].mean():.0f} s under Webster").seen(seen[:, 1]),
        ]
    return found


def _measured(engine: str, policies: tuple[Policy, ...]) -> F8:
    """By replication: mean delay of all, and the longest on the streets with less traffic."""
    prepared, found = world(2, spillback=True, volume_veh_h=0.75 * boundary_veh_h(LONG_S)), []
    for number in range(1, REPLICATIONS + 1):
        trips = simulate(prepared, Job(Labels("G9", "x", number, engine), policies))["trips"]
        side = trips["name"].astype(str).str.startswith("side")
        found.append([trips["delay_s"].mean(), trips.loc[side, "delay_s"].max()])
    return np.array(found, np.float64)


@lru_cache(maxsize=4)
def world(hours: int, spillback: bool, volume_veh_h: float) -> Prepared:
    """Return the grid; everybody drives straight on, and demand changes from hour to hour.

    The volume is that of two crossing streets together, in one direction each.
    """
    network = grid(SIZE, SIZE, spacing_m=SPACING_M, lanes=1, cycle_s=CYCLE_S, offsets="zero")
    last, flows = SIZE - 1, list[Flow]()
    for hour in range(hours):
        for name, share in zip(("main", "side"), UNEVEN[hour % 2], strict=True):
            volume = volume_veh_h * share
            for number in range(SIZE):
                ends = _ends(name, number, last)
                flows += [Flow(id=f"{name}{number}{direction}h{hour}", origin=origin, destination=destination,
                               volume_veh_h=volume, begin_s=hour * HOUR_S, end_s=(hour + 1) * HOUR_S,
                               vehicle_classes={"car": 1.0}) for direction, (origin, destination) in ends.items()]
    scenario = Scenario(name="G9", network=network, seed=9, queue={"spillback": spillback},
                        time=Time(analysis_s=hours * HOUR_S, clear_s=0.0 if hours > 2 else HOUR_S, interval_s=HOUR_S))
    return prepare(World(scenario, network, Demand(flows=tuple(flows)), DEFAULT_CLASSES))


def _ends(name: str, number: int, last: int) -> dict[str, tuple[str, str]]:
    """First and last link of a street in both directions."""
    if name == "main":
        return {"e": (f"w{number}_r{number}c0", f"r{number}c{last}_e{number}"),
                "w": (f"e{number}_r{number}c{last}", f"r{number}c0_w{number}")}
    return {"n": (f"s{number}_r0c{number}", f"r{last}c{number}_n{number}"),
            "s": (f"n{number}_r{last}c{number}", f"r0c{number}_s{number}")}
