"""A small study with all that a report shows: signals that are retimed, a camera, a named route, detectors."""

from __future__ import annotations

from pathlib import Path

import trafficsim as ts
from trafficsim.run.result import StudyResult

COUNTS = Path(__file__).with_name("small_counts.csv")
RUDE = '<b>x</b> & "y" {z} $\\alpha$'
"""A name that would break a page, a format string and a formula."""


def world() -> ts.Scenario:
    """A main road with two signals and side streets."""
    road = {"lengths_m": [300, 400, 300], "two_way": True, "signals": [1, 2], "side_streets": [1, 2], "cycle_s": 60}
    flows = [ts.Flow(id=name, origin=begin, destination=end, volume_veh_h=volume, vehicle_classes={"car": 1.0})
             for name, begin, end, volume in (("main", "east1", "east3", 500), ("back", "west3", "west1", 400),
                                              ("side", "south1_in", "north1_out", 150))]
    return ts.Scenario(
        name="small", question="What does the world ask?", seed=3, demand=ts.Demand(flows=tuple(flows)),
        network=ts.NetworkSource(builder=ts.BuilderSpec(kind="corridor", arguments=road),
                                 paths={"main": ("east1", "east2", "east3")}),
        time=ts.Time(warmup_s=120, analysis_s=600, clear_s=600, interval_s=120),
        detectors=(ts.Detector(id="middle", link="east2", position_m=150.0),), validation=observed(),
    )


def observed() -> ts.Validation:
    """Counts of three days, travel times of two, and speeds; one of the counts was used."""
    times = ts.ObservedTravelTimes(path="main", interval_s=120.0, days_s={
        "mon": (95.0, 100.0, 110.0, 105.0, 100.0), "tue": (99.0, 104.0, 112.0, 101.0, 97.0)})
    speeds = ts.ObservedSpeeds(link="east2", bins_kmh=(0, 20, 40, 60, 80), vehicles=(2, 20, 60, 5), data="used")
    return ts.Validation(counts=str(COUNTS), travel_times=(times,), speeds=(speeds,),
                         screenlines={"bridge": ("east2",)})


def study(**changed: object) -> ts.Study:
    """Two alternatives, one of them with a rude name."""
    camera = ts.policies.SpeedCamera(at=(ts.policies.CameraPlace(link="east2", position_m=150.0),))
    content = {
        "name": "small-study", "question": f"What of {RUDE}?", "scenarios": (world(),), "replications": 5,
        "primary": ("mean_delay_s", "share_over_limit"), "equivalence_margins": {"mean_delay_s": 0.03},
        "precision": {"mean_delay_s": 0.02},
        "setting": ts.Setting(country="JO", road_class="urban", limit_kmh=100, driving_side="right"),
        "alternatives": {"do nothing": (), RUDE: (ts.policies.Webster(common_cycle=True),), "camera": (camera,)},
    }
    return ts.Study(**{**content, **changed})


def results(folder: Path | None = None, **changed: object) -> StudyResult:
    """Run it."""
    return ts.compare(study(**changed), out=folder)
