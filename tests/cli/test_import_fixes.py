"""``import --fixes``: applied to any format, found beside the file, reported, and refused with ``--strict``."""

from __future__ import annotations

from pathlib import Path

from tests.cli.support import Answer, output_of
from tests.io.sumo_files import signal_net
from trafficsim.io.load import load_world
from trafficsim.io.network_file import read_network

FIXES = """\
[[link]]
id = "w_in"
speed_limit_kmh = 30

[[link]]
id = "w_inn"
lanes = 2
"""


def city(folder: Path) -> Path:
    (folder / "a.net.xml").write_text(signal_net())
    return folder / "a.net.xml"


def test_fixes_are_applied_and_what_is_idle_is_told(tmp_path: Path) -> None:
    net = city(tmp_path)
    (tmp_path / "mine.toml").write_text(FIXES)
    answer = Answer("import", "sumo", net, "--out", tmp_path / "out.toml", "--fixes", tmp_path / "mine.toml")
    assert answer.status == 0, answer.stderr
    assert "fixed: mine.toml: link[0]: 1 entry applied" in answer.stdout
    assert "fix-not-found: mine.toml: link[1]" in answer.stderr
    assert "nearest: w_in" in answer.stderr
    network = read_network(tmp_path / "out-network.json")
    assert network.links["w_in"]["speed_limit_kmh"] == 30.0
    assert network.links["w_in"]["origins"] == {"speed_limit_kmh": "fixed: mine.toml, entry link[0]"}
    assert {one.code for one in network.findings} >= {"fixed", "fix-not-found"}
    strict = output_of("import", "sumo", net, "--out", tmp_path / "two.toml", "--fixes", tmp_path / "mine.toml",
                       "--strict", status=2)
    assert "fix-not-found" in strict
    assert not (tmp_path / "two.toml").exists()


def test_the_file_is_found_beside_the_network(tmp_path: Path) -> None:
    net = city(tmp_path)
    (tmp_path / "a.fixes.toml").write_text(FIXES)
    assert "fixed: a.fixes.toml" in output_of("import", "sumo", net, "--out", tmp_path / "out.toml")


def test_a_broken_file_is_one_message(tmp_path: Path) -> None:
    net = city(tmp_path)
    (tmp_path / "a.fixes.toml").write_text(FIXES.replace("lanes = 2", "lanes = 99"))
    text = output_of("import", "sumo", net, "--out", tmp_path / "out.toml", status=2)
    assert "a.fixes.toml: link[1].lanes" in text
    assert "Remedy" in text


def test_a_first_file_is_written(tmp_path: Path) -> None:
    words = ("import", "sumo", city(tmp_path), "--out", tmp_path / "out.toml")
    words = (*words, "--write-fixes", tmp_path / "b.fixes.toml")
    assert f"wrote {tmp_path / 'b.fixes.toml'}" in output_of(*words)
    assert (tmp_path / "b.fixes.toml").read_text().startswith("## ")


ROUTES = """\
<routes>
<trip id="t" depart="3" from="w_in" to="e_out"/>
<vehicle id="v" depart="4"><route edges="w_in e_out"/></vehicle>
<vehicle id="u" depart="5"><route edges="e_in s_out"/></vehicle>
<vehicle id="x" depart="6" departLane="1"><route edges="e_in w_out"/></vehicle>
<flow id="f" begin="0" end="60" vehsPerHour="60" from="s_in" to="e_out"/>
<flow id="g" begin="0" end="60" vehsPerHour="60" from="e_in" to="w_out"/>
</routes>
"""
TAKEN = """\
[[link]]
id = "e_out"
remove = true

[[ban]]
from = "e_in"
to = "s_out"
"""


def test_demand_over_what_is_gone_is_kept_apart(tmp_path: Path) -> None:
    net = city(tmp_path)
    (tmp_path / "a.rou.xml").write_text(ROUTES)
    (tmp_path / "a.fixes.toml").write_text(TAKEN)
    answer = Answer("import", "sumo", net, "--routes", tmp_path / "a.rou.xml", "--out", tmp_path / "out.toml")
    assert answer.status == 0, answer.stderr
    assert "trip 't' (link 'e_out' was removed by fixes)" in answer.stderr
    world = load_world(tmp_path / "out.toml")
    assert {one.id for one in world.demand.trips} == {"x"}
    assert {one.id for one in world.demand.flows} == {"g"}
    assert "fix-needless" not in answer.stderr
