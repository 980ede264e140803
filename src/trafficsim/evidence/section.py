"""G2: section control of three kilometres with three lanes, at limits of 80 and 120 km/h."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trafficsim.api.running import compare
from trafficsim.evidence.row import BASE, F8, REPLICATIONS, Row, arms, difference, percent
from trafficsim.outcomes.casualties import Models, Outcome, SpeedChange
from trafficsim.policies import SectionControl
from trafficsim.run.result import StudyResult
from trafficsim.spec.demand import Flow
from trafficsim.spec.network_source import BuilderSpec, NetworkSource
from trafficsim.spec.scenario import DemandSource, Scenario, Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.study import Study

SECTION, CONTROL = "section", "section east2"
VIENNA, NAPLES, ITALY = "Kaisermühlen tunnel", "Montella et al. 2015", "Italian network (EB), Høye 2014, Naples"
FREE_VEH_H, BUSY_VEH_H = 900.0, 4500.0


@dataclass(frozen=True)
class Case:
    """A limit, the free speeds that are declared, and a volume."""

    limit_kmh: float
    mean_kmh: float
    sd_kmh: float
    volume_veh_h: float

    def scenario(self) -> Scenario:
        """The section between a kilometre before and one beyond."""
        speeds = {"name": "road", "free_speed_mean_kmh": self.mean_kmh, "free_speed_sd_kmh": self.sd_kmh}
        network = NetworkSource(paths={SECTION: ("east2",)}, builder=BuilderSpec(kind="corridor", arguments={
            "lengths_m": [1000, 3000, 1000], "lanes": 3, "speed_limit_kmh": self.limit_kmh, "road_class": "motorway",
            "sections": dict.fromkeys("123", speeds), "groups": {SECTION: [2]}}))
        flow = Flow(id="all", origin="east1", destination="east3", volume_veh_h=self.volume_veh_h)
        return Scenario(name="G2", network=network, demand=DemandSource(flows=(flow,)),
                        time=Time(warmup_s=200.0, analysis_s=900.0, clear_s=900.0))

    def run(self) -> StudyResult:
        """Both calibrations against nothing."""
        chosen = {name: (SectionControl(on=Links(group=SECTION), calibration=name),) for name in ("strict", "open")}
        return compare(Study(name="G2", scenarios=(self.scenario(),), alternatives={BASE: (), **chosen},
                             replications=REPLICATIONS, demand_variation=0.0, primary=("ksi_rel",)))


TUNNEL, MOTORWAY, BUSY = (Case(80.0, 92.0, 10.0, FREE_VEH_H), Case(120.0, 116.7, 12.8, FREE_VEH_H),
                          Case(80.0, 92.0, 10.0, BUSY_VEH_H))


def rows() -> list[Row]:
    """The tunnel's speeds and crashes, then the motorway's, then heavy traffic."""
    tunnel, motorway, busy = (case.run() for case in (TUNNEL, MOTORWAY, BUSY))
    return [*_speeds(tunnel.tables["speeds"]), *_crashes(tunnel, 80), *_motorway(motorway), *_busy(busy)]


def _speeds(speeds: pd.DataFrame) -> list[Row]:
    found = []
    for name, spread, far in (("strict", (None, 0.0), (None, -99.5)), ("open", (-40.0, -18.0), (-98.0, -70.0))):
        found += [
            Row(f"mean section speed, limit 80, {name}, km/h", "input", -15.0, -17.0, -10.0, source=VIENNA).seen(
                difference(*arms(speeds, "mean_kmh", name, place=SECTION))),
            Row(f"SD of section speed, limit 80, {name}, %", "input", -26.0, spread[0], spread[1], source=NAPLES).seen(
                percent(*arms(speeds, "sd_kmh", name, place=SECTION))),
            Row(f"share > limit + 20 km/h, limit 80, {name}, %", "input", -84.0, far[0], far[1], source=NAPLES).seen(
                percent(*arms(speeds, "share_over_20_kmh", name, place=SECTION))),
            _citations(speeds, name),
        ]
    return found


def _citations(speeds: pd.DataFrame, name: str) -> Row:
    part = speeds[(speeds["place"] == CONTROL) & (speeds["alternative"] == name)]
    share = 100.0 * part["citations"].to_numpy(np.float64) / part["traversals"].to_numpy(np.float64)
    low, high = (0.03, 0.5) if name == "strict" else (None, None)
    note = "rare: a few hundred vehicles per replication; " if name == "strict" else ""
    return Row(f"citations per traversal (+6 km/h), limit 80, {name}, %", "emergent", None, low, high, source=VIENNA,
               note=f"{note}published 0.06 to 0.11").seen(share)


def _crashes(results: StudyResult, limit: int) -> list[Row]:
    """Crashes and casualties of the section alone, from unimpeded speeds along it."""
    judged = limit == 80
    wanted: tuple[tuple[str, Outcome, float | None, tuple[float | None, float | None], str], ...] = (
        ("injury crashes", "injury_crashes", -30.0, (-40.0, -15.0) if judged else (None, None), ITALY),
        ("KSI", "ksi", -56.0, (-60.0, -25.0) if judged else (None, None), "Høye 2014"))
    found = []
    for name in ("strict", "open"):
        changes = section_changes(results, name)
        for what, outcome, target, (low, high), source in wanted:
            row = Row(f"{what}, limit {limit}, {name}, %", "emergent", target, low, high, source=source,
                      note="" if judged else "distance to the published effect")
            found.append(row.predicted(changes, outcome, Models()))
    return found


def section_changes(results: StudyResult, name: str) -> list[SpeedChange]:
    """Unimpeded speeds along the section without and with control, one change per replication."""
    table = results.tables["free_speeds"]
    places = table[table["link"] == "east2"]["place"].unique().tolist()
    pairs = [arms(table, "unimpeded_mean_kmh", name, place=place) for place in places]
    before, after = (np.column_stack([pair[side] for pair in pairs]) for side in (0, 1))
    ones, rural = np.ones(len(places)), np.zeros(len(places), np.bool_)
    return [SpeedChange(v0, v1, ones, rural) for v0, v1 in zip(before, after, strict=True)]


def _motorway(results: StudyResult) -> list[Row]:
    speeds = results.tables["speeds"]
    found = [Row(f"mean section speed, limit 120, {name}, km/h", "input", -5.0, -8.0, -3.0, source="E40, Belgium").seen(
        difference(*arms(speeds, "mean_kmh", name, place=SECTION))) for name in ("strict", "open")]
    return [*found, *_crashes(results, 120)]


def _busy(results: StudyResult) -> list[Row]:
    """What traffic makes of strict control at 4,500 veh/h."""
    paths, speeds = results.tables["paths"], results.tables["speeds"]
    travelled = results.tables["links"].groupby(["alternative", "replication"])["vehicle_km"].sum().reset_index()
    runs = results.tables["runs"].merge(travelled, on=["alternative", "replication"])
    runs["per_km"] = runs["lane_changes"].astype("float64") / runs["vehicle_km"].astype("float64")
    values: dict[str, F8] = {
        "travel time": percent(*arms(paths, "mean_time_s", "strict", path=SECTION)),
        "SD of section speed": percent(*arms(speeds, "sd_kmh", "strict", place=SECTION)),
        "lane changes per vehicle-km": percent(*arms(runs, "per_km", "strict")),
    }
    return [Row(f"{name}, limit 80, strict, 4,500 veh/h, %", "emergent").seen(found)
            for name, found in values.items()]
