"""G6: limits upstream of moving jams on twelve kilometres with three lanes, under a rule with a capacity drop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.api.running import compare
from trafficsim.evidence.row import BASE, F8, Row, percent
from trafficsim.policies import MovingJamLimit, VariableSpeedLimit
from trafficsim.spec.calendar import Hours
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.engines import default_engine
from trafficsim.spec.network_source import BuilderSpec, NetworkSource
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import DemandSource, Detector, Scenario, Time, Trajectories
from trafficsim.spec.selectors import Links
from trafficsim.spec.study import Study

SEEDS = 10
"""Of every arm; the long tests take more."""
RULE, START_P = "default", 0.45
"""The rule with a capacity drop: the engineering default, whose standing drivers do not start with this chance in a
second. With its own 0.2 there is none. Chosen by the preconditions alone: front and drop, here and on a ring."""
LINKS, LINK_M, LANES, LIMIT_KMH = 26, 500.0, 3, 120.0
SEEDED, MIDDLE = 24, 12
"""The jam is seeded at the end of twelve kilometres; speeds and headways are taken after six."""
VOLUME_VEH_H, MOST_VEH_H = 5200.0, 6600.0
SEEDED_S, HELD_S, LASTS_S = 1200.0, 180.0, 4500.0
FROM_S, TO_S = 1500.0, 3300.0
"""While the jam moves along the road without control."""
JAM_KMH = 50.0
DISSOLVED_S = 900.0
"""So long after the limits have come a jam must be gone."""
HARD_MS2 = 3.0
JAM, CONTROL, FEW, STAYS, STAYS_CONTROL = "jam", "control", "few follow", "bottleneck", "bottleneck, control"
SOURCE, DUTCH, HANDBOOK = "Kerner & Rehborn 1996", "Hegyi & Hoogendoorn 2010 (A12)", "Trafikksikkerhetshåndboken"
DRIVERS = "cars, desired speeds vary by 5 %: with more the lanes flow at 65 km/h already at these volumes"


@dataclass(frozen=True)
class Arm:
    """One arm by replication and time: speed and flow of all links, shape (replications, intervals, links)."""

    speed_kmh: F8
    flow_veh_h: F8
    begin_s: F8

    @property
    def jammed(self) -> NDArray[np.bool_]:
        """Where it is slow, and by when."""
        return np.asarray(self.speed_kmh < JAM_KMH)

    def between(self, begin_s: float, end_s: float) -> NDArray[np.bool_]:
        """Which intervals lie between two times."""
        return np.asarray((self.begin_s >= begin_s) & (self.begin_s < end_s))


def scenario(volume_veh_h: float) -> Scenario:
    """Twelve kilometres before the place where the jam is seeded, and one beyond."""
    network = NetworkSource(builder=BuilderSpec(kind="corridor", arguments={
        "lengths_m": [LINK_M] * LINKS, "lanes": LANES, "speed_limit_kmh": LIMIT_KMH, "road_class": "motorway",
        "groups": {"seed": [SEEDED], "road": list(range(1, LINKS + 1))}}))
    flow = Flow(id="all", origin="east1", destination=f"east{LINKS}", volume_veh_h=volume_veh_h,
                vehicle_classes={"car": 1.0})
    rule: dict[str, Any] = {default_engine(): {"rule": RULE, "start_p": START_P}}
    return Scenario(
        name="G6", network=network, demand=DemandSource(flows=(flow,)),
        time=Time(analysis_s=LASTS_S, clear_s=0.0, interval_s=60.0),
        drivers=Drivers(motorway=SpeedChoice(share_over_limit=0.5, cv=0.05)),
        detectors=(Detector(id="middle", link=f"east{MIDDLE}", position_m=LINK_M / 2.0, headways=True),),
        trajectories=Trajectories(share=0.05), **rule)


def held(limit_kmh: float, end_s: float) -> VariableSpeedLimit:
    """Hold everybody on one link for a time: the seed of a jam."""
    return VariableSpeedLimit(on=Links(group="seed"), limit_kmh=limit_kmh, compliance=1.0,
                              hours=(Hours(begin_h=SEEDED_S / 3600.0, end_h=end_s / 3600.0),))


def tables(seeds: int) -> dict[str, pd.DataFrame]:
    """All arms."""
    jam, stays = held(5.0, SEEDED_S + HELD_S), held(15.0, LASTS_S)
    every, few = (MovingJamLimit(on=Links(group="road"), compliance=share) for share in (1.0, 0.2))
    arms: dict[str, tuple[Policy, ...]] = {BASE: (), JAM: (jam,), CONTROL: (jam, every), FEW: (jam, few),
                                           STAYS: (stays,), STAYS_CONTROL: (stays, every)}
    return dict(compare(Study(name="G6", scenarios=(scenario(VOLUME_VEH_H),), alternatives=arms, replications=seeds,
                              demand_variation=0.0, primary=("mean_delay_s",))).tables)


def arm(found: dict[str, pd.DataFrame], name: str) -> Arm:
    """Return one arm."""
    links = found["links"]
    mine = links[links["alternative"] == name]
    columns = [f"east{number}" for number in range(1, LINKS + 1)]
    runs = [part for _, part in mine.groupby("replication")]

    def by_time(column: str) -> F8:
        wide = [run.pivot(index="begin_s", columns="link", values=column)[columns] for run in runs]
        return np.stack([one.to_numpy(np.float64, na_value=LIMIT_KMH) for one in wide])

    return Arm(by_time("speed_kmh"), by_time("flow_veh_h"), np.unique(mine["begin_s"].to_numpy(np.float64)))


def rows(seeds: int = SEEDS) -> list[Row]:
    """Preconditions, jams that dissolve, what traffic looks like, and what is left where few follow."""
    found = tables(seeds)
    return [*_preconditions(found, seeds), *_resolved(found), *_traffic(found)]


def front_kmh(jam: Arm) -> F8:
    """Speed of the front of the jam by replication: a line through where speed rises above the threshold."""
    speeds = []
    during = np.flatnonzero(jam.between(FROM_S, TO_S))
    for slow, speed in zip(jam.jammed, jam.speed_kmh, strict=True):
        places = []
        for row in during[slow[during].any(axis=1)].tolist():
            last = int(np.flatnonzero(slow[row])[-1])
            rest = 0.0
            if last + 1 < LINKS:
                below, above = speed[row, last], speed[row, last + 1]
                rest = (JAM_KMH - below) / max(above - below, 1e-9)
            places.append((jam.begin_s[row], (last + 0.5 + rest) * LINK_M))
        times, metres = np.array(places).T
        speeds.append(3.6 * np.polyfit(times, metres, 1)[0])
    return np.array(speeds)


def outflow_veh_h(jam: Arm) -> F8:
    """Flow out of the jam by replication: on links one to two kilometres downstream of its front."""
    flows = []
    during = np.flatnonzero(jam.between(FROM_S + 300.0, TO_S))
    for slow, flow in zip(jam.jammed, jam.flow_veh_h, strict=True):
        part = [flow[row, last + 2:last + 4].mean() for row in during[slow[during].any(axis=1)].tolist()
                for last in [int(np.flatnonzero(slow[row])[-1])] if last + 4 <= LINKS]
        flows.append(np.mean(part))
    return np.array(flows)


def capacity_veh_h(seeds: int) -> F8:
    """Largest flow over fifteen minutes half way, with more demand than fits, while nobody has stood."""
    study = Study(name="G6", scenarios=(scenario(MOST_VEH_H),), alternatives={BASE: (), JAM: ()}, replications=seeds,
                  demand_variation=0.0, primary=("mean_delay_s",))
    free = arm(dict(compare(study).tables), BASE)
    flow = free.flow_veh_h[:, :, MIDDLE]
    means = np.stack([np.convolve(one, np.ones(15) / 15.0, "valid") for one in flow])
    return np.asarray(means.max(axis=1))


def _preconditions(found: dict[str, pd.DataFrame], seeds: int) -> list[Row]:
    jam = arm(found, JAM)
    rule = f"rule {RULE!r} with start_p = {START_P:g}; {DRIVERS}"
    capacity = capacity_veh_h(min(seeds, 5))
    front = Row("precondition: speed of the jam's front without control, km/h", "emergent", -16.0, -22.0, -12.0,
                source=SOURCE, note=rule)
    drop = Row("precondition: capacity drop, flow out of the jam below the largest flow, %", "emergent", None, 5.0,
               25.0, source=SOURCE, note=f"{rule}; published 5 to 20; largest flow {capacity.mean():.0f} veh/h")
    return [front.seen(front_kmh(jam)), drop.seen(1.0 - outflow_veh_h(jam) / capacity.mean(), 100.0)]


def tackled(found: dict[str, pd.DataFrame], name: str) -> dict[int, float]:
    """Replications in which limits came once the jam was there, and when."""
    shown = found["roadside"]
    mine = shown[(shown["alternative"] == name) & shown["value"].notna() & (shown["time_s"] > SEEDED_S + HELD_S)]
    first = mine.groupby("replication")["time_s"].min()
    return dict(zip(map(int, first.index), map(float, first), strict=True))


def resolved(found: dict[str, pd.DataFrame], name: str) -> F8:
    """Whether each jam that was tackled was gone in time and stayed so, 1 or 0."""
    one = arm(found, name)
    return np.array([not one.jammed[number - 1][one.between(since + DISSOLVED_S, TO_S + DISSOLVED_S)].any()
                     for number, since in tackled(found, name).items()], np.float64)


def _resolved(found: dict[str, pd.DataFrame]) -> list[Row]:
    seeds = found["links"]["replication"].nunique()
    alone = [arm(found, JAM).jammed[number - 1][arm(found, JAM).between(FROM_S + DISSOLVED_S, TO_S)].any(axis=1).all()
             for number in tackled(found, CONTROL)]
    number, stood = len(tackled(found, CONTROL)), len(tackled(found, STAYS_CONTROL))
    share = resolved(found, CONTROL).mean() if number else 0.0
    others = resolved(found, STAYS_CONTROL).mean() if stood else 0.0
    return [
        Row("moving jams resolved, of those taken for solvable, %", "emergent", 80.0, 60.0, 100.0, source=DUTCH,
            note=f"{number} of {seeds} seeds were taken for solvable; without control {sum(alone)} of these jams last; "
            "all follow").exactly(100.0 * float(share)),
        Row("other kinds of jam resolved (a bottleneck that stays), of those tackled, %", "emergent", 45.0, None, 60.0,
            source=DUTCH, note=f"{stood} of {seeds} were taken for a moving jam; published: 40 to 50 % of other kinds, "
            "which are more kinds than this one").exactly(100.0 * float(others)),
        _few(found, float(share)),
    ]


def _few(found: dict[str, pd.DataFrame], share: float) -> Row:
    some = resolved(found, FEW).mean() if tackled(found, FEW) else 0.0
    row = Row("effect where 20 % follow, of that where all do (jams resolved), %", "emergent", 0.0, None, 100.0 / 3.0,
              source="Soriguera & Sala 2014 (B-23)").exactly(100.0 * float(some) / max(share, 1e-9))
    return replace(row, note="in three full lanes who follows holds up the others, who cannot pass: 20 % set the "
                   "speed of all. That few follow was observed, not what comes of it")


def _traffic(found: dict[str, pd.DataFrame]) -> list[Row]:
    before, after = (_passing(found, name) for name in (JAM, CONTROL))
    spread = Row("SD of speeds after six kilometres, all lanes, %", "emergent", None, None, 0.0, source=HANDBOOK,
                 note="while the jam would pass").seen(percent(before[0], after[0]))
    short = Row("share of time gaps below 1 s after six kilometres, %", "emergent", None, None, 0.0, source=HANDBOOK,
                note="drivers keep 0.95 s and more at low speed, so that short gaps are those of jams")
    short = short.seen(percent(before[1], after[1]))
    braking = Row(f"rear-end conflicts (braking at {HARD_MS2:g} m/s2 and more, per vehicle-km), %", "emergent", -16.0,
                  -35.0, -5.0, source="Trafikksikkerhetshåndboken; M25: -28")
    braking = braking.seen(percent(hard_braking(found, JAM), hard_braking(found, CONTROL)))
    note = ("a surrogate in the one hour with a jam; published effects are on crashes of all hours, of which hours "
            "with moving jams are a part")
    delay = Row("mean delay of all vehicles, %", "emergent", source="",
                note="what the limits cost those who would not have met the jam is in it").seen(
        percent(mean_delay_s(found, JAM), mean_delay_s(found, CONTROL)))
    return [spread, short, replace(braking, note=note), delay]


def _passing(found: dict[str, pd.DataFrame], name: str) -> tuple[F8, F8]:
    """SD of speeds, and share of time gaps below 1 s, by replication."""
    seen = found["headways"]
    mine = seen[(seen["alternative"] == name) & (seen["time_s"] >= FROM_S) & seen["gap_s"].notna()]
    parts = [part for _, part in mine.groupby("replication")]
    return (np.array([float(part["speed_kmh"].std()) for part in parts]),
            np.array([float((part["gap_s"] < 1.0).mean()) for part in parts]))


def mean_delay_s(found: dict[str, pd.DataFrame], name: str) -> F8:
    """Mean delay of completed trips by replication."""
    trips = found["trips"]
    mine = trips[trips["alternative"] == name]
    return np.asarray(mine.groupby("replication")["delay_s"].mean().to_numpy(np.float64))


def hard_braking(found: dict[str, pd.DataFrame], name: str) -> F8:
    """Times that a vehicle begins to brake hard, per vehicle-kilometre, by replication."""
    traces = found["trajectories"]
    mine = traces[(traces["alternative"] == name) & (traces["time_s"] >= FROM_S)]
    rates = []
    for _, part in mine.groupby("replication"):
        part = part.sort_values(["trip", "time_s"])
        same = (part["trip"].to_numpy()[1:] == part["trip"].to_numpy()[:-1])
        change = np.diff(part["speed_kmh"].to_numpy(np.float64)) / 3.6
        hard = same & (change <= -HARD_MS2)
        begins = hard & ~np.append(False, hard[:-1])
        rates.append(begins.sum() / max(float(part["speed_kmh"].sum()) / 3600.0, 1e-9))
    return np.array(rates)
