"""Counts from files: layouts, places, times, units, and rules for what contradicts itself."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest

from trafficsim.base.errors import InputError
from trafficsim.design.inference.network import network_from_graph
from trafficsim.io.counts import counts_table, read_counts, write_counts
from trafficsim.spec.counts import Counts
from trafficsim.spec.network import Network
from trafficsim.spec.plane import PROJECTION, Plane

PLANE = Plane(9.0, 52.0, is_projected=True)


@pytest.fixture(scope="module")
def town() -> Network:
    """A main road from west to east over three nodes, both ways, and a side street to the north."""
    graph = nx.MultiDiGraph()
    graph.graph[PROJECTION] = PLANE.as_dict
    for name, x_m, y_m in (("w", 0, 0), ("m", 300, 0), ("e", 700, 0), ("n", 300, 250)):
        graph.add_node(name, x_m=float(x_m), y_m=float(y_m))
    for tail, head, road in (("w", "m", "High Street"), ("m", "e", "High Street"), ("m", "n", "Mill Lane")):
        graph.add_edge(tail, head, id=f"{tail}{head}", name=road)
        graph.add_edge(head, tail, id=f"{head}{tail}", name=road)
    return network_from_graph(graph)


def read(folder: Path, text: str, network: Network | None = None, zone: str | None = None) -> Counts:
    file = folder / "counts.csv"
    file.write_text(text, encoding="utf-8")
    return read_counts(file, network, zone)


def codes(counts: Counts) -> list[str]:
    return [finding.code for finding in counts.findings if finding.level != "info"]


def places(counts: Counts) -> list[tuple[str, str]]:
    return [one.place for one in counts.counts]


def test_units_of_flows_and_speeds(tmp_path: Path, town: Network) -> None:
    counts = read(tmp_path, "detector;link;begin;end;flow_veh_h;speed_mph\nD;wm;07:00;07:15;800;30\n", town).counts
    assert (counts[0].vehicles, counts[0].speed_kmh) == (200.0, pytest.approx(48.28, abs=0.01))


def test_places_by_name_and_direction(tmp_path: Path, town: Network) -> None:
    counts = read(tmp_path, "name,direction,begin,end,vehicles\nmill lane,NB,07:00,08:00,9\n"
                            "High Street,E,07:00,08:00,50\nMill Lane,E,07:00,08:00,50\n"
                            "Broadway,E,07:00,08:00,5\n", town)
    assert places(counts) == [("mn", ""), ("me", "")]  # of the two links of High Street the longer one, as doubtful
    assert [finding.count for finding in counts.findings if finding.code == "count-unmatched"] == [2]
    assert any("doubtful" in finding.message for finding in counts.findings)


def test_places_by_coordinates_and_bearing(tmp_path: Path, town: Network) -> None:
    lon, lat = PLANE.degrees(500.0, 8.0)
    counts = read(tmp_path, f"lat,lon,bearing,begin,end,vehicles\n{lat},{lon},80,07:00,08:00,50\n"
                            f"{lat},{lon},270,07:00,08:00,60\n{lat},{lon},0,07:00,08:00,60\n", town)
    assert places(counts) == [("me", ""), ("em", "")]
    assert codes(counts) == ["count-unmatched"]


def test_without_a_bearing_a_two_way_road_is_doubtful(tmp_path: Path, town: Network) -> None:
    counts = read(tmp_path, "x_m,y_m,begin,end,vehicles\n500,-3,07:00,08:00,50\n", town)
    assert places(counts) == [("me", "")]
    assert any("is as near" in finding.message for finding in counts.findings)


def test_exchanged_coordinates_are_told(tmp_path: Path, town: Network) -> None:
    lon, lat = PLANE.degrees(500.0, 0.0)
    with pytest.raises(InputError, match="exchanged"):
        read(tmp_path, f"lat,lon,bearing,begin,end,vehicles\n{lon},{lat},90,07:00,08:00,50\n", town)


def test_turning_counts(tmp_path: Path, town: Network) -> None:
    counts = read(tmp_path, "link,to_link,turn,begin,end,vehicles\nwm,mn,,07:00,08:00,5\nwm,,through,07:00,08:00,50\n"
                            "wm,em,,07:00,08:00,3\n", town)
    assert places(counts) == [("wm", "mn"), ("wm", "me")]
    assert [one.kind for one in counts.counts] == ["turn", "turn"]


def test_times_past_midnight_and_of_another_zone(tmp_path: Path) -> None:
    counts = read(tmp_path, "link,begin,end,vehicles\na,23:45,00:00,5\na,2024-07-01T05:00:00Z,2024-07-01T06:00:00Z,7\n",
                  zone="Europe/Berlin").counts
    assert sorted((one.date, one.begin_s, one.end_s) for one in counts) == [
        ("", 85500.0, 86400.0), ("2024-07-01", 25200.0, 28800.0)]


def test_times_with_an_offset_and_no_zone_are_told(tmp_path: Path) -> None:
    counts = read(tmp_path, "link,begin,end,vehicles\na,2024-07-01T05:00:00Z,2024-07-01T06:00:00Z,7\n")
    assert counts.counts[0].begin_s == 18000.0
    assert any("offset from UTC" in finding.message for finding in counts.findings)


def test_rules_for_negative_repeated_missing_and_overlapping_counts(tmp_path: Path) -> None:
    counts = read(tmp_path, "link,begin,end,vehicles\na,07:00,07:15,10\na,07:00,07:15,14\na,07:15,07:30,-3\n"
                            "a,07:30,07:45,\na,07:00,08:00,40\na,07:45,08:00,0\n")
    assert [(one.begin_s, one.vehicles) for one in counts.counts] == [(25200.0, 12.0), (27900.0, 0.0)]
    assert codes(counts) == ["count-missing", "count-negative", "count-repeated", "count-overlapping"]


def test_flows_per_hour_given_as_vehicles_of_a_quarter_are_suspect(tmp_path: Path, town: Network) -> None:
    counts = read(tmp_path, "link,begin,end,vehicles\nwm,07:00,07:15,900\nwm,07:15,07:30,300\n", town)
    assert [(one.code, "900 veh/h" in one.message) for one in counts.findings if one.level == "warning"] == [
        ("count-above-capacity", True)]


@pytest.mark.parametrize(("text", "said"), [
    ("link,begin,end\na,07:00,08:00\n", "no column vehicles"),
    ("begin,end,vehicles\n07:00,08:00,3\n", "no column link"),
    ("link,begin,end,vehicles\n", "no row"),
    ("link,begin,end,vehicles\na,07:00,08:00,many\n", "'many'"),
    ("link,begin,end,vehicles\na,25:00,26:00,5\n", "no time of a day"),
    ("link,begin,end,vehicles\na,08:00,07:00,5\n", "ends before it begins"),
    ("link,begin,end,vehicles\na,07:00,07:00,5\n", "ends before it begins"),
    ("link,begin,end,vehicles\na,2024-07-01,2024-07-02,5\n", "without a time"),
    ("link,date,begin,end,vehicles\na,01.07.2024,07:00,08:00,5\n", "none as 2024-05-06"),
    ("link,begin,end,vehicles\nzz,07:00,08:00,5\n", "no link 'zz'"),
])
def test_what_cannot_be_read_is_one_message(tmp_path: Path, town: Network, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read(tmp_path, text.replace("\na,", "\nwm,"), town)
    assert "Remedy" in str(caught.value)


def test_written_counts_are_read_again(tmp_path: Path, town: Network) -> None:
    counts = read(tmp_path, "detector,link,to_link,begin,end,class,vehicles,speed_kmh\n"
                            "D,wm,mn,07:00:20,08:00,car,5.5,31\n"
                            "D,wm,,23:00,00:00,,7,\n", town).counts
    write_counts(tmp_path / "again.csv", counts)
    again = read_counts(tmp_path / "again.csv", town).counts
    assert counts_table(again).drop(columns="source").equals(counts_table(counts).drop(columns="source"))


def test_edge_data_and_turning_proportions_of_sumo(tmp_path: Path, town: Network) -> None:
    file = tmp_path / "data.xml"
    file.write_text('<data><interval begin="0" end="1800"><edge id="wm" entered="30" speed="10"/>'
                    '<edge id="gone" entered="3"/><edge id="me" flow="100"/>'
                    '<edgeRelation from="wm" to="mn" ratio="0.2"/>'
                    '<edgeRelation from="wm" to="me" count="20"/></interval></data>')
    counts = read_counts(file, town)
    assert [(one.place, one.vehicles, one.speed_kmh) for one in counts.counts] == [
        (("wm", ""), 30.0, 36.0), (("me", ""), 50.0, None), (("wm", "me"), 20.0, None)]
    assert [(one.link, one.to_link, one.share) for one in counts.shares] == [("wm", "mn", 0.2)]
    assert codes(counts) == ["count-unmatched"]


@pytest.mark.parametrize("text", [
    "<data><interval begin='0' end='0'><edge id='wm' entered='3'/></interval></data>",
    "<data><interval begin='0' end='10'><edge id='wm' entered='x'/></interval></data>",
    "<data><interval begin='0' end='10'><edgeRelation from='wm' to='mn' ratio='7'/></interval></data>",
    "<data></data>",
])
def test_edge_data_that_cannot_be_read(tmp_path: Path, town: Network, text: str) -> None:
    (tmp_path / "data.xml").write_text(text)
    with pytest.raises(InputError, match="Remedy"):
        read_counts(tmp_path / "data.xml", town)
