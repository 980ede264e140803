"""Crash tables: three kinds of file with one content, and every fault with its rows in one message."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from trafficsim.base.errors import InputError
from trafficsim.io.crashes import read_aadt, read_crashes
from trafficsim.spec.crashes import History

HEAD = "id,date,severity,type,x_m,y_m"
ROWS = ["a,2020-03-01,fatal,angle,10.5,20", "b,2020-04-02,slight,rear-end,30,40.25", "c,2021-05-03,damage,,50,60"]
GEODETIC = 'GEOGCS["WGS 84"]'
METRIC = 'PROJCS["ETRS89 / UTM 32N"]'


def history(**changed: Any) -> History:
    given = {"crashes": "crashes.csv", "begin": "2020-01-01", "end": "2021-12-31", "expansion_factor": 10.0}
    return History(**{**given, **changed})


def csv_file(folder: Path, rows: Sequence[str] = ROWS, head: str = HEAD) -> Path:
    path = folder / "crashes.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def geopackage(path: Path, definition: str = METRIC, layers: Sequence[str] = ("crashes",),
               blobs: Sequence[bytes] | None = None) -> Path:
    """A GeoPackage as other programs write them, with the points of ``ROWS``."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE gpkg_spatial_ref_sys (srs_name, srs_id INTEGER, definition)")
        database.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('x', 25832, ?)", (definition,))
        database.execute("CREATE TABLE gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id)")
        for layer in layers:
            database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', 25832)", (layer,))
            database.execute(f'CREATE TABLE "{layer}" (fid INTEGER PRIMARY KEY, geom BLOB, id, date, severity, type)')
            for number, row in enumerate(ROWS):
                *texts, x, y = row.split(",")
                blob = point(float(x), float(y), number) if blobs is None else blobs[number]
                database.execute(f'INSERT INTO "{layer}" VALUES (?, ?, ?, ?, ?, ?)', (number + 1, blob, *texts))
    return path


def point(x: float, y: float, form: int = 0) -> bytes:
    """A point: plain; with an envelope and Z, in big-endian; a multipoint of one."""
    if form == 1:
        envelope = struct.pack(">4d", x, x, y, y)
        head = b"GP" + bytes([0, 0b10]) + struct.pack(">i", 25832)
        return head + envelope + struct.pack(">BIddd", 0, 1001, x, y, 7.0)
    head = b"GP" + bytes([0, 1]) + struct.pack("<i", 25832)
    single = struct.pack("<BIdd", 1, 1, x, y)
    return head + (struct.pack("<BII", 1, 4, 1) + single if form == 2 else single)


def test_three_kinds_of_file_say_the_same(tmp_path: Path) -> None:
    plain, told = read_crashes(csv_file(tmp_path), history())
    assert told == ()
    frame = pd.read_csv(tmp_path / "crashes.csv", dtype={"x_m": float, "y_m": float})
    frame["date"] = pd.to_datetime(frame["date"])
    frame.to_parquet(tmp_path / "crashes.parquet")
    for path in (tmp_path / "crashes.parquet", geopackage(tmp_path / "crashes.gpkg")):
        other, _ = read_crashes(path, history())
        pd.testing.assert_frame_equal(other, plain)
    assert plain["severity"].tolist() == ["fatal", "slight", "damage"]
    counts = plain[["deaths", "serious_injuries", "slight_injuries"]].to_numpy()
    assert counts.tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert plain["x_m"].tolist() == [10.5, 30.0, 50.0]


def test_codes_and_columns_of_the_table(tmp_path: Path) -> None:
    rows = ["1;2020-03-01 14:30;1;King Road;2;3", "2;2020-03-02;3;r1c1;0;1"]
    path = csv_file(tmp_path, rows, "UIDENT;when;class;place;deaths;slight_injuries")
    columns = {"id": "UIDENT", "date": "when", "severity": "class"}
    asked = history(columns=columns, severities={"1": "fatal", "3": "slight"})
    found, told = read_crashes(path, asked)
    assert found["id"].tolist() == ["1", "2"]
    assert found["severity"].tolist() == ["fatal", "slight"]
    assert found["deaths"].tolist() == [2, 0]
    assert found["serious_injuries"].tolist() == [0, 0]
    assert found["place"].tolist() == ["King Road", "r1c1"]
    assert found["x_m"].isna().all()
    assert told == ()
    assert "columns not read: colour" in read_crashes(
        csv_file(tmp_path, [f"{row},red" for row in ROWS], f"{HEAD},colour"), history())[1][0].message


