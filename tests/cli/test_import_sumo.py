"""``import sumo``: what is written runs exactly as the files that it was read from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import Answer
from tests.support.real_data import require_data
from trafficsim.io.load import load_world

DIRECT = """\
name = "direct"
[time]
start_s = {start_s}
analysis_s = {analysis_s}
clear_s = {clear_s}
[network.sumo]
network = "{network}"
routes = {routes}
additional = {additional}
"""
CITIES = {
    "cologne1": ("sumo_resco/cologne1", ["cologne1.net.xml"], ["cologne1.rou.xml"], []),
    "bologna": ("sumo_bologna_acosta", ["acosta_buslanes.net.xml"], ["acosta.rou.xml.gz", "acosta_busses.rou.xml"],
                ["acosta_vtypes.add.xml", "acosta_bus_stops.add.xml", "acosta_tls.add.xml"]),
}


def imported(name: str, data: Path, folder: Path) -> tuple[Answer, list[list[Path]]]:
    """Import a city with the command."""
    place, *groups = CITIES[name]
    files = [[data / place / file for file in group] for group in groups]
    require_data(*(file for group in files for file in group))
    (network,), routes, additional = files
    options = [part for file in routes for part in ("--routes", file)]
    options += [part for file in additional for part in ("--additional", file)]
    return Answer("import", "sumo", network, *options, "--out", folder / f"{name}.toml"), files


@pytest.mark.parametrize("name", sorted(CITIES))
def test_world_of_the_import_is_the_world_of_the_files(name: str, real_data: Path, tmp_path: Path) -> None:
    answer, ((network,), routes, additional) = imported(name, real_data, tmp_path)
    assert answer.status == 0, answer.stderr
    assert all(f"{act}:" in answer.stdout for act in ("read", "inferred", "repaired", "ignored"))
    world = load_world(tmp_path / f"{name}.toml")
    time = world.scenario.time
    direct = tmp_path / "direct.toml"
    direct.write_text(DIRECT.format(
        start_s=time.start_s, analysis_s=time.analysis_s, clear_s=time.clear_s, network=network,
        routes=json.dumps([str(file) for file in routes]), additional=json.dumps([str(file) for file in additional]),
    ))
    original = load_world(direct)
    assert len(original.demand.trips) + len(original.demand.flows) > 100
    assert {trip.id: trip for trip in world.demand.trips} == {trip.id: trip for trip in original.demand.trips}
    assert world.demand.flows == original.demand.flows
    assert world.demand.mixes == original.demand.mixes
    assert world.vehicle_classes == original.vehicle_classes
    assert world.scenario.detectors == original.scenario.detectors
    assert world.network.connections == original.network.connections
    assert world.network.signals == original.network.signals
    assert world.network.links.keys() == original.network.links.keys()


def test_digest_of_the_import_is_the_digest_of_the_files(real_data: Path, tmp_path: Path) -> None:
    _, ((network,), routes, _) = imported("cologne1", real_data, tmp_path)
    time = load_world(tmp_path / "cologne1.toml").scenario.time
    (tmp_path / "direct.toml").write_text(DIRECT.format(
        start_s=time.start_s, analysis_s=time.analysis_s, clear_s=time.clear_s, network=network,
        routes=json.dumps([str(file) for file in routes]), additional="[]",
    ))
    results = [json.loads(Answer("run", tmp_path / name, "--json").stdout) for name in ("cologne1.toml", "direct.toml")]
    assert results[0]["vehicles"]["demanded"] == 2015
    assert results[0]["digest"] == results[1]["digest"]


def test_nothing_is_overwritten(real_data: Path, tmp_path: Path) -> None:
    imported("cologne1", real_data, tmp_path)
    before = (tmp_path / "cologne1.toml").read_bytes()
    again, _ = imported("cologne1", real_data, tmp_path)
    assert again.status == 2
    assert "exists already" in again.stderr
    assert (tmp_path / "cologne1.toml").read_bytes() == before
