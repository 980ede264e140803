"""Free speeds, their spread and the saturation flow, fitted to what a run with other drivers showed."""

from __future__ import annotations

import pytest

import trafficsim as ts
from trafficsim.base.errors import InputError
from trafficsim.design.calibration.observations import FreeSpeeds
from trafficsim.run.calibration.driver_parameters import ParameterFit, Simulating, fit_parameters, with_factors
from trafficsim.run.runner import run_scenario
from trafficsim.spec.counts import Count, Counts
from trafficsim.spec.scenario import Detector
from trafficsim.spec.world import World

FREE = ("free_speed.urban", "speed_spread.urban")
TRUTH = {"free_speed.urban": 1.12, "speed_spread.urban": 0.8}
TIME = ts.Time(warmup_s=120, analysis_s=1200, interval_s=120)


def road(**more: object) -> World:
    flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=500)
    return ts.build(ts.Scenario(name="road", time=TIME, network=ts.corridor([400, 400]),
                                demand=ts.DemandSource(flows=(flow,), routes="free_flow"), **more))


def observed(world: World) -> tuple[list[Count], list[FreeSpeeds]]:
    """What detectors in the middle of both links show of another day."""
    detectors = tuple(Detector(id=link, link=link, position_m=200.0) for link in ("east1", "east2"))
    scenario = world.scenario.model_copy(update={"detectors": detectors, "seed": 77})
    tables = run_scenario(ts.build(scenario), replications=1).tables
    counts = [Count(row.detector, "link", row.link, "", "", row.begin_s, row.end_s, "all", float(row.count_),
                    float(row.time_mean_speed_kmh))
              for row in tables["detectors"].rename(columns={"count": "count_"}).itertuples()]
    speeds = [FreeSpeeds(row.link, row.unimpeded_mean_kmh, row.unimpeded_sd_kmh, row.unimpeded_traversals)
              for row in tables["speeds"].itertuples() if row.role == "detector"]
    return counts, speeds


@pytest.fixture(scope="module")
def found() -> ParameterFit:
    counts, speeds = observed(with_factors(road(), TRUTH))
    return fit_parameters(road(), Counts(tuple(counts)), FREE, speeds=speeds, simulating=Simulating(replications=2))


def test_the_drivers_of_another_day_are_found(found: ParameterFit) -> None:
    table = found.parameters.set_index("parameter")
    for name, truth in TRUTH.items():
        assert table.at[name, "low"] <= truth <= table.at[name, "high"]
        assert abs(table.at[name, "factor"] - truth) < 0.1
    assert table.at["free_speed.urban", "told_by"] == "observations"
    assert found.fit.converged


def test_few_runs_are_enough(found: ParameterFit) -> None:
    # One at the prior, one per parameter, some steps, and one per parameter for what is known in the end.
    assert found.fit.runs <= 1 + 2 + 6 * 3 + 2
    assert found.fit.runs >= 1 + 2 + 1 + 2


def test_the_table_holds_every_observation(found: ParameterFit) -> None:
    assert len(found.comparison) == len(found.observations) == 2 * 2 * 10 + 2 * 2
    assert found.comparison["simulated"].notna().all()


def test_what_changes_in_a_scenario_file(found: ParameterFit) -> None:
    assert set(found.changes) == {"drivers"}
    choice = ts.SpeedChoice(**found.changes["drivers"]["urban"])
    assert choice == found.world.scenario.drivers.urban


def test_factors_of_one_change_nothing() -> None:
    world = road()
    same = with_factors(world, {"free_speed.urban": 1.0, "saturation_flow": 1.0})
    assert same.scenario.drivers == world.scenario.drivers
    assert same.vehicle_classes == world.vehicle_classes


COUNT = Count("D", "link", "east1", "", "", 120.0, 720.0, "all", 80.0, 50.0)


@pytest.mark.parametrize(("names", "count", "replications", "text"), [
    (("free_speed.city",), COUNT, 2, "free_speed.urban"),
    (FREE, COUNT, 1, "at least 2"),
    (FREE, Count("D", "link", "east1", "", "", 0.0, 60.0, "all", 80.0), 2, "none in the analysis period"),
    (FREE, Count("D", "link", "west9", "", "", 120.0, 720.0, "all", 80.0), 2, "west9"),
    (FREE, Count("D", "link", "east1", "", "", 120.0, 127.0, "all", 8.0), 2, "whole minutes"),
])
def test_what_cannot_be_fitted(names: tuple[str, ...], count: Count, replications: int, text: str) -> None:
    with pytest.raises(InputError, match=text):
        fit_parameters(road(), Counts((count,)), names, simulating=Simulating(replications=replications))


def test_classes_with_speed_factors_of_their_own() -> None:
    own = ts.VehicleClass(name="car", kind="car", speed_factor_mean=1.0)
    with pytest.raises(InputError, match="speed_factor_mean"):
        fit_parameters(road(vehicle_classes=(own,)), Counts((COUNT,)), FREE)


def test_speeds_that_no_place_has() -> None:
    with pytest.raises(InputError, match="sd_kmh"):
        FreeSpeeds("east1", 50.0, 0.0, 100.0)
