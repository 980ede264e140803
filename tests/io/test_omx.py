"""OMX files: tables, zone numbers, missing values, and faults that are named."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import trafficsim as ts
from trafficsim.base.errors import DemandError, InputError
from trafficsim.io.matrices import read_matrix

CARS = np.array([[5.0, 400.0], [100.0, 0.0]])
SCENARIO = """\
name = "town"
network.builder = { kind = "grid", arguments = { rows = 2, columns = 2 } }
[demand]
zones = [
    { id = "7", origins = ["w0->r0c0"], destinations = ["r0c0->w0"] },
    { id = "12", origins = ["e0->r0c1"], destinations = ["r0c1->e0"] },
]
matrices = [
    { id = "car", file = "am.omx", table = "cars" },
    { id = "truck", file = "am.omx", table = "trucks", vehicle_classes = { truck = 1 } },
]
"""


def write_omx(path: Path, tables: Mapping[str, Any], lookups: Mapping[str, Any] | None = None, *,
              missing: Mapping[str, float] | None = None) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["OMX_VERSION"] = "0.2"
        file.attrs["SHAPE"] = np.shape(next(iter(tables.values()), np.zeros((0, 0))))
        for name, values in tables.items():
            file.create_dataset(f"data/{name}", data=values)
            if missing and name in missing:
                file[f"data/{name}"].attrs["NA"] = missing[name]
        for name, values in (lookups or {}).items():
            file.create_dataset(f"lookup/{name}", data=values)
    return path


@pytest.fixture
def town(tmp_path: Path) -> Path:
    write_omx(tmp_path / "am.omx", {"cars": CARS, "trucks": CARS / 10.0}, {"TAZ": np.array([7, 12])})
    (tmp_path / "town.toml").write_text(SCENARIO)
    return tmp_path / "town.toml"


def test_every_table_is_a_matrix_of_its_own(town: Path) -> None:
    world = ts.build(town)
    assert {flow.id: (flow.volume_veh_h, tuple(flow.vehicle_classes)) for flow in world.demand.flows} == {
        "car 7>12": (400.0, ("car",)), "car 12>7": (100.0, ("car",)),
        "truck 7>12": (40.0, ("truck",)), "truck 12>7": (10.0, ("truck",))}
    assert [one.vehicles for one in world.unserved] == [5.0, 0.5]


def test_zone_names_of_any_kind(tmp_path: Path) -> None:
    for number, names in enumerate(([7, 12], [7.0, 12.0], ["7", "12"])):
        path = write_omx(tmp_path / f"{number}.omx", {"am": CARS}, {"zones": names})
        assert read_matrix(path).zones == ("7", "12")
    assert read_matrix(write_omx(tmp_path / "none.omx", {"am": CARS.astype(np.int32)})).zones == ("1", "2")


def test_missing_values_are_no_trips_and_are_told(town: Path) -> None:
    holes = np.where(CARS > 200, np.nan, CARS)
    write_omx(town.parent / "am.omx", {"cars": holes, "trucks": np.where(CARS > 200, -1.0, CARS)}, {"TAZ": [7, 12]},
              missing={"cars": np.nan, "trucks": -1.0})
    world = ts.build(town)
    assert [flow.id for flow in world.demand.flows] == ["car 12>7", "truck 12>7"]
    told = [one for one in world.findings if one.code == "matrix-missing"]
    assert [one.where for one in told] == ["demand.matrices[0]", "demand.matrices[1]"]


@pytest.mark.parametrize(("tables", "lookups", "error", "message"), [
    ({"cars": np.full((2, 2), np.nan), "trucks": CARS}, {"TAZ": [7, 12]}, DemandError,
     "table 'cars': from zone '7' to zone '7': found nan trips; expected a finite number >= 0"),
    ({"cars": -CARS, "trucks": CARS}, {"TAZ": [7, 12]}, DemandError, "table 'cars': from zone '7'.* -5 trips"),
    ({"cars": CARS, "trucks": CARS}, {"TAZ": [7, 13]}, DemandError, "zone '13': found an unknown zone"),
    ({"cars": CARS, "trucks": CARS}, {"TAZ": [7, 12, 13]}, DemandError, "mapping 'TAZ': found 3 zones; expected 2"),
    ({"cars": CARS, "trucks": CARS}, {"TAZ": [7, 7]}, DemandError, "table 'cars': zones: found zone '7' a second"),
    ({"cars": np.zeros((3, 3)), "trucks": CARS}, None, DemandError,
     "3 rows without zone numbers, and 2 zones; expected a row for every zone"),
    ({"cars": np.zeros((2, 3)), "trucks": CARS}, None, DemandError, r"table 'cars': found shape \(2, 3\)"),
    ({"cars": [b"a"], "trucks": CARS}, None, DemandError, r"table 'cars': found shape \(1,\)"),
    ({"cars": [[b"a"]], "trucks": CARS}, None, DemandError, "table 'cars': found values that are no numbers"),
    ({"trucks": CARS}, None, InputError, "/data: found no table 'cars'; expected one of 'trucks'"),
    ({"cars": CARS}, {"TAZ": [7, 12], "old": [1, 2]}, InputError, "2 mappings"),
    ({}, None, InputError, "no table 'cars'; expected one of none"),
])
def test_faults_are_named(town: Path, tables: Mapping[str, Any], lookups: Mapping[str, Any] | None,
                          error: type[Exception], message: str) -> None:
    write_omx(town.parent / "am.omx", tables, lookups)
    with pytest.raises(error, match=message):
        ts.build(town)


def test_one_of_several_tables_must_be_named(town: Path) -> None:
    with pytest.raises(InputError, match=r"2 tables \('cars', 'trucks'\); expected table = one of them"):
        read_matrix(town.parent / "am.omx")
    with pytest.raises(InputError, match="no mapping 'x'; expected one of 'TAZ'"):
        read_matrix(town.parent / "am.omx", "cars", "x")
    with pytest.raises(InputError, match="/data: found no table; expected at least one table"):
        read_matrix(write_omx(town.parent / "none.omx", {}))


def test_without_the_package_the_remedy_is_told(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(InputError, match=r"expected the package h5py.*pip install 'trafficsim\[omx\]'"):
        ts.build(town)