@pytest.mark.parametrize(("rows", "says"), [
    ([], ("no crash",)),
    (["a,2020-03-01,terrible,x,1,2"], ("severity 'terrible' in row 2",)),
    (["a,2020-03-01,fatal,x,1,2", "a,2020-03-02,fatal,x,1,2"], ("id 'a' a second time in row 3",)),
    (["a,01.03.2020,fatal,x,1,2", "b,2020-02-30,fatal,x,1,2"], ("date '01.03.2020' in rows 2, 3",)),
    (["a,2020-03-01,fatal,x,1,"], ("place or coordinates nothing in row 2",)),
    (["a,2020-03-01,fatal,x,one,2"], ("x_m 'one' in row 2",)),
    (["a,2020-03-01,fatal,x,inf,2"], ("x_m 'inf' in row 2",)),
    ([",2020-03-01,fatal,x,1,2"], ("id nothing in row 2",)),
    (["a,2020-03-01,bad,x,1,2", "b,,fatal,x,1,2"], ("severity 'bad' in row 2", "date nothing in row 3")),
    ([f"c{n},2020-03-01,bad,x,1,2" for n in range(9)], ("in rows 2, 3, 4, 5, 6 and 4 more",)),
    (["a,2020-03-01,fatal,x,1"], ("another number of values than columns",)),
])
def test_faults_in_rows(tmp_path: Path, rows: list[str], says: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as error:
        read_crashes(csv_file(tmp_path, rows), history())
    assert [part for part in says if part not in str(error.value)] == []


@pytest.mark.parametrize(("head", "says"), [
    ("id,date,type,x_m,y_m", "no column severity"), ("id,date,severity,x_m", "place (or x_m and y_m)"),
    ("id,id,date,severity,place", "two columns 'id'"),
])
def test_faults_in_the_header(tmp_path: Path, head: str, says: str) -> None:
    row = ",".join(["a"] * len(head.split(",")))
    with pytest.raises(InputError) as error:
        read_crashes(csv_file(tmp_path, [row], head), history())
    assert says in str(error.value)


def test_deaths_against_the_severity(tmp_path: Path) -> None:
    path = csv_file(tmp_path, ["a,2020-03-01,slight,r,1"], "id,date,severity,place,deaths")
    with pytest.raises(InputError, match="against the number of deaths"):
        read_crashes(path, history())


@pytest.mark.parametrize(("columns", "says"), [({"sex": "id"}, "unknown column"), ({"id": "nr"}, "no column of")])
def test_columns_that_do_not_fit(tmp_path: Path, columns: dict[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_crashes(csv_file(tmp_path), history(columns=columns))


def test_geopackages_that_cannot_be_read(tmp_path: Path) -> None:
    line = b"GP" + bytes([0, 1]) + struct.pack("<i", 1) + struct.pack("<BII4d", 1, 2, 2, 0.0, 0.0, 1.0, 1.0)
    broken = {
        "degrees": geopackage(tmp_path / "degrees.gpkg", GEODETIC),
        "several layers: crashes, roads": geopackage(tmp_path / "layers.gpkg", layers=("crashes", "roads")),
        "no point in rows 1, 3": geopackage(tmp_path / "line.gpkg", blobs=[line, point(1.0, 2.0), b"GP"]),
    }
    for name in ("text", "empty"):
        path = tmp_path / f"{name}.gpkg"
        path.write_bytes(b"no database at all" if name == "text" else b"")
        broken[f"{name}.gpkg: found a file that cannot be read"] = path
    cut = tmp_path / "cut.gpkg"
    cut.write_bytes(geopackage(tmp_path / "whole.gpkg").read_bytes()[:3000])
    broken["cut.gpkg: found a file that cannot be read"] = cut
    for says, path in broken.items():
        with pytest.raises(InputError) as error:
            read_crashes(path, history())
        assert says in str(error.value)
    with pytest.raises(InputError, match="layer: found 'rivers'"):
        read_crashes(tmp_path / "layers.gpkg", history(layer="rivers"))
    assert len(read_crashes(tmp_path / "layers.gpkg", history(layer="crashes"))[0]) == 3


def test_a_damaged_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "crashes.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="damaged"):
        read_crashes(path, history())


def test_traffic(tmp_path: Path) -> None:
    path = tmp_path / "aadt.csv"
    path.write_text("link,aadt,year\na,12000,2020\nb,500.5,2020\n")
    assert read_aadt(path) == {"a": 12000.0, "b": 500.5}
    for text, says in (("link,aadt\na,-5\n", "aadt '-5' in row 2"),
                       ("link,aadt\na,1\na,2\n", "'a' a second time in row 3"),
                       ("link,volume\na,1\n", "no column aadt"), ("link,aadt\na,many\n", "aadt 'many'")):
        path.write_text(text)
        with pytest.raises(InputError) as error:
            read_aadt(path)
        assert says in str(error.value)
