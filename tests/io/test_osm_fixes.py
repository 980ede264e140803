"""Fixes of an extract of OpenStreetMap outlive a fresh extract, and say where they no longer apply."""

from __future__ import annotations

from pathlib import Path

import trafficsim as ts
from tests.io.osm_files import CROSS, cross, osm_text, write_osm
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
