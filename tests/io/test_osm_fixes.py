"""Fixes of an extract of OpenStreetMap outlive a fresh extract, and say where they no longer apply."""

from __future__ import annotations

from pathlib import Path

import pytest

import trafficsim as ts
from tests.io.osm_files import CROSS, cross, osm_text, write_osm
from trafficsim.io.first_fixes import first_fixes
from trafficsim.io.fixes import read_fixes
from trafficsim.io.osm.reading import read_osm

FIXES = """\
[[link]]
way = 10
direction = "forward"
lanes = 2

[[link]]
id = "20@4"
speed_limit_kmh = 20

[[junction]]
id = 2
stop = [20]

[[ban]]
from = 10
to = 20
via = 2

[[signal]]
junction = 5
stages = [{ green = [20], duration_s = 20 }, { green = [21], duration_s = 20 }]
"""


def network_of(folder: Path, text: str) -> ts.Network:
    (folder / "town.fixes.toml").write_text(FIXES)
    extract = write_osm(folder / "town.osm", text)
    return read_osm(extract, demand="none", fixes=read_fixes(folder / "town.fixes.toml")).network


DUAL = {1: (-200.0, 0.0), 2: (0.0, 0.0), 3: (200.0, 0.0), 4: (-200.0, 12.0), 5: (0.0, 12.0), 6: (200.0, 12.0),
        7: (0.0, -200.0), 8: (0.0, 200.0)}
"""A dual carriageway, 12 m apart, that a street crosses at 2 and 5."""


def dual() -> str:
    one_way = {"highway": "primary", "oneway": "yes"}
    roads = {10: ((1, 2, 3), one_way), 11: ((6, 5, 4), one_way), 20: ((7, 2, 5, 8), {"highway": "residential"})}
    return osm_text(DUAL, roads, tagged={2: {"highway": "traffic_signals"}, 5: {"highway": "traffic_signals"}})


def junctions(folder: Path, fixes: str) -> tuple[set[str], dict[str, list[str]]]:
    """Nodes of OpenStreetMap that are joined, and what is told of the fixes."""
    (folder / "town.fixes.toml").write_text(fixes)
    made = read_osm(write_osm(folder / "town.osm", dual()), demand="none", fixes=read_fixes(folder / "town.fixes.toml"))
    joined = {str(row["osm_nodes"]) for _, row in made.network.graph.nodes(data=True) if ";" in str(row["osm_nodes"])}
    return joined, codes(made.network)


def test_junctions_are_joined_and_parted_as_fixes_say(tmp_path: Path) -> None:
    assert junctions(tmp_path, "")[0] == {"2;5"}
    parted, told = junctions(tmp_path, "[[junction]]\nid = 2\nsplit = true\n")
    assert (parted, set(told)) == (set(), {"fixed"})
    joined, told = junctions(tmp_path, "[[junction]]\nid = 2\njoin = [5, 3]\n")
    assert joined == {"2;3;5"}
    assert set(told) == {"fixed"}
    joined, told = junctions(tmp_path, "[[junction]]\nid = 2\njoin = [33]\n")
    assert "node '33'" in told["fix-not-found"][0]


@pytest.mark.parametrize("place", ["perth_peanut_roundabout", "kingsway_junction"])
def test_a_first_file_of_a_real_place_changes_nothing(place: str, real_data: Path, tmp_path: Path) -> None:
    extract = real_data / "osm_osm2streets" / f"{place}.osm.gz"
    network = read_osm(extract, demand="none").network
    lines = first_fixes(network).splitlines()
    (tmp_path / "a.fixes.toml").write_text("\n".join(line.removeprefix("# ") for line in lines))
    fixed = read_osm(extract, demand="none", fixes=read_fixes(tmp_path / "a.fixes.toml")).network
    assert set(codes(fixed)) == {"fixed", "fix-needless"}
    assert fixed.connections == network.connections
    assert [one.phases for one in fixed.signals] == [one.phases for one in network.signals]
    again = ts.with_fixes(network, tmp_path / "a.fixes.toml")
    assert set(codes(again)) == {"fixed", "fix-needless"}
    assert again.connections == network.connections


def codes(network: ts.Network) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in network.findings:
        if one.code.startswith("fix"):
            found.setdefault(one.code, []).append(f"{one.where}: {one.message}")
    return found


def test_fixes_are_applied_to_ways_and_nodes(tmp_path: Path) -> None:
    network = network_of(tmp_path, cross())
    links = network.links
    assert {link for link, row in links.items() if row["lanes"] == 2} == {"10@1", "10@2"}
    assert links["10@1"]["origins"]["lanes"] == "fixed: town.fixes.toml, entry link[0]"
    assert links["20@4"]["speed_limit_kmh"] == 20.0
    stops = {one.from_link for one in network.connections if one.must_stop}
    assert stops == {"20@4", "-20@5"}
    assert not any(one.from_link in ("10@1", "-10@3") and "20" in one.to_link for one in network.connections)
    assert set(codes(network)) == {"fixed", "fix-not-found"}  # there is no way 21


def test_a_fresh_extract_keeps_them_and_tells_what_no_longer_applies(tmp_path: Path) -> None:
    tagged = codes(network_of(tmp_path, cross(major={"lanes:forward": "2", "lanes:backward": "1", "lanes": "3"})))
    assert "link[0]: repaired 1 x" in tagged["fix-needless"][0]
    assert "lanes = 2 is so already" in tagged["fix-needless"][0]
    roads = {10: ((1, 2, 3), {"highway": "primary"}), 22: ((4, 2, 5), {"highway": "residential"})}
    fresh = network_of(tmp_path, osm_text(CROSS, roads))
    assert fresh.links["10@1"]["lanes"] == 2
    told = " ".join(codes(fresh)["fix-not-found"])
    assert "sought link '20@4'; nearest: 22@4" in told
    assert "junction[0]" in told
    assert "ban[0]" in told
