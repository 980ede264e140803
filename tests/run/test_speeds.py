"""From radar bins to drivers, and from drivers to the speeds of a run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import trafficsim as ts
from tests.support.real_data import data_folder, require_data
from trafficsim.base.errors import InputError
from trafficsim.cli import app
from trafficsim.design.calibration.speed_distributions import fit_sites, speeds_by_group
from trafficsim.io.load import load_world

EDGES = np.append(np.arange(0.0, 105.0, 5.0), np.inf)
NAMES = [*(f"spd_{edge:02.0f}" for edge in EDGES[:-2]), "spd_100_and_above"]


def surveyed(rng: np.random.Generator, streets: int = 40, each: int = 2) -> tuple[np.ndarray, list[str]]:
    """Counts of deployments on streets: mean 46, drivers 7, streets 5 and deployments of a street 2 km/h apart."""
    rows, names = [], []
    for street in range(streets):
        of_street = rng.normal(46.0, 5.0)
        for _ in range(each):
            speeds = rng.normal(of_street + rng.normal(0.0, 2.0), 7.0, 3000)
            queued = rng.uniform(0.0, 20.0, 300)  # vehicles that turn or queue: below what counts
            rows.append(np.histogram(np.append(speeds, queued), EDGES)[0])
            names.append(f"street {street}")
    return np.array(rows, np.float64), names


def table(folder: Path, rows: np.ndarray, names: list[str]) -> Path:
    path = folder / "radar.csv"
    lines = [",".join(["street", *NAMES]), *(",".join([name, *(f"{value:.0f}" for value in row)])
                                             for name, row in zip(names, rows, strict=True))]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_what_is_known_of_sites_is_recovered_with_intervals_that_cover() -> None:
    """20 surveys: the intervals cover; those that took deployments of one street for different streets would not."""
    covered = np.zeros(3)
    narrow = 0
    for seed in range(20):
        rows, names = surveyed(np.random.default_rng(seed))
        fits = fit_sites(EDGES, rows)
        one, = speeds_by_group(fits, ["x"] * len(rows), names, draws=200, seed=seed)
        alone, = speeds_by_group(fits, ["x"] * len(rows), [""] * len(rows), draws=200, seed=seed)
        for at, (part, true) in enumerate(((one.mean, 46.0), (one.sd, 7.0), (one.site_sd, np.hypot(5.0, 2.0)))):
            covered[at] += part.low <= true <= part.high
        narrow += alone.mean.high - alone.mean.low < one.mean.high - one.mean.low
    assert covered.min() >= 15  # of 20 intervals of 95 %: 14 or fewer have a probability below 0.0003
    assert narrow >= 18


def test_a_run_with_these_drivers_has_the_speeds_of_the_survey(tmp_path: Path) -> None:
    """On a link where nobody is in the way, mean and spread lie within what the survey and the run leave open."""
    rows, names = surveyed(np.random.default_rng(3))
    found = ts.speed_distributions(table(tmp_path, rows, names), limit_kmh=50)
    found.write(tmp_path / "drivers.toml")
    (tmp_path / "road.toml").write_text("""
