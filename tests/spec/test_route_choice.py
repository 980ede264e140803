"""The table of route choice in scenario files: what is wrong is told by file and key."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

import trafficsim as ts
from trafficsim.base.errors import InputError
from trafficsim.io.load import load_world
from trafficsim.plan.prepare import prepare
from trafficsim.spec.route_choice import VALUES_OF_TIME_EUR_H

ROAD = """
name = "road"
network.nodes = [{ id = "a", x_m = 0.0, y_m = 0.0 }, { id = "b", x_m = 800.0, y_m = 0.0 }]
network.links = [{ id = "main", from = "a", to = "b", toll_eur = TOLL }]
[[demand.flows]]
id = "f"
origin = "main"
destination = "main"
volume_veh_h = 500.0
[route_choice]
"""


def written(folder: Path, line: str, toll: str = "0.0") -> Path:
    path = folder / "road.toml"
    path.write_text(ROAD.replace("TOLL", toll) + line + "\n")
    return path


@pytest.mark.parametrize(("line", "key"), [
    ("informed_share = 1.2", "route_choice.informed_share"), ("update_s = 0", "route_choice.update_s"),
    ("paths = 0", "route_choice.paths"), ("paths = 2.5", "route_choice.paths"),
    ("scale_per_min = -1", "route_choice.scale_per_min"),
    ("distance_cost_eur_km = nan", "route_choice.distance_cost_eur_km"),
    ("value_of_time_eur_h = { car = 0 }", "route_choice.value_of_time_eur_h.car"),
    ("informed = 0.5", "route_choice.informed"),
])
def test_mistakes_are_told_by_key(line: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        ts.load(written(tmp_path, line))
    assert "road.toml" in str(told.value)
    assert key in str(told.value)


@pytest.mark.parametrize("toll", ["-1.0", "1e9", '"free"'])
def test_absurd_tolls_are_refused(toll: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"toll_eur"):
        ts.run(written(tmp_path, "", toll))


def test_a_toll_of_a_file_is_one_of_the_network(tmp_path: Path) -> None:
    prepared = prepare(load_world(written(tmp_path, "", "1.5")))
    assert prepared.network.toll_eur.tolist() == [1.5]
    assert "toll-unheeded" in [finding.code for finding in prepared.findings]
    heeded = prepare(load_world(written(tmp_path, "informed_share = 0.5", "1.5")))
    assert "toll-unheeded" not in [finding.code for finding in heeded.findings]


def test_values_of_time_are_those_that_appraisals_come_with() -> None:
    table = tomllib.loads((files("trafficsim.outcomes.economics") / "eu_handbook_2019.toml").read_text("utf-8"))
    assert {row["class"]: row["per_h"]["value"] for row in table["time"]} == VALUES_OF_TIME_EUR_H
