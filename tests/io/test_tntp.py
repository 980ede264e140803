"""TNTP files: networks, matrices and nodes, what is read, inferred and repaired, and faults that are named."""

from __future__ import annotations

import gzip
import json
import re
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import trafficsim as ts
from tests.support.static_networks import BENCHMARKS
from trafficsim.base.errors import DemandError, InputError, MachineError, NetworkError, TrafficsimError
from trafficsim.cli import app
from trafficsim.io.tntp import read_tntp
from trafficsim.io.tntp.matrix import read_tntp_trips
from trafficsim.io.tntp.network import read_tntp_network

NET = """\
<NUMBER OF ZONES> 2
<NUMBER OF NODES> 4
<FIRST THRU NODE> 3
<NUMBER OF LINKS> 6
<ORIGINAL HEADER>~ tail head capacity length (km) free flow time (min) b power speed toll type ;
<END OF METADATA>

~ tail head capacity length free_flow_time b power speed toll type ;
  1 3 9000 0.5 0 0.15 4 0 0 3 ;
  3 4 2000 1.0 1.2 0.15 4 50 5 1 ;
  4 2 9000 0.5 0.6 0.15 4 0 0 3 ;
  2 4 9000 0.5 0.6 0.15 4 0 0 3 ;
  4 3 2000 1.0 1.2 0.15 4 50 0 1 ;
  3 1 9000 0.5 0.6 0.15 4 0 0 3 ;
"""
TRIPS = """\
<NUMBER OF ZONES> 2
<TOTAL OD FLOW> 1010.0
<END OF METADATA>

~ a comment
Origin 1
    1 :    10.0;     2 :   600.0;
Origin  2
    1 :   400.0;
"""
NODES = "Node\tX\tY\t;\n1 -500 0 ;\n2 1500 0 ;\n3 0 0 ;\n4 1000 0 ;\n"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    paths = {name: tmp_path / f"town_{name}.tntp" for name in ("net", "trips", "node")}
    for path, text in zip(paths.values(), (NET, TRIPS, NODES), strict=True):
        path.write_text(text)
    return paths


def test_what_is_read_and_what_is_inferred(files: dict[str, Path]) -> None:
    found = read_tntp(files["net"], (files["trips"],), (files["node"],))
    links = found.network.links
    assert (links["3->4"]["lanes"], links["3->4"]["length_m"], links["3->4"]["speed_limit_kmh"]) == (2, 1000.0, 50.0)
    assert (links["3->4"]["jam_density_veh_km_lane"], links["3->4"]["capacity_veh_h"]) == (150.0, 2000.0)
    assert (links["enter 1"]["lanes"], links["enter 1"]["connector"]) == (5, True)
    assert found.matrix is not None
    assert (found.matrix.total, found.matrix.within_zones) == (1010.0, 10.0)
    assert found.static is not None
    assert (found.static.length_unit, found.static.time_unit, found.static.toll.tolist()[1]) == ("km", "min", 5.0)
    assert found.counts["read"] == {"link": 6, "zone": 2, "zone that is not passed through": 2, "unit of length: km": 1,
                                    "unit of time: min": 1, "coordinates of a node": 4, "pair of zones with trips": 3}
    assert found.counts["inferred"]["speed 50 km/h of a link without free-flow time"] == 1
    assert [one.code for one in found.findings][:1] == ["tntp-within"]


def test_zones_are_not_passed_through(files: dict[str, Path]) -> None:
    graph = read_tntp(files["net"]).network.graph
    assert set(graph.predecessors("1 from")) == {"1 begin"}
    assert set(graph.successors("1 to")) == {"1 end"}


def test_nodes_have_no_right_of_way_and_lead_on_from_every_lane(files: dict[str, Path]) -> None:
    network = read_tntp(files["net"]).network
    onward: dict[str, set[str]] = {}
    for one in network.connections:
        onward.setdefault(one.from_link, set()).add(one.to_link)
        assert (one.yields_to, one.crosses, one.length_m) == ((), (), 0.0)
    assert onward == {"enter 1": {"1->3"}, "enter 2": {"2->4"}, "1->3": {"3->4"}, "2->4": {"4->3"}, "3->4": {"4->2"},
                      "4->3": {"3->1"}, "4->2": {"leave 2"}, "3->1": {"leave 1"}}
    lanes = {(one.from_lane, one.to_lane) for one in network.connections if one.from_link == "3->4"}
    assert lanes == {(0, 0), (1, 2)}


