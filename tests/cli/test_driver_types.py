"""Drivers of SUMO files through the command line: what is nonsense is one message, what is chosen is written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.support import Answer
from tests.io.sumo_files import priority_net
from trafficsim.io.load import load_world

VEHICLE = '<vehicle id="a" type="x" depart="5"><route edges="w_in e_out"/></vehicle>'
SLUGGISH = '<vType id="x" accel="1.2" tau="1.8"/>'
BROKEN = {
    "negative tau": ('tau="-1"', ("tau: found -1 s", "0.1 to 10 s", "SUMO's default, 1 s")),
    "tau of an hour": ('tau="3600"', ("tau: found 3600 s", "0.1 to 10 s")),
    "no tau": ('tau=""', ("no attribute 'tau'",)),
    "negative accel": ('accel="-2.6"', ("accel: found -2.6 m/s2", "0.1 to 20 m/s2")),
    "accel without end": ('accel="inf"', ("accel: found 'inf'", "finite")),
    "decel of nothing": ('decel="0"', ("decel: found 0 m/s2", "0.1 to 20 m/s2")),
    "sigma in percent": ('sigma="50"', ("sigma: found 50", "0 to 1")),
    "sigma in words": ('sigma="half"', ("sigma: found 'half'", "a number")),
    "negative gap": ('minGap="-2"', ("minGap: found -2 m", "0 to 10 m")),
    "negative length": ('length="-4"', ("length", "-4")),
    "negative spread": ('speedDev="-0.1"', ("speed_factor_sd", "-0.1")),
    "standing driver": ('speedFactor="0"', ("speed_factor_mean", "0")),
}


def scenario(folder: Path, types: str, more: str = "") -> Path:
    (folder / "a.net.xml").write_text(priority_net())
    (folder / "a.rou.xml").write_text(f"<routes>\n{types}\n{VEHICLE}\n</routes>")
    file = folder / "scenario.toml"
    source = f'[network.sumo]\nnetwork = "a.net.xml"\nroutes = ["a.rou.xml"]\n{more}\n'
    file.write_text('name = "types"\n' + source)
    return file


def command(folder: Path, *more: str) -> Answer:
    return Answer("import", "sumo", folder / "a.net.xml", "--routes", folder / "a.rou.xml", *more,
                  "--out", folder / "out.toml")


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("drivers", ["file", "own"])
def test_nonsense_of_a_driver_is_one_message(case: str, drivers: str, tmp_path: Path) -> None:
    attribute, says = BROKEN[case]
    file = scenario(tmp_path, f'<vType id="x" {attribute}/>', f'drivers = "{drivers}"')
    for answer in (Answer("run", file), Answer("check", file), command(tmp_path, "--drivers", drivers)):
        assert answer.status == 2, answer.stderr
        assert answer.stderr.count("\n") == 1
        assert all(each in answer.stderr for each in ("a.rou.xml, line 2: vType 'x'", "Remedy:", *says)), answer.stderr
    assert not (tmp_path / "out.toml").exists()


def test_unknown_drivers_are_refused(tmp_path: Path) -> None:
    file = scenario(tmp_path, SLUGGISH, 'drivers = "sumo"')
    answer = Answer("check", file)
    assert answer.status == 2
    assert "network.sumo.drivers" in answer.stderr
    assert "'file' or 'own'" in answer.stderr
    assert command(tmp_path, "--drivers", "sumo").status == 2


@pytest.mark.parametrize("drivers", ["file", "own"])
def test_import_writes_whose_drivers_they_are(drivers: str, tmp_path: Path) -> None:
    scenario(tmp_path, SLUGGISH)
    answer = command(tmp_path, "--drivers", drivers)
    assert answer.status == 0, answer.stderr
    written = tomllib.loads((tmp_path / "out.toml").read_text())
    assert f'drivers = "{drivers}"' in written["description"]
    (made,) = (each for each in written["vehicle_classes"] if each["name"] == "x")
    assert made.get("dawdling_ms", 0.0) == (0.3 if drivers == "file" else 0.0)
    assert written.get("drivers", {}) == ({"at_yellow": "if_possible"} if drivers == "file" else {})


@pytest.mark.parametrize(("more", "found"), [
    ("", "if_possible"), ('drivers = "own"', "observed"), ('[drivers]\nkeep_clear_share = 0.5', "if_possible"),
    ('[drivers]\nat_yellow = "observed"', "observed"),
])
def test_what_the_scenario_says_of_yellow_wins_over_the_files(more: str, found: str, tmp_path: Path) -> None:
    drivers = load_world(scenario(tmp_path, SLUGGISH, more)).scenario.drivers
    assert drivers.at_yellow == found
    assert drivers.keep_clear_share == (0.5 if "keep" in more else 1.0)


def test_check_says_what_of_a_driver_is_not_taken(tmp_path: Path) -> None:
    types = '<vType id="x" carFollowModel="IDM" emergencyDecel="9" tau="4"/>'
    answer = Answer("check", scenario(tmp_path, types))
    for said in ("car-following model IDM", "headway_s of a vehicle type", "attribute emergencyDecel"):
        assert said in answer.stdout, answer.stdout
