"""Extracts of OpenStreetMap: encodings, and how ways become links."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path

import osmium
import pytest
from typer.testing import CliRunner

import trafficsim as ts
from tests.io.osm_files import CROSS, cross, imported, osm_text, write_osm
from trafficsim.base.errors import InputError
from trafficsim.cli import app
from trafficsim.io.osm.reading import read_osm
from trafficsim.spec.plane import plane_of_graph


@pytest.mark.parametrize("name", ["town.osm", "town.osm.gz", "town.osm.bz2"])
def test_every_encoding_of_xml_is_read(tmp_path: Path, name: str) -> None:
    found = ts.read(write_osm(tmp_path / name, cross()), demand="none")
    assert sorted(found.network.links) == ["-10@2", "-10@3", "-20@2", "-20@5", "10@1", "10@2", "20@2", "20@4"]


def test_a_pbf_is_read_as_the_xml_it_was_made_from(tmp_path: Path) -> None:
    xml = write_osm(tmp_path / "town.osm", cross())
    with osmium.SimpleWriter(str(tmp_path / "town.osm.pbf")) as writer:
        for one in osmium.FileProcessor(str(xml)):
            writer.add(one)
    one, other = (ts.read(tmp_path / name, demand="none").network for name in ("town.osm", "town.osm.pbf"))
    assert one.links == other.links
    assert one.connections == other.connections


def test_links_know_their_way_their_line_and_where_values_come_from(tmp_path: Path) -> None:
    network = imported(tmp_path, cross({"maxspeed": "50", "lanes": "4", "name": "High Street"})).network
    link = network.links["-10@3"]
    assert (link["lanes"], link["speed_limit_kmh"], link["priority"], link["name"]) == (2, 50.0, 5, "High Street")
    assert (link["osm_way"], link["from"], link["to"]) == ("10", "3", "2")
    assert link["origins"]["speed_limit_kmh"] == "read: way 10, maxspeed=50"
    assert link["origins"]["lanes"] == "inferred: half of lanes=4 of way 10"
    assert link["geometry"][0] == pytest.approx((200.0, 0.0), abs=0.5)
    plane = plane_of_graph(network.graph.graph)
    assert plane is not None
    assert plane.degrees(*link["geometry"][0])[0] == pytest.approx(9.7 + 200.0 / (111_267.0 * 0.6165), abs=1e-6)


def test_ways_without_nodes_loops_and_repeated_ways_are_repaired(tmp_path: Path) -> None:
    road = {"highway": "residential"}
    found = imported(tmp_path, osm_text(CROSS, {
        1: ((1, 99, 2, 3), road), 2: ((2, 4, 5, 2), road), 3: ((2, 4, 5, 2), road), 4: ((4,), road),
        5: ((98, 97), road),
    }))
    assert found.counts["repaired"] == {"osm-node-missing": 2, "osm-loop-cut": 1, "osm-way-short": 1,
                                        "osm-way-twice": 1}
    assert all(link["from"] != link["to"] for link in found.network.links.values())


@pytest.mark.parametrize(("content", "message"), [
    (b"", "an empty file"),
    (b"<osm version='0.6'><node id='x' lat='a'/></osm>", "illegal id"),
    (b"\x1f\x8bnothing", "cannot be read"),
    (b"no file of this kind", "cannot be read"),
    (b"<osm version='0.6'></osm>", "0 ways with highway"),
    (b"<osm version='0.6'><way id='1'>", "cannot be read"),
])
def test_a_file_that_cannot_be_used_is_one_message(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "town.osm.pbf"
    file.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_osm(file)


def test_a_missing_extra_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_osm(tmp_path / "town.osm", cross())
    real = builtins.__import__

    def without_osmium(name: str, *more: object, **others: object) -> object:
        if name.partition(".")[0] == "osmium":
            raise ImportError(name)
        return real(name, *more, **others)  # type: ignore[arg-type]

    monkeypatch.delitem(sys.modules, "osmium", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_osmium)
    with pytest.raises(InputError, match=r"pip install 'trafficsim\[osm\]'"):
        read_osm(file)


def test_the_command_writes_a_scenario(tmp_path: Path) -> None:
    file = write_osm(tmp_path / "town.osm", cross())
    result = CliRunner().invoke(app, ["import", "osm", str(file), "--out", str(tmp_path / "city.toml"),
                                      "--demand", "none", "--country", "GB"])
    assert result.exit_code == 0, result.output
    assert "law of United Kingdom (as chosen), vehicles keep to the left" in result.output
    assert ts.read(tmp_path / "city-network.json").network.left_hand_traffic
