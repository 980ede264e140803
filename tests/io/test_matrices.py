"""Matrices of scenarios: CSV files, zones, time profiles and classes become flows; faults are named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

import trafficsim as ts
from trafficsim.base.errors import DemandError, InputError
from trafficsim.io.matrices import read_matrix, write_matrix
from trafficsim.plan.prepare import prepare

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
    mean = sum(factor * (end - begin) for (_, factor), begin, end in zip(source.steps(), begins, ends, strict=True))
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
    ("am.omx", b"\x89HDF\r\n\x1a\n", "am.omx: found a file that is no HDF5 file"),
    ("am.h5", b"\x89HDF\r\n\x1a\n", "am.h5: found a file that is no HDF5 file"),
    ("am.omx", b"text", "am.omx: found a file that is no HDF5 file"), ("am.xls", b"?", "a file of no known format"),
])
def test_other_formats_are_refused_with_a_remedy(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_matrix(tmp_path / name)
    with pytest.raises(InputError, match="no such file"):
        read_matrix(tmp_path / "absent.csv")


def test_tables_and_mappings_are_of_omx_files(town: Path) -> None:
    town.write_text(SCENARIO + 'table = "am"\n')
    with pytest.raises(InputError, match=r"table 'am'.* of a file that is no OMX file"):
        ts.build(town)


def test_links_of_a_zone_have_weights(town: Path) -> None:
    town.write_text(SCENARIO.replace('["w0->r0c0", "w1->r1c0"]', '{ "w0->r0c0" = 3, "w1->r1c0" = 1 }'))
    flows = {flow.id: flow.volume_veh_h for flow in ts.build(town).demand.flows}
    assert flows == {"am west>east": 300.0, "am west>east 1": 100.0, "am east>west": 100.0}


@pytest.mark.parametrize(("destination", "origin"), [("r0c1_e0", "w0_r0c0"), ("r1c1_e1", "w1_r1c0")])
def test_the_fastest_links_of_a_zone_are_taken(town: Path, destination: str, origin: str) -> None:
    text = SCENARIO.replace("[[demand.matrices]]", 'connectors = "least_cost"\n[[demand.matrices]]')
    text = text.replace('id = "west"', 'id = "west"\nconnectors = "least_cost"')
    town.write_text(text.replace("->", "_").replace("r0c1_e0", destination))
    world = ts.build(town)
    assert {flow.id for flow in world.demand.flows} == {"am west>east", "am east>west"}
    taken = {flow.id: flow for flow in prepare(world).world.demand.flows}
    assert (taken["am west>east"].origin, taken["am west>east"].destination) == (origin, destination)
    assert taken["am west>east"].volume_veh_h == 400.0


def test_named_profiles_share_the_trips(town: Path) -> None:
    named = """
[demand.profiles]
work = [[-3600, 9], [0, 1], [900, 3], [5400, 9]]
school = [[0, 0], [1200, 1]]
"""
    for profile, expected in (('"work"', ((0.0, 0.5), (900.0, 1.5))),
                              ('{ work = 3, school = 1 }',
                               ((0.0, 0.375), (900.0, 1.125), (1200.0, 1.125 + 0.25 * 3)))):
        town.write_text(SCENARIO.replace("profile = [[0, 1], [900, 3]]", f"profile = {profile}") + named)
        flow = ts.build(town).demand.flows[0]
        assert flow.profile == expected
        trips = sum(rate * length for (_, rate), length in zip(
            flow.profile, np.diff([*(time for time, _ in flow.profile), 1800.0]), strict=True))
        assert trips == pytest.approx(1800.0)


@pytest.mark.parametrize(("profile", "profiles", "message"), [
    ('"work"', "", r"matrices\[0\].profile: found profile 'work' is none of \[demand.profiles\]: there is none"),
    ('"late"', "late = [[900, 1]]", "profile 'late' begins after 0 s"),
    ('"none"', "none = [[0, 0], [1800, 1]]", "has no weight up to 1800 s"),
    ('"back"', "back = [[0, 1], [0, 2]]", "profile times that do not increase"),
    ('"neg"', "neg = [[0, -1]]", "a profile weight below 0"),
    ('"void"', "void = []", "profile 'void' has no step"),
    ('{ void = 0 }', "void = [[0, 1]]", "shares of profiles"),
])
def test_profiles_that_cannot_be_used_are_named(town: Path, profile: str, profiles: str, message: str) -> None:
    text = SCENARIO.replace("profile = [[0, 1], [900, 3]]", f"profile = {profile}")
    town.write_text(f"{text}[demand.profiles]\n{profiles}\n")
    with pytest.raises(InputError, match=message):
        ts.build(town)


@pytest.mark.parametrize("weights", ["{ a = -1, b = 3 }", "{ a = 0 }"])
def test_weights_of_links_are_checked(town: Path, weights: str) -> None:
    town.write_text(SCENARIO.replace('["w0->r0c0", "w1->r1c0"]', weights))
    with pytest.raises(InputError, match="zone 'west' needs weights"):
        ts.build(town)


def test_a_zone_is_defined_once(town: Path) -> None:
    town.write_text(SCENARIO.replace('id = "east"', 'id = "west"'))
    with pytest.raises(DemandError, match="a zone a second time"):
        ts.build(town)
