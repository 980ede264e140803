"""G4: red-light cameras and a longer yellow at one junction, red running by process, and whom red-runners meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trafficsim.api.running import compare
from trafficsim.evidence.row import BASE, F8, REPLICATIONS, Row
from trafficsim.policies import ChangeTimes, RedLightCamera
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.network_source import BuilderSpec, NetworkSource
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import DemandSource, Scenario, Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.study import Study

ADT_MAJOR, ADT_MINOR = 20_000.0, 8_000.0
PEAK_SHARE = 0.09
"""Share of the daily traffic in the hour that is simulated, both directions alike (modelling assumption)."""
THROUGH, TURNING = 0.8, 0.1
"""Share of an approach that goes straight on, and of each turn (modelling assumption)."""
TREATED = ("in0", "in2")
CAMERA, LONGER, BOTH = "cameras", "yellow 4 s", "cameras and yellow 4 s"
INATTENTION = 1.0
WITHIN_S = 2.0
ITSKRS, IIHS = "US DOT, ITS Knowledge Resources (summary of US systems)", "Retting, Ferguson & Farmer 2008"
BONNESON = "Retting et al. 2008; Bonneson & Zimmerman 2004 (>= -50 %)"
QUOTED = "Bonneson & Zimmerman 2004 and Virginia data, quoted (grade C)"
HOYE = "Høye 2013"
PUBLISHED = "published, not computed: nothing in the simulation collides"


def scenario() -> Scenario:
    """Four arms, 50 km/h, yellow 3 s and all-red 2 s, an hour of ADT 20,000 and 8,000; two lanes on the major road."""
    network = NetworkSource(builder=BuilderSpec(kind="junction", arguments={
        "lanes": [2, 1, 2, 1], "speed_limit_kmh": 50, "length_m": 400}))
    return Scenario(
        name="G4", network=network, demand=DemandSource(flows=tuple(_flows())),
        drivers=Drivers(inattention_per_10000=INATTENTION),
        time=Time(warmup_s=300.0, analysis_s=3600.0, clear_s=600.0))


def _flows() -> list[Flow]:
    flows = []
    for arm, adt in enumerate((ADT_MAJOR, ADT_MINOR, ADT_MAJOR, ADT_MINOR)):
        volume = 0.5 * adt * PEAK_SHARE
        for turn, share in ((2, THROUGH), (1, TURNING), (3, TURNING)):
            other = (arm + turn) % 4
            flows.append(Flow(id=f"{arm}to{other}", origin=f"in{arm}", destination=f"out{other}",
                              volume_veh_h=share * volume, vehicle_classes={"car": 1.0}))
    return flows


def events() -> tuple[pd.DataFrame, F8]:
    """Red runs and encroachments of all arms and replications, and the vehicles that arrive in each, do nothing."""
    camera = RedLightCamera(on=Links(ids=TREATED))
    longer = ChangeTimes(yellow_s=4.0, all_red_s="keep")
    alternatives: dict[str, tuple[Policy, ...]] = {
        BASE: (), CAMERA: (camera,), LONGER: (longer,), BOTH: (camera, longer)}
    asked = scenario()
    results = compare(Study(name="G4", scenarios=(asked,), alternatives=alternatives, replications=REPLICATIONS,
                            demand_variation=0.0, primary=("red_violations",)))
    table, trips = results.tables["events"], results.tables["trips"]
    begin_s = asked.time.start_s + asked.time.warmup_s
    chosen = (table["time_s"] >= begin_s) & (table["time_s"] < begin_s + asked.time.analysis_s)
    due = trips[(trips["alternative"] == BASE) & (trips["depart_s"] >= begin_s)]
    return table[chosen], np.asarray(due.groupby("replication").size(), np.float64)


def rows() -> list[Row]:
    """Violations and encroachments by process, then what is published about crashes."""
    table, arrivals = events()
    found = [*violations(table, arrivals), *encroachments(table)]
    for metric, target in (("right-angle injury crashes, %", -33.0), ("rear-end crashes, %", 39.0),
                           ("all crashes, %", 6.0)):
        found.append(Row(metric, "emergent", target, modelled=False, source=HOYE, note=PUBLISHED))
    return found


def counts(table: pd.DataFrame, alternative: str, **where: str | Sequence[str]) -> F8:
    """Number of vehicles in each replication of an alternative that have a row with these values."""
    chosen = table["alternative"] == alternative
    for column, value in where.items():
        chosen &= table[column].isin([value] if isinstance(value, str) else list(value))
    vehicles = table[chosen].drop_duplicates(["replication", "trip", "link"])
    number = vehicles.groupby("replication").size().reindex(range(1, REPLICATIONS + 1), fill_value=0)
    return np.asarray(number.to_numpy(np.float64))


def ratio_row(row: Row, without: F8, with_policy: F8, per: float = 100.0, less: float = 1.0) -> Row:
    """Return the row with a ratio of sums over replications, less one and in per cent, with its 95 % interval.

    Counts of single replications are small and often zero; the interval is that of the linear form of the ratio.
    """
    ratio = float(with_policy.sum() / without.sum())
    residual = (with_policy - ratio * without) / without.mean()
    half = 2.045 * float(residual.std(ddof=1)) / len(residual) ** 0.5  # t of 29 degrees of freedom
    value = ratio - less
    return Row(row.metric, row.origin, row.target, row.low, row.high, per * value, per * (value - half),
               per * (value + half), source=row.source, note=row.note)


def violations(table: pd.DataFrame, arrivals: F8) -> list[Row]:
    """Red running by alternative and process."""
    late = {"event": "red_run", "process": "late"}
    every = {name: counts(table, name, event="red_run") for name in (BASE, CAMERA, LONGER, BOTH)}
    treated = {name: counts(table, name, event="red_run", link=TREATED) for name in (BASE, CAMERA, LONGER, BOTH)}
    unseen = [counts(table, name, event="red_run", process="inattention") for name in (BASE, CAMERA)]
    base = table[(table["alternative"] == BASE) & (table["event"] == "red_run") & (table["process"] == "late")]
    soon = counts(base[base["after_red_s"] < WITHIN_S], BASE, **late)
    return [
        ratio_row(Row("red-light violations per 1,000 arrivals, do nothing", "emergent", 4.4,
                      source="tau50 2.9 s, s 0.64 s by hand; 3 to 5 are called typical (not verified)",
                      note="by hand everybody may meet yellow under way; here some come to stand behind others"),
                  arrivals, every[BASE], 1000.0, 0.0),
        ratio_row(Row("late decisions within 2 s of red, % of them", "emergent", 95.0, source=QUOTED,
                      note="nobody decides at yellow and crosses later than 2 s after it"),
                  counts(table, BASE, **late), soon, 100.0, 0.0),
        ratio_row(Row("violations on approaches with a camera, %", "input", -50.0, -95.0, -30.0, source=ITSKRS),
                  treated[BASE], treated[CAMERA]),
        ratio_row(Row("violations of the whole junction, cameras on two approaches, %", "input", source=ITSKRS),
                  every[BASE], every[CAMERA]),
        ratio_row(Row("violations, yellow 4.0 in place of 3.0 s, %", "emergent", -36.0, -75.0, -30.0, source=BONNESON),
                  every[BASE], every[LONGER]),
        ratio_row(Row("violations left by yellow 4.0 s on approaches with a camera, %", "input", -96.0, source=IIHS,
                      note="two junctions in Philadelphia"), treated[LONGER], treated[BOTH]),
        Row("violations by inattention per hour, cameras against do nothing", "input",
            note=f"{INATTENTION:g} per 10,000 arrivals, put in; a camera does not move them",
            ).seen(unseen[1] - unseen[0]),
    ]


def encroachments(table: pd.DataFrame) -> list[Row]:
    """Red-runners who meet somebody with the right of way, by process."""
    found = []
    for name in (CAMERA, LONGER):
        before, after = (counts(table, one, event="encroachment", process="late") for one in (BASE, name))
        found.append(ratio_row(Row(f"encroachments by late decisions, {name}, %", "emergent", None, None, 0.0,
                                   source="falls"), before, after))
    unseen = [counts(table, name, event="encroachment", process="inattention") for name in (BASE, CAMERA)]
    return [*found, Row("encroachments by inattention per hour, cameras against do nothing", "emergent",
                        note="a camera does not move them").seen(unseen[1] - unseen[0])]
