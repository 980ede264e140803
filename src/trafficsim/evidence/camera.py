"""G1: a spot camera on a motorway, its profile of speeds, and what the power model makes of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trafficsim.api.running import compare
from trafficsim.evidence.row import BASE, F8, REPLICATIONS, Row, arms, difference, not_modelled, odds_percent
from trafficsim.outcomes.casualties import Models, SpeedChange
from trafficsim.policies import CameraPlace, SpeedCamera
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.network_source import BuilderSpec, NetworkSource
from trafficsim.spec.scenario import DemandSource, Detector, Scenario, Time
from trafficsim.spec.study import Study

OTHER = "camera"
SECTION_M = 2000.0
DETECTORS_KM = (-3.0, -1.0, -0.3, 0.0, 0.3, 1.5, 3.8)
DE_PAUW, HOYE, OVERT = "De Pauw et al. 2014", "Høye 2015 (EB, 223 cameras)", "Champness et al. 2005"
TRIED = ("unimpeded vehicles, and everybody at 100 veh/h per lane, are inside; in dense traffic slower vehicles hold "
         "fast drivers up before they meet the camera; no parameter was moved")


def scenario(volume_veh_h: float, trucks: float = 0.0) -> Scenario:
    """Eight kilometres with two lanes, limit 120, free speeds N(116.7, 12.8); the camera's place is kilometre 4."""
    network = NetworkSource(builder=BuilderSpec(kind="corridor", arguments={
        "lengths_m": [SECTION_M] * 4, "lanes": 2, "speed_limit_kmh": 120, "road_class": "motorway"}))
    flow = Flow(id="motorway", origin="east1", destination="east4", volume_veh_h=volume_veh_h,
                vehicle_classes={"car": 1.0 - trucks, "truck": trucks} if trucks else {"car": 1.0})
    return Scenario(
        name="G1", network=network, demand=DemandSource(flows=(flow,)), detectors=tuple(map(_detector, DETECTORS_KM)),
        drivers=Drivers(motorway=SpeedChoice(share_over_limit=0.40, cv=0.11)),
        time=Time(warmup_s=400.0, analysis_s=900.0, clear_s=900.0))


def _detector(km: float) -> Detector:
    place = 4000.0 + 1000.0 * km
    link = min(int(place // SECTION_M), 3)
    return Detector(id=f"{km:g}", link=f"east{link + 1}", position_m=place - link * SECTION_M)


def tables_of(volume_veh_h: float, trucks: float = 0.0) -> dict[str, pd.DataFrame]:
    """Speeds of both arms, all replications, and relative injury crashes of the whole road."""
    camera = SpeedCamera(at=(CameraPlace(link="east3", position_m=0.0),))
    results = compare(Study(
        name="G1", scenarios=(scenario(volume_veh_h, trucks),), alternatives={BASE: (), OTHER: (camera,)},
        replications=REPLICATIONS, demand_variation=0.0, primary=("injury_crashes_rel",)))
    return {"speeds": results.tables["speeds"], "free_speeds": results.tables["free_speeds"],
            "crashes": results.comparison.table("injury_crashes_rel")}


def rows() -> list[Row]:
    """The kangaroo profile at 800 veh/h per lane, then what other traffic makes of the camera."""
    usual = tables_of(1600.0)
    found = [*profile(usual["speeds"]), near_crashes(usual), road_crashes(usual["crashes"])]
    for name, volume, trucks in (("1,400 veh/h per lane", 2800.0, 0.0), ("800, 20 % trucks", 1600.0, 0.2)):
        speeds = tables_of(volume, trucks)["speeds"]
        found.append(_speed(speeds, "0", Row(f"mean speed at the camera, {name}, km/h", "emergent")))
    return [*found, not_modelled("rear-end conflicts in the 300 m before the camera", "conflicts are not measured yet")]


def _speed(speeds: pd.DataFrame, place: str, row: Row, column: str = "mean_kmh") -> Row:
    return row.seen(difference(*arms(speeds, column, OTHER, place=place)))


def profile(speeds: pd.DataFrame) -> list[Row]:
    """Changes of speed along the road."""
    everybody = Row("mean speed at the camera, all vehicles, km/h", "input", -6.4, -8.0, -5.0, source=DE_PAUW,
                    note=TRIED)
    found = [_speed(speeds, "0", everybody),
             _speed(speeds, "0", Row("mean speed at the camera, unimpeded vehicles, km/h", "input", -6.4, -8.0, -5.0,
                                     source=DE_PAUW), "unimpeded_mean_kmh")]
    for name, column, row in (
        ("limit", "share_over_limit", Row("", "input", -80.0, -90.0, -65.0, source=DE_PAUW)),
        ("limit + 10 %", "share_over_110_percent", Row("", "input", -86.0, -95.0, -75.0, source=DE_PAUW)),
    ):
        changed = odds_percent(*arms(speeds, column, OTHER, place="0"))
        found.append(Row(f"odds of > {name} at the camera, %", row.origin, row.target, row.low, row.high,
                         source=row.source).seen(changed))
    for km, edge, source in ((-3.0, 1.0, DE_PAUW), (3.8, 1.0, DE_PAUW), (1.5, 1.5, OVERT)):
        found.append(_speed(speeds, f"{km:g}", Row(f"mean speed at {km:+g} km, km/h", "input", 0.0, -edge, edge,
                                                   source=source)))
    return found


def near_crashes(tables: dict[str, pd.DataFrame]) -> Row:
    """Injury crashes from 100 m before to 1 km beyond, by the power model on unimpeded speeds along this stretch."""
    weight, rural = np.array([100.0, 250.0, 250.0, 250.0, 250.0]), np.zeros(5, np.bool_)
    changes = [SpeedChange(before, after, weight, rural)
               for before, after in zip(*near_speeds(tables), strict=True)]
    row = Row("injury crashes, -0.1 to +1 km, %", "emergent", -22.0, -8.0, -3.0, source=HOYE,
              note="the gap to the published -22 % is not explained by mean speed")
    return row.predicted(changes, "injury_crashes", Models())


def near_speeds(tables: dict[str, pd.DataFrame]) -> tuple[F8, F8]:
    """Unimpeded speeds at the camera and at the places in the kilometre beyond; shape (replications, 5) each."""
    places = tables["free_speeds"]
    beyond = places[(places["link"] == "east3") & (places["position_m"] < 1000.0)]["place"].unique().tolist()
    columns = [arms(tables["speeds"], "unimpeded_mean_kmh", OTHER, place="0")]
    columns += [arms(places, "unimpeded_mean_kmh", OTHER, place=place) for place in beyond]
    before, after = (np.column_stack([pair[side] for pair in columns]) for side in (0, 1))
    return before, after


def road_crashes(crashes: pd.DataFrame) -> Row:
    """Injury crashes of the whole road, as a study computes them."""
    one = crashes.iloc[0]
    value, low, high = (100.0 * float(one[name]) for name in ("diff", "low", "high"))
    return Row("injury crashes, whole 8 km, %", "emergent", None, -2.0, 0.0, value, low, high, source="small")
