"""Matrices of scenarios: CSV files, zones, time profiles and classes become flows; faults are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

import trafficsim as ts
from trafficsim.base.errors import DemandError, InputError
from trafficsim.io.matrices import read_matrix, write_matrix

SCENARIO = """\
name = "town"
[network.builder]
kind = "grid"
arguments = { rows = 2, columns = 2 }
[[demand.zones]]
id = "west"
origins = ["w0->r0c0", "w1->r1c0"]
destinations = ["r0c0->w0"]
[[demand.zones]]
id = "east"
origins = ["e0->r0c1"]
destinations = ["r0c1->e0"]
[[demand.matrices]]
id = "am"
file = "am.csv"
begin_s = 0
end_s = 1800
profile = [[0, 1], [900, 3]]
factor = 0.5
vehicle_classes = { car = 9, truck = 1 }
"""
CSV = "origin,destination,trips\nwest,east,400\neast,west,100\nwest,west,30\n"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    (tmp_path / "am.csv").write_text(CSV)
    (tmp_path / "town.toml").write_text(SCENARIO)
    return tmp_path / "town.toml"


def test_pairs_of_zones_are_flows(town: Path) -> None:
    world = ts.build(town)
    flows = {flow.id: flow for flow in world.demand.flows}
    assert {name: flow.volume_veh_h for name, flow in flows.items()} == {
        "am west>east": 200.0, "am west>east 1": 200.0, "am east>west": 100.0}
    one = flows["am west>east"]
    assert (one.origin, one.destination, one.begin_s, one.end_s) == ("w0->r0c0", "r0c1->e0", 0.0, 1800.0)
    assert one.profile == ((0.0, 0.5), (900.0, 1.5))
    assert one.vehicle_classes == {"car": 9.0, "truck": 1.0}
    assert [(row.name, row.vehicles) for row in world.unserved] == [("am west>west", 15.0)]


def test_paths_are_those_of_the_file(town: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scenario = ts.load(town)
    monkeypatch.chdir("/")
    assert len(ts.build(scenario).demand.flows) == 3


def test_profiles_keep_the_number_of_trips() -> None:
    source = ts.MatrixSource(file="am.csv", begin_s=600, end_s=3600, profile=((0, 5), (1200, 1), (3000, 0)))
    ends = [1200.0, 3000.0, 3600.0]
    begins = [600.0, 1200.0, 3000.0]
    mean = sum(factor * (end - begin) for (_, factor), begin, end in zip(source.shares(), begins, ends, strict=True))
    assert mean / 3000.0 == pytest.approx(1.0)


@pytest.mark.parametrize("change", [
    {"end_s": 0.0}, {"profile": ((0, 1), (0, 2))}, {"profile": ((0, 0),)}, {"profile": ((0, -1), (10, 2))},
    {"profile": ((5, 1),)}, {"profile": ((0, 1), (4000, 1))},
])
def test_periods_and_profiles_that_cannot_be_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="matrix 'matrix'"):
        ts.MatrixSource(file="am.csv", **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(("csv", "message"), [
    (CSV + "west,north,1\n", r"demand.matrices\[0\]: zone 'north': found an unknown zone"),
    (CSV + "west,east,1\n", r"am.csv:5: found the pair \('west', 'east'\) a second time"),
    (CSV + "east,north,-5\n", r"trips '-5' in row 5"),
    (CSV + "east,north,nan\n", r"trips 'nan' in row 5"),
    ("origin,trips\nwest,5\n", "no column 'destination'"),
    (CSV.replace("400", "40000000"), "from zone 'west' to zone 'east'"),
])
def test_faults_of_matrices_are_named(town: Path, csv: str, message: str) -> None:
    (town.parent / "am.csv").write_text(csv)
    with pytest.raises(InputError, match=message):
        ts.build(town)


def test_zones_without_a_link_to_enter_by_are_named(town: Path) -> None:
    town.write_text(SCENARIO.replace('origins = ["e0->r0c1"]\n', ""))
    with pytest.raises(DemandError, match=r"zone 'east': found a zone without links; .* with origins"):
        ts.build(town)


def test_a_matrix_is_written_as_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "am.csv").write_text("origin,destination,trips\n10,2,0.1\n2,10,3\n")
    matrix = read_matrix(tmp_path / "am.csv")
    assert matrix.zones == ("2", "10")
    write_matrix(tmp_path / "again.csv", matrix)
    assert (read_matrix(tmp_path / "again.csv").trips == matrix.trips).all()


@pytest.mark.parametrize(("name", "content", "message"), [
    ("am.omx", b"\x89HDF\r\n\x1a\n", "format OMX"), ("am.h5", b"\x89HDF\r\n\x1a\n", "format OMX"),
    ("am.xls", b"?", "a file of no known format"),
])
def test_other_formats_are_refused_with_a_remedy(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_matrix(tmp_path / name)
    with pytest.raises(InputError, match="no such file"):
        read_matrix(tmp_path / "absent.csv")
