"""``fit``: from a scenario file and counts to a scenario with fitted drivers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import trafficsim as ts
from tests.cli.support import Answer, output_of
from trafficsim.io.counts import write_counts
from trafficsim.io.network_file import write_network
from trafficsim.spec.counts import Count

SCENARIO = """
name = "road"
time = { analysis_s = 600, interval_s = 300 }
network = { file = "road.json" }

[demand]
routes = "free_flow"
flows = [{ id = "f", origin = "east1", destination = "east2", volume_veh_h = 400 }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_network(ts.corridor([300.0, 300.0]), tmp_path / "road.json")
    (tmp_path / "road.toml").write_text(SCENARIO)
    counts = [Count(link, "link", link, "", "", begin, begin + 300.0, "all", 33.0, 54.0)
              for link in ("east1", "east2") for begin in (0.0, 300.0)]
    write_counts(tmp_path / "counts.csv", counts)
    return tmp_path


def asked(folder: Path, *more: str) -> list[str]:
    return ["fit", str(folder / "road.toml"), "--counts", str(folder / "counts.csv"), "--replications", "2",
            "--engine", "ca", *more]


def test_a_scenario_with_what_was_found_is_written(folder: Path) -> None:
    out = folder / "fitted.toml"
    told = output_of(*asked(folder, "--parameters", "free_speed.urban", "--hold-out", "0.5", "--out", str(out)))
    assert "free_speed.urban" in told
    assert "calibrated" not in told
    scenario = ts.load(out)
    assert scenario.drivers.urban.share_over_limit > 0.55  # 54 km/h on average at a limit of 50
    assert [one.data for one in scenario.validation.count_files] == ["held_out", "used"]
    assert len((folder / "fitted-counts-held-out.csv").read_text().splitlines()) == 3


def test_as_json(folder: Path) -> None:
    found = json.loads(output_of(*asked(folder, "--parameters", "free_speed.urban", "--hold-out", "0", "--json")))
    assert [row["parameter"] for row in found["parameters"]] == ["free_speed.urban"]
    assert found["changes"]["drivers"]["urban"]["share_over_limit"] > 0.55


@pytest.mark.parametrize(("more", "told"), [
    (["--parameters", "speed"], "free_speed.urban"),
    (["--parameters", "free_speed.urban", "--out", "fitted.json"], "ends in .toml"),
    (["--parameters", "free_speed.urban", "--hold-out", "1"], "from 0 to below 1"),
])
def test_what_is_refused(folder: Path, more: list[str], told: str) -> None:
    assert told in " ".join(output_of(*asked(folder, *more), status=2).split())


def test_what_is_not_used_is_told(folder: Path) -> None:
    path = folder / "counts.csv"
    path.write_text(path.read_text() + "D9,nowhere,,,00:00,00:05,all,10,50\n")
    answer = Answer(*asked(folder, "--parameters", "free_speed.urban", "--hold-out", "0"))
    assert answer.status == 0
    assert "warning: count-unmatched" in answer.stderr


def test_observations_and_files_of_the_scenario_are_kept(folder: Path) -> None:
    """Free speeds that were used stay in the scenario, and what it names is found from another folder."""
    scenario = folder / "road.toml"
    scenario.write_text(scenario.read_text() + """
[[validation.speeds]]
link = "east1"
mean_kmh = 54.0
sd_kmh = 7.0
unimpeded = true
data = "used"
""")
    (folder / "new").mkdir()
    out = folder / "new" / "fitted.toml"
    output_of(*asked(folder, "--parameters", "free_speed.urban", "--hold-out", "0", "--out", str(out)))
    found = ts.build(out)
    assert [one.mean_kmh for one in found.scenario.validation.speeds] == [54.0]
    assert set(found.network.links) == {"east1", "east2"}