def test_links_of_zones_have_no_limit(files: dict[str, Path]) -> None:
    links = read_tntp(files["net"]).network.links
    assert {(links[name]["capacity_veh_h"], links[name]["storage"]) for name in ("enter 1", "leave 1")} == {
        (1e7, "unlimited")}
    assert links["3->4"]["storage"] == "limited"


def test_coordinates_are_in_degrees_feet_or_metres(files: dict[str, Path]) -> None:
    def place(node: str) -> tuple[float, float]:
        attributes = read_tntp(files["net"], (), (files["node"],)).network.graph.nodes[node]
        return attributes["x_m"], attributes["y_m"]

    assert place("4") == (1000.0, 0.0)
    files["node"].write_text("1 -1640.42 0\n2 4921.26 0\n3 0 0\n4 3280.84 0\n")
    assert place("4") == pytest.approx((1000.0, 0.0), abs=0.01)
    files["node"].write_text("1 9.0 52.0\n2 9.029 52.0\n3 9.007 52.0\n4 9.022 52.0\n")
    assert place("4")[0] - place("3")[0] == pytest.approx(1030.0, abs=2.0)


def test_gzip_and_units_that_are_not_stated(tmp_path: Path) -> None:
    path = tmp_path / "town_net.tntp.gz"
    path.write_bytes(gzip.compress(NET.replace(" (km)", "").replace(" (min)", "").encode()))
    found = ts.read(path)
    assert found.static is not None
    assert (found.static.length_unit, found.static.time_unit) == ("mi", "min")
    assert found.counts["inferred"]["unit of length: mi, not stated in the file"] == 1


