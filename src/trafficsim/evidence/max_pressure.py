"""G9: max-pressure against fixed time on a grid of four by four signals."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.stats

from trafficsim.design.synthetic import grid
from trafficsim.evidence.row import F8, Row
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies import MaxPressure, Webster
from trafficsim.results.frames import Labels
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.engines import default_engine
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

SIZE, SPACING_M, CYCLE_S, SATURATION_VEH_H = 4, 300.0, 90.0, 1880.0
LOST_S = 7.0
"""Of each of two stages: 5 s between greens, and 2 s at the start."""
BOUNDARY = (CYCLE_S - 2.0 * LOST_S) / CYCLE_S
"""Sum of the flow ratios of two crossing streets that stages of this cycle can just serve."""
LOAD, HOURS, HOUR_S = 0.9, 10, 3600.0
UNEVEN = ((0.72, 0.28), (0.5, 0.5))
"""Share of the load on the two streets in even and odd hours."""
LOOK_S = 600.0
REPLICATIONS, RUNS = 10, 8
ENGINES = (default_engine(), "queue")
VARAIYA, MERCADER = "Varaiya 2013", "direction: Mercader et al. 2020; range unverified"
SLOT_S = CYCLE_S / 2.0 - 5.0
"""Greens of the cycle for which the boundary is computed. The theorem knows no lost time: slots must hold theirs."""
SLOTS = f"acyclic, slots of {SLOT_S:g} s"
CONTROLS: dict[str, tuple[Policy, ...]] = {
    SLOTS: (MaxPressure(interval_s=SLOT_S),), "acyclic": (MaxPressure(),), "cyclic": (MaxPressure(cyclic=True),),
    "capacity-aware": (MaxPressure(interval_s=SLOT_S, capacity_aware=True),), "fixed program of equal greens": ()}


def rows() -> list[Row]:
    """Queues over ten hours at 90 % of the boundary; delays of an hour; the longest wait."""
    return [*_stability(), *(row for engine in ENGINES for row in _delays(engine))]


def _stability() -> list[Row]:
    """Slopes of the number of vehicles: the theorem speaks of vertical queues; finite storage is reported."""
    found = []
    for spillback in (False, True):
        store = "finite storage" if spillback else "vertical queues"
        for name, policies in CONTROLS.items():
            hard = not spillback and name == SLOTS
            runs = [vehicles_present(policies, spillback, number) for number in range(1, (RUNS if hard else 1) + 1)]
            present, (slope, low, high) = runs[0], slope_veh_h(runs[0])
            seen = Row(f"slope of vehicles present, 2 to {HOURS} h, veh/h, {store}, {name}", "emergent",
                       value=slope, ci_low=low, ci_high=high, source=VARAIYA,
                       note=f"{present[-1]:.0f} vehicles at the end, at most {present.max():.0f}")
            found.append(seen)
            if hard:
                found.insert(0, bounded(np.array([slope_veh_h(run)[0] for run in runs])))
    return found


def bounded(slopes_veh_h: F8) -> Row:
    """Return whether growth is shown by any of the replications together, and how little growth would have been."""
    mean, error = slopes_veh_h.mean(), slopes_veh_h.std(ddof=1) / np.sqrt(len(slopes_veh_h))
    t = float(scipy.stats.t.ppf(0.95, len(slopes_veh_h) - 1))
    return Row(f"slope of vehicles present, {RUNS} replications, one-sided lower 95 % limit, veh/h: not above 0",
               "emergent", 0.0, None, 0.0, source=VARAIYA,
               note=f"mean {mean:.1f} veh/h, upper limit {mean + t * error:.1f}, which is "
                    f"{(mean + t * error) / demand_veh_h():.2%} of the demand").exactly(float(mean - t * error))


def demand_veh_h() -> float:
    """Return the mean demand of the ten hours."""
    return float(4 * SIZE * LOAD * BOUNDARY * SATURATION_VEH_H / 2.0)


def slope_veh_h(present: F8) -> tuple[float, float, float]:
    """Return the slope of the number of vehicles with its interval over pairs of hours.

    Vehicles are averaged over pairs of hours, an even and an odd one, whose demands differ; in the first pair the
    network fills.
    """
    pairs = present[: len(present) // 12 * 12].reshape(-1, 12).mean(axis=1)[1:]
    time_h = 2.0 * np.arange(len(pairs))
    coefficients, covariance = np.polyfit(time_h, pairs, 1, cov=True)
    spread = 4.303 * float(np.sqrt(covariance[0, 0]))  # t of 0.975 with two degrees of freedom
    return float(coefficients[0]), float(coefficients[0]) - spread, float(coefficients[0]) + spread


def vehicles_present(policies: tuple[Policy, ...], spillback: bool, number: int = 1) -> F8:
    """Return the vehicles on their way, those before the entries included, every ten minutes of ten hours."""
    prepared = world(HOURS, spillback)
    trips = simulate(prepared, Job(Labels("G9", "x", number, "queue"), policies))["trips"]
    at = np.arange(LOOK_S, HOURS * HOUR_S + 1.0, LOOK_S)
    gone = np.sort(trips["exit_s"].dropna().to_numpy())
    departed = np.searchsorted(np.sort(trips["depart_s"].to_numpy()), at, side="right")
    return np.asarray(departed - np.searchsorted(gone, at, side="right"), np.float64)


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
    prepared, found = world(2, spillback=True, load=0.75), []
    for number in range(1, REPLICATIONS + 1):
        trips = simulate(prepared, Job(Labels("G9", "x", number, engine), policies))["trips"]
        side = trips["name"].astype(str).str.startswith("side")
        found.append([trips["delay_s"].mean(), trips.loc[side, "delay_s"].max()])
    return np.array(found, np.float64)


@lru_cache(maxsize=4)
def world(hours: int, spillback: bool, load: float = LOAD) -> Prepared:
    """Return the grid; everybody drives straight on, and demand changes from hour to hour."""
    network = grid(SIZE, SIZE, spacing_m=SPACING_M, lanes=1, cycle_s=CYCLE_S, offsets="zero")
    last, flows = SIZE - 1, list[Flow]()
    for hour in range(hours):
        for name, share in zip(("main", "side"), UNEVEN[hour % 2], strict=True):
            volume = load * BOUNDARY * share * SATURATION_VEH_H
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
