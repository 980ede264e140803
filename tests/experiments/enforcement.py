"""What cameras and section control do to speeds, beside published effects: ``python -m tests.experiments.enforcement``.

Rows of origin *input* show that the behaviour put in comes out again; only *emergent* rows are evidence for the
simulation. An interval is that of the mean paired difference over replications (95 %, Student).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import trafficsim as ts
from trafficsim.results.statistics import t_interval
from trafficsim.run.result import StudyResult

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BASE = "do nothing"
KEYS = ["alternative", "replication"]


@dataclass(frozen=True)
class Row:
    """One line of the table; ``accept`` is (low, high), ``None`` where a value is only reported."""

    metric: str
    origin: str
    value: float
    low: float
    high: float
    unit: str
    published: str
    accept: tuple[float, float] | None

    @property
    def verdict(self) -> str:
        if self.accept is None:
            return "reported"
        inside = self.accept[0] <= self.value <= self.accept[1]
        sign = self.accept[0] <= 0.0 <= self.accept[1] or self.low * self.high > 0.0
        return "within" if inside and sign else "OUT"


def results_of(scenario: ts.Scenario, policy: ts.Policy, replications: int, workers: int = 2) -> StudyResult:
    """Both arms, all replications."""
    study = ts.Study(name="evidence", scenarios=(scenario,), alternatives={BASE: (), "policy": (policy,)},
                     replications=replications, demand_variation=0.0)
    return ts.run(study, workers=workers)


def speeds_of(scenario: ts.Scenario, policy: ts.Policy, replications: int, workers: int = 2) -> pd.DataFrame:
    """The speeds table of both arms, all replications."""
    return results_of(scenario, policy, replications, workers).tables["speeds"]


def arms(table: pd.DataFrame, place: str, column: str) -> tuple[np.ndarray, np.ndarray]:
    """Values by replication without and with the policy."""
    part = table[table["place"] == place].set_index(["alternative", "replication"])[column].astype(float)
    return part[BASE].to_numpy(), part["policy"].to_numpy()


def difference(metric: str, table: pd.DataFrame, place: str, accept: tuple[float, float] | None,
               published: str = "", column: str = "mean_kmh") -> Row:
    """Paired difference of a mean speed."""
    without, with_policy = arms(table, place, column)
    mean, low, high = (float(part) for part in t_interval(with_policy - without))
    return Row(metric, "input" if accept else "emergent", mean, low, high, "km/h", published, accept)


def relative(metric: str, pairs: tuple[np.ndarray, np.ndarray], accept: tuple[float, float] | None, published: str,
             change: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Row:
    """Relative change in percent, replication by replication."""
    mean, low, high = (100.0 * float(part) for part in t_interval(change(*pairs)))
    return Row(metric, "input" if accept else "emergent", mean, low, high, "%", published, accept)


def odds(without: np.ndarray, with_policy: np.ndarray) -> np.ndarray:
    """Relative change of the odds of a share."""
    return with_policy / (1.0 - with_policy) / (without / (1.0 - without)) - 1.0


def ratio(without: np.ndarray, with_policy: np.ndarray) -> np.ndarray:
    """Relative change."""
    return with_policy / without - 1.0


def motorway(volume_veh_h: float, trucks: float = 0.0) -> ts.Scenario:
    """The motorway with another volume and share of trucks."""
    plain = ts.load(SCENARIOS / "motorway_camera" / "scenario.toml")
    assert isinstance(plain, ts.Scenario)
    changes = {"volume_veh_h": volume_veh_h, "vehicle_classes": {"car": 1.0 - trucks, "truck": trucks}}
    flows = tuple(flow.model_copy(update=changes) for flow in plain.demand.flows)
    return plain.model_copy(update={"demand": plain.demand.model_copy(update={"flows": flows})})


def camera_rows(replications: int) -> Mapping[str, list[Row]]:
    """The kangaroo profile of one camera (policy evidence G1)."""
    camera = ts.policies.SpeedCamera(at=(ts.policies.CameraPlace(link="east3", position_m=0.0),))
    here = "km_0.0"
    free = speeds_of(motorway(200.0), camera, replications)
    busy = speeds_of(motorway(1600.0), camera, replications)
    tables = {"100 veh/h per lane": free, "800 veh/h per lane": busy}
    found = {name: camera_profile(table, here) for name, table in tables.items()}
    for name, scenario in (("1,400 veh/h per lane", motorway(2800.0)), ("800, 20 % trucks", motorway(1600.0, 0.2))):
        table = speeds_of(scenario, camera, replications)
        found[name] = [difference("mean speed at the camera", table, here, None),
                       difference("mean speed at the camera, unimpeded", table, here, None, "", "unimpeded_mean_kmh")]
    return found


def camera_profile(table: pd.DataFrame, here: str) -> list[Row]:
    """Effects of a camera along the motorway."""
    rows = [
        difference("mean speed at the camera", table, here, (-8.0, -5.0), "-6.4"),
        difference("mean speed at the camera, unimpeded", table, here, (-8.0, -5.0), "-6.4", "unimpeded_mean_kmh"),
        relative("odds of > limit", arms(table, here, "share_over_limit"), (-90.0, -65.0), "-80", odds),
        relative("odds of > limit + 10 %", arms(table, here, "share_over_110_percent"), (-95.0, -75.0), "-86", odds),
    ]
    rows += [difference(f"mean speed at {place} km", table, f"km_{key}", (-edge, edge), "0") for place, key, edge in (
        ("-3.0", "minus_3.0", 1.0), ("+3.8", "plus_3.8", 1.0), ("+1.5", "plus_1.5", 1.5))]
    return rows


def section_rows(replications: int) -> Mapping[str, list[Row]]:
    """Section control in the arterial's tunnel (policy evidence G2, limit 80)."""
    scenario = ts.load(SCENARIOS / "arterial" / "scenario.toml")
    assert isinstance(scenario, ts.Scenario)
    found = {}
    for calibration in ("strict", "open"):
        policy = ts.policies.SectionControl(on=ts.links(group="tunnel"), calibration=calibration)
        table = speeds_of(scenario, policy, replications)
        for name in ("tunnel_east", "tunnel_west"):
            found[f"{calibration}, {name}"] = section_profile(table, name, calibration)
    return found