def test_an_import_runs_and_everybody_arrives(files: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "town.toml"
    arguments = ["import", "tntp", str(files["net"]), "--trips", str(files["trips"]), "--nodes", str(files["node"])]
    result = CliRunner().invoke(app, [*arguments, "--out", str(out)])
    assert result.exit_code == 0, result.stderr
    assert "3 pair of zones with trips" in result.stdout
    world = ts.build(out)
    assert {flow.id: flow.volume_veh_h for flow in world.demand.flows} == {"matrix 1>2": 600.0, "matrix 2>1": 400.0}
    assert [(one.name, one.vehicles) for one in world.unserved] == [("matrix 1>1", 10.0)]
    results = ts.run(out)
    trips = results.tables["trips"] if hasattr(results, "tables") else results.table("trips")
    assert set(trips["status"]) == {"completed"}
    assert len(trips) == pytest.approx(1000, abs=130)  # four standard deviations


def test_the_command_assigns(files: dict[str, Path], tmp_path: Path) -> None:
    arguments = ["assign", str(files["net"]), str(files["trips"]), "--gap", "1e-6", "--json", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.stderr
    totals = json.loads(result.stdout)
    assert (totals["converged"], totals["trips_within_zones"]) == (True, 10.0)
    assert (tmp_path / "links.csv").read_text().startswith("link,from,to,volume,time,cost,saturation\n1->3,1,3,600.0")


def test_the_command_says_what_did_not_converge(real_data: Path) -> None:
    case = BENCHMARKS["SiouxFalls"]
    arguments = ["assign", *(str(case.file(real_data, kind)) for kind in ("net", "trips")), "--iterations", "5"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert "not converged: relative gap" in result.stderr
    assert "False" in result.stdout


@pytest.mark.parametrize(("old", "new", "error", "message"), [
    ("<END OF METADATA>", "", InputError, "no line <END OF METADATA>"),
    ("<NUMBER OF ZONES> 2", "", InputError, "<NUMBER OF ZONES>: found nothing"),
    ("<NUMBER OF ZONES> 2", "<NUMBER OF ZONES> 5", NetworkError, "found 5 zones and 4 nodes"),
    ("<NUMBER OF NODES> 4", "<NUMBER OF NODES> 999999999", MachineError, "999,999,999 nodes"),
    ("<NUMBER OF NODES> 4", "<NUMBER OF NODES> four", InputError, "<NUMBER OF NODES>: found 'four'"),
    ("3 4 2000 1.0", "3 9 2000 1.0", NetworkError, "_net.tntp:10: found node 9; expected a node from 1 to 4"),
    ("3 4 2000 1.0", "3 4 nan 1.0", InputError, "_net.tntp:10: found 'nan'"),
    ("3 4 2000 1.0", "3 4 0 1.0", NetworkError, "link '3->4': capacity: found 0"),
    ("3 4 2000 1.0 1.2", "3 4 2000 1.0 -1.2", NetworkError, "link '3->4': free_time: found -1.2"),
    ("3 4 2000 1.0 1.2 0.15 4 50 5 1 ;", "3 4 2000 ;", InputError, "_net.tntp:10: found 3 values"),
])
def test_faults_of_networks_are_named(files: dict[str, Path], old: str, new: str, error: type[Exception],
                                      message: str) -> None:
    assert old in NET
    files["net"].write_text(NET.replace(old, new, 1))
    with pytest.raises(error, match=message):
        read_tntp_network(files["net"])


@pytest.mark.parametrize(("old", "new", "error", "message"), [
    ("2 :   600.0", "7 :   600.0", DemandError, "_trips.tntp:7: found zone '7'; expected a zone from 1 to 2"),
    ("2 :   600.0", "1 :   600.0", DemandError, "destination 1 a second time"),
    ("2 :   600.0", "2 :   -6", DemandError, "found -6 trips"),
    ("2 :   600.0", "2 :   many", InputError, "found 'many'"),
    ("2 :   600.0", "2 600.0", DemandError, "found '2 600.0'; expected entries"),
    ("Origin 1", "", DemandError, "expected a line Origin n before its trips"),
    ("Origin  2", "Origin  3", DemandError, "found zone '3'"),
])
def test_faults_of_matrices_are_named(files: dict[str, Path], old: str, new: str, error: type[Exception],
                                      message: str) -> None:
    assert old in TRIPS
    files["trips"].write_text(TRIPS.replace(old, new, 1))
    with pytest.raises(error, match=message):
        read_tntp_trips(files["trips"])


def test_a_matrix_of_another_network_and_wrong_totals(files: dict[str, Path]) -> None:
    files["trips"].write_text(TRIPS.replace("1010.0", "2000"))
    codes = [one.code for one in read_tntp(files["net"], (files["trips"],)).findings]
    assert codes[:2] == ["tntp-within", "tntp-total"]
    files["trips"].write_text(TRIPS.replace("ZONES> 2", "ZONES> 3"))
    with pytest.raises(DemandError, match="found 3; expected 2, as in the network"):
        read_tntp(files["net"], (files["trips"],))


@pytest.mark.parametrize(("text", "message"), [("1 0 0\n9 1 1\n", "node '9'"), ("1 0 0\n1 1 1\n", "node '1'"),
                                               ("1 0\n", "expected node, x and y"), ("1 0 north\n", "found 'north'")])
def test_faults_of_nodes_are_named(files: dict[str, Path], text: str, message: str) -> None:
    files["node"].write_text(text)
    with pytest.raises(InputError, match=message):
        read_tntp(files["net"], (), (files["node"],))


def test_links_that_are_announced_and_missing_are_told(files: dict[str, Path]) -> None:
    files["net"].write_text(NET.replace("LINKS> 6", "LINKS> 7"))
    found = read_tntp(files["net"])
    assert found.findings[0].code == "tntp-links"
    assert np.isfinite(found.static.capacity).all()  # type: ignore[union-attr]


TOKENS = st.sampled_from(["", "-1", "0", "1e308", "1e-320", "nan", "inf", "9" * 30, ";", ":", "~", "<", "x", "Origin 2",
                          "\x00", "1:2"])


@settings(max_examples=150)
@given(st.sampled_from(["net", "trips", "node"]), st.integers(0, 200), TOKENS)
def test_broken_files_give_errors_of_ours(files: dict[str, Path], kind: str, place: int, token: str) -> None:
    text = {"net": NET, "trips": TRIPS, "node": NODES}[kind]
    parts = re.split(r"(\s+)", text)
    parts[2 * (place % (len(parts) // 2))] = token
    files[kind].write_text("".join(parts))
    with suppress(TrafficsimError):
        found = read_tntp(files["net"], (files["trips"],), (files["node"],))
        assert found.static is not None
        assert found.matrix is not None
        assert np.isfinite(ts.assign(found.static, found.matrix, iterations=5).links["volume"]).all()
    files[kind].write_text(text)