name = "road"
drivers = { file = "drivers.toml" }
detectors = [{ id = "spot", link = "east1", position_m = 900.0 }]
[time]
analysis_s = 7200.0
[network.builder]
kind = "corridor"
arguments = { lengths_m = [1500], lanes = 3, speed_limit_kmh = 50 }
[[demand.flows]]
id = "f"
origin = "east1"
destination = "east1"
volume_veh_h = 250.0
vehicle_classes = { car = 1.0 }
""")
    speeds = ts.run(tmp_path / "road.toml", replications=3).tables["speeds"]
    seen = speeds[speeds["place"] == "spot"]
    n = float(seen["unimpeded_traversals"].sum())
    mean, sd = float(seen["unimpeded_mean_kmh"].mean()), float(seen["unimpeded_sd_kmh"].mean())
    group = found.groups[0]
    noise = 2.6 * group.sd.value / np.sqrt(n)  # of the run: 99 %
    assert group.mean.low - noise < mean < group.mean.high + noise
    assert group.sd.low - noise < sd < group.sd.high + noise


def test_what_stands_in_the_scenario_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "drivers.toml").write_text("keep_clear_share = 0.5\n[urban]\nshare_over_limit = 0.3\ncv = 0.2\n")
    drivers = ts.Drivers(file="drivers.toml", keep_clear_share=0.9)
    flow = ts.Flow(id="f", origin="east1", destination="east1", volume_veh_h=100)
    road = ts.Scenario(name="road", network=ts.corridor([300.0]), demand=ts.Demand(flows=(flow,)), drivers=drivers)
    world = load_world(road, tmp_path)
    urban = ts.SpeedChoice(share_over_limit=0.3, cv=0.2)
    assert world.scenario.drivers == ts.Drivers(keep_clear_share=0.9, urban=urban)
    with pytest.raises(InputError, match=r"drivers\.file.*no such file"):
        ts.build(road)
    (tmp_path / "drivers.toml").write_text('file = "other.toml"\n')
    with pytest.raises(InputError, match="names another"):
        load_world(road, tmp_path)


def test_limits_of_streets(tmp_path: Path) -> None:
    """Streets of two limits in one class: speeds count as shares of the limit."""
    rng = np.random.default_rng(5)
    limits = [40.0, 60.0] * 15
    rows = np.array([np.histogram(rng.normal(0.9 * limit, 0.15 * limit, 4000), EDGES)[0] for limit in limits], float)
    names = [f"s{at}" for at in range(30)]
    path = table(tmp_path, rows, names)
    classes = tmp_path / "classes.csv"
    classes.write_text("street,road_class,limit_kmh\n" + "\n".join(
        f"{name},rural,{limit:g}" for name, limit in zip(names[:20], limits, strict=False)))
    found = ts.speed_distributions(path, classes=classes)
    choice, = found.choices
    assert (choice.group, choice.sites, found.groups[0].sites) == ("rural", 20, 20)  # ten streets are not named
    assert choice.mean_over_limit.value == pytest.approx(0.9, abs=0.005)
    assert choice.cv.value == pytest.approx(0.15 / 0.9, abs=0.003)
    assert choice.share_over_limit.value == pytest.approx(0.2525, abs=0.01)


def test_the_command(tmp_path: Path) -> None:
    path = str(table(tmp_path, *surveyed(np.random.default_rng(1), streets=6)))
    out = tmp_path / "drivers.toml"
    told = CliRunner().invoke(app, ["speeds", path, "--limit-kmh", "50", "--out", str(out)])
    assert told.exit_code == 0
    assert "free speeds are somewhat higher" in told.output
    assert "[urban]" in out.read_text()
    as_json = json.loads(CliRunner().invoke(app, ["speeds", path, "--json", "--by", "street_type"]).stdout)
    assert as_json["choices"] == []
    assert len(as_json["groups"]) == 6


def test_without_a_limit_there_are_no_drivers(tmp_path: Path) -> None:
    found = ts.speed_distributions(table(tmp_path, *surveyed(np.random.default_rng(1), streets=6)))
    with pytest.raises(InputError, match="no limit"):
        found.write(tmp_path / "drivers.toml")


def test_toronto() -> None:
    """12,155 deployments: regression values of the fit, and what hangs on the speed from which readings count."""
    path = data_folder() / "speed_toronto_wysp" / "raw_data.csv.gz"
    require_data(path)
    found = ts.speed_distributions(path, limit_kmh=40, draws=100)
    one, = found.groups
    assert (one.sites, one.streets) == (11_120, 2137)
    assert one.mean.value == pytest.approx(35.88, abs=0.01)
    assert one.sd.value == pytest.approx(8.905, abs=0.005)
    assert one.mean.high - one.mean.low < 1.6
    assert found.sensitivity["mean_kmh"].is_monotonic_increasing