def section_profile(table: pd.DataFrame, name: str, calibration: str) -> list[Row]:
    """Effects of section control in one direction of the tunnel."""
    strict = calibration == "strict"
    link = {"tunnel_east": "section east10", "tunnel_west": "section west10"}[name]
    cited = table[(table["place"] == link) & (table["alternative"] == "policy")]
    share = (cited["citations"].astype(float) / cited["traversals"].astype(float)).to_numpy() * 100.0
    mean, low, high = (float(part) for part in t_interval(share))
    return [
        difference("mean section speed", table, name, (-17.0, -10.0), "-15"),
        relative("standard deviation of section speed", arms(table, name, "sd_kmh"),
                 (-100.0, 0.0) if strict else (-40.0, -18.0), "-26", ratio),
        relative("share > limit + 20 km/h", arms(table, name, "share_over_20_kmh"),
                 (-100.0, -99.5) if strict else (-98.0, -70.0), "-84", ratio),
        Row("citations per traversal (+6 km/h)", "emergent", mean, low, high, "%", "0.06 to 0.11",
            (0.03, 0.5) if strict else None),
    ]


def three_lanes(limit_kmh: float, volume_veh_h: float, mean_kmh: float, sd_kmh: float) -> ts.Scenario:
    """A section of 3 km with three lanes between a kilometre before and one beyond."""
    section = {"name": "section", "free_speed_mean_kmh": mean_kmh, "free_speed_sd_kmh": sd_kmh}
    network = ts.NetworkSource(
        builder=ts.BuilderSpec(kind="corridor", arguments={
            "lengths_m": [1000, 3000, 1000], "lanes": 3, "speed_limit_kmh": limit_kmh, "road_class": "motorway",
            "sections": dict.fromkeys("123", section), "groups": {"section": [2]}}),
        paths={"section": ("east2",)})
    flow = ts.Flow(id="all", origin="east1", destination="east3", volume_veh_h=volume_veh_h)
    return ts.Scenario(name="section", network=network, demand=ts.DemandSource(flows=(flow,)),
                       time=ts.Time(warmup_s=300.0, analysis_s=1800.0, clear_s=900.0))


def lane_rows(replications: int) -> Mapping[str, list[Row]]:
    """Strict section control on three lanes: limit 120 in light traffic, limit 80 in light and in heavy traffic."""
    policy = ts.policies.SectionControl(on=ts.links(group="section"))
    cases = {"limit 120, 900 veh/h": (three_lanes(120.0, 900.0, 116.7, 12.8), (-8.0, -3.0), "-5"),
             "limit 80, 900 veh/h": (three_lanes(80.0, 900.0, 92.0, 10.0), (-17.0, -10.0), "-15"),
             "limit 80, 4,500 veh/h": (three_lanes(80.0, 4500.0, 92.0, 10.0), None, "")}
    found = {}
    for name, (scenario, accept, published) in cases.items():
        results = results_of(scenario, policy, replications)
        speeds = results.tables["speeds"]
        found[name] = [
            difference("mean section speed", speeds, "section", accept, published),
            relative("standard deviation of section speed", arms(speeds, "section", "sd_kmh"), None, "", ratio),
            relative("travel time", _travel_times(results), None, "", ratio),
            relative("lane changes per vehicle-km", _lane_changes(results), None, "", ratio),
        ]
    return found


def _by_arm(series: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    return series[BASE].to_numpy(np.float64), series["policy"].to_numpy(np.float64)


def _travel_times(results: StudyResult) -> tuple[np.ndarray, np.ndarray]:
    return _by_arm(results.tables["paths"].query("path == 'section'").set_index(KEYS)["mean_time_s"].astype(float))


def _lane_changes(results: StudyResult) -> tuple[np.ndarray, np.ndarray]:
    travelled_km = results.tables["links"].groupby(KEYS)["vehicle_km"].sum().astype(float)
    changes = results.tables["runs"].set_index(KEYS)["lane_changes"].astype(float)
    return _by_arm(changes / travelled_km)


def main() -> None:
    """Print the tables."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    for title, blocks in (("Camera on a motorway", camera_rows(replications)),
                          ("Section control in a tunnel", section_rows(replications)),
                          ("Strict section control of 3 km with three lanes", lane_rows(replications))):
        print(f"\n{title}, {replications} replications\n")
        print("| case | metric | origin | change | 95 % interval | unit | published | accepted | |")
        print("|---|---|---|--:|---|---|---|---|---|")
        for case, rows in blocks.items():
            for row in rows:
                accept = "" if row.accept is None else f"{row.accept[0]:g} to {row.accept[1]:g}"
                print(f"| {case} | {row.metric} | {row.origin} | {row.value:.2f} | {row.low:.2f} to {row.high:.2f} | "
                      f"{row.unit} | {row.published} | {accept} | {row.verdict} |")


if __name__ == "__main__":
    main()
