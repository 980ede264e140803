"""G5: a lower limit in a square kilometre of streets, 48 to 32 km/h as in Wales."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trafficsim.api.running import compare
from trafficsim.evidence.row import BASE, REPLICATIONS, Row, arms, not_modelled, percent
from trafficsim.outcomes.casualties import Models, Outcome, SpeedChange
from trafficsim.outcomes.severity import pedestrian_risk
from trafficsim.policies import SpeedLimit
from trafficsim.run.result import StudyResult
from trafficsim.spec.demand import Flow
from trafficsim.spec.network_source import BuilderSpec, NetworkSource
from trafficsim.spec.scenario import DemandSource, Detector, Scenario, Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.study import Study

OTHER = "32 km/h"
BEFORE_KMH, AFTER_KMH = 48.0, 32.0
STREETS, SPACING_M, VOLUME_VEH_H = 4, 250.0, 250.0
WALES, REVIEW = "Wales 20 mph (Transport for Wales 2025)", "review of 40 cities (2024)"


def scenario() -> Scenario:
    """Four streets each way, 250 m apart, one lane per direction, the vehicle from the right first; traffic across."""
    network = NetworkSource(builder=BuilderSpec(kind="grid", arguments={
        "rows": STREETS, "columns": STREETS, "spacing_m": SPACING_M, "lanes": 1, "speed_limit_kmh": BEFORE_KMH,
        "signals": False}))
    last = STREETS - 1
    flows, watched = [], []
    for street in range(STREETS):
        for begin, end, street_nodes in (("w", "e", [f"r{street}c{column}" for column in range(STREETS)]),
                                ("s", "n", [f"r{row}c{street}" for row in range(STREETS)])):
            flows.append(Flow(id=f"{begin}{street}", origin=f"{begin}{street}_{street_nodes[0]}",
                              destination=f"{street_nodes[last]}_{end}{street}", volume_veh_h=VOLUME_VEH_H))
            watched += [f"{street_nodes[one]}_{street_nodes[one + 1]}" for one in range(last)]
    detectors = tuple(Detector(id=link, link=link, position_m=SPACING_M / 2.0) for link in watched)
    return Scenario(name="G5", network=network, demand=DemandSource(flows=tuple(flows)), detectors=detectors,
                    time=Time(warmup_s=300.0, analysis_s=900.0, clear_s=900.0))


def rows() -> list[Row]:
    """Speeds, casualties, risk of pedestrians, time."""
    limit = SpeedLimit(on=Links(road_class="urban"), limit_kmh=AFTER_KMH)
    results = compare(Study(name="G5", scenarios=(scenario(),), alternatives={BASE: (), OTHER: (limit,)},
                            replications=REPLICATIONS, demand_variation=0.0, primary=("ksi_rel",)))
    return [*_speeds(results.tables["speeds"]), *_casualties(results), *_pedestrians(), _trip_time(results)]


def _speeds(speeds: pd.DataFrame) -> list[Row]:
    """Change of the mean over places, weighted by traversals of unimpeded vehicles."""
    keys = ["alternative", "replication"]
    found = []
    for column, row in (
        ("unimpeded_mean_kmh", Row("weighted mean speed, %", "input", -13.2, -18.0, -8.0, source=WALES)),
        ("unimpeded_p85_kmh", Row("V85, %", "emergent", -10.3, -14.0, -8.0, source=WALES, note=(
            "the limit's response keeps every driver's place among others, so V85 falls like the mean"))),
    ):
        part = speeds.dropna(subset=[column]).copy()
        part["weight"] = part["unimpeded_traversals"].astype("float64")
        part["sum"] = part["weight"] * part[column].astype("float64")
        sums = part.groupby(keys)[["sum", "weight"]].sum().reset_index()
        sums["mean"] = sums["sum"] / sums["weight"]
        found.append(row.seen(percent(*arms(sums, "mean", OTHER))))
    return found


def zone_changes(results: StudyResult) -> list[SpeedChange]:
    """Unimpeded speeds at places away from junctions, one change per replication, weighted by traversals before."""
    table = results.tables["free_speeds"]
    keys = ["replication", "place"]
    before, after = (table[(table["alternative"] == name) & table["undisturbed"]].set_index(keys)
                     for name in (BASE, OTHER))
    both = before.join(after.add_suffix("_after"), how="inner").dropna(
        subset=["unimpeded_mean_kmh", "unimpeded_mean_kmh_after"])
    found = []
    for _, part in both.groupby(level="replication"):
        v0, v1, weight = (part[name].to_numpy(np.float64) for name in (
            "unimpeded_mean_kmh", "unimpeded_mean_kmh_after", "unimpeded_traversals"))
        found.append(SpeedChange(v0, v1, weight, np.ones(len(part), np.bool_)))
    return found


def _casualties(results: StudyResult) -> list[Row]:
    changes = zone_changes(results)
    treated = Row("casualties on treated streets, %", "emergent", -26.2, -35.0, -15.0, source=WALES, note=(
        "exponent of all injured on urban roads"))
    reviewed: tuple[tuple[str, Outcome, float], ...] = (
        ("injury crashes", "injury_crashes", -23.0), ("deaths", "deaths", -37.0), ("injured", "injured", -38.0))
    return [
        treated.predicted(changes, "injured", Models()),
        *(Row(f"{name} beside the review's {target:g} %, %", "emergent", target, source=REVIEW,
              note="averages of uncontrolled results: distance only").predicted(changes, outcome, Models())
          for name, outcome, target in reviewed),
    ]


def _pedestrians() -> list[Row]:
    """Risk of death by impact speed, both curves: formulas."""
    gidas, tefft = (float(pedestrian_risk(50.0, curve) / pedestrian_risk(30.0, curve))
                    for curve in ("eu_gidas", "us_tefft"))
    row = Row("fatal pedestrian risk, impact at 50 over 30 km/h, eu_gidas", "emergent", 5.6, 3.0, 8.0,
              source="Rosén & Sander 2009")
    return [row.exactly(gidas),
            Row("fatal pedestrian risk, impact at 50 over 30 km/h, us_tefft", "emergent", source="Tefft 2013").exactly(
                tefft),
            not_modelled("conflicts with pedestrians who cross", "pedestrians are not simulated yet")]


def _trip_time(results: StudyResult) -> Row:
    table = results.tables["indicators"]
    found = percent(*arms(table, "value", OTHER, indicator="mean_travel_time_s"))
    return Row("mean trip time in the zone, %", "emergent", None, None, 15.0, source="small", note=(
        "" if float(found.mean()) <= 15.0 else "free streets: nothing but speed makes up the time")).seen(found)
