"""Crash histories that cannot be used: one message that names the file, rows or key, exit status 2, nothing lost."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY, Answer, edited
from tests.cli.test_broken_studies import assert_one_message

HISTORY = """
[history]
crashes = "crashes.csv"
begin = "2019-01-01"
end = "2021-12-31"
expansion_factor = 10.0
"""
CRASHES = """\
id,date,severity,type,x_m,y_m
a,2019-02-01,slight,angle,3.0,4.0
b,2020-03-02,serious,rear-end,-150.0,2.0
c,2020-05-02,damage,rear-end,2.0,-150.0
d,2021-07-20,fatal,angle,-2.0,1.0
"""


class Desk:
    """A folder with a study that has a sound crash history, on which one thing is then broken."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.study = folder, folder / "study.toml"
        (folder / "scenario.toml").write_text(SCENARIO)
        self.study.write_text(STUDY + HISTORY)
        (folder / "crashes.csv").write_text(CRASHES)

    def history(self, old: str, new: str) -> None:
        self.study.write_text(edited(self.study.read_text(), old, new))

    def crashes(self, old: str, new: str) -> None:
        path = self.folder / "crashes.csv"
        path.write_text(edited(path.read_text(), old, new))

    def aadt(self, text: str) -> None:
        (self.folder / "aadt.csv").write_text(text)
        self.history("expansion_factor = 10.0", 'aadt = "aadt.csv"')

    def geopackage(self, content: bytes) -> None:
        (self.folder / "crashes.gpkg").write_bytes(content)
        self.history("crashes.csv", "crashes.gpkg")

    def roads_only(self) -> None:
        with closing(sqlite3.connect(self.folder / "crashes.gpkg")) as database, database:
            database.execute("CREATE TABLE gpkg_geometry_columns (table_name, column_name, srs_id)")
        self.history("crashes.csv", "crashes.gpkg")

    def under_reporting(self, text: str) -> None:
        row = f'{{ country = "X", severity = "deaths", {text}, source = "s" }}'
        self.history("[history]", f"[history]\nunder_reporting = [{row}]")

    def everywhere(self, change: Callable[[float, float], tuple[float, float]]) -> None:
        """Change the coordinates of all crashes."""
        head, *rows = CRASHES.splitlines()
        changed = [",".join([*row.split(",")[:4], *map(str, change(*map(float, row.split(",")[4:])))]) for row in rows]
        (self.folder / "crashes.csv").write_text("\n".join([head, *changed]) + "\n")


    def exchanged(self) -> None:
        """Move the network far to the east, and write its coordinates the wrong way round."""
        moved = re.sub(r"x_m = (-?[0-9]+)", lambda found: f"x_m = {int(found[1]) + 100_000}", SCENARIO)
        (self.folder / "scenario.toml").write_text(moved)
        self.everywhere(lambda x, y: (y, x + 100_000.0))


@dataclass(frozen=True)
class Case:
    """How a history is broken, and what must be said."""

    name: str
    breaks: Callable[[Desk], None]
    says: tuple[str, ...]


MAIN = "main_in,{0}\nmain_out,{0}\nside_in,900\nside_out,900\n"
CASES = (
    Case("severity unknown",
         lambda desk: desk.crashes("slight", "minor"),
         ("severity 'minor' in row 2", "[history.severities]")),
    Case("dates of the period reversed",
         lambda desk: desk.history("2019-01-01", "2022-01-01"),
         ("before it begins", "exchange")),
    Case("day before month", lambda desk: desk.crashes("2020-03-02", "02.03.2020"), ("date '02.03.2020' in row 3",)),
    Case("history shorter than a year", lambda desk: desk.history('end = "2021-12-31"', 'end = "2019-11-30"'),
         ("334 days", "at least a year")),
    Case("no crash in the period",
         lambda desk: desk.history('"2019-01-01"\nend = "2021', '"2009-01-01"\nend = "2011'),
         ("none in the period",)),
    Case("coordinates exchanged", lambda desk: desk.exchanged(), ("x and y exchanged", "exchange x_m and y_m")),
    Case("coordinates in degrees",
         lambda desk: desk.everywhere(lambda x, y: (11.4 + x / 1e5, 48.7 + y / 1e5)),
         ("degrees",)),
    Case("coordinates in another system", lambda desk: desk.everywhere(lambda x, y: (x + 6.7e5, y + 5.4e6)),
         ("another system", "x from 669,850 to 670,003")),
    Case("crash without a place",
         lambda desk: desk.crashes(",3.0,4.0", ",,"),
         ("place or coordinates nothing in row 2",)),
    Case("duplicate ids", lambda desk: desk.crashes("\nb,", "\na,"), ("id 'a' a second time in row 3",)),
    Case("empty table",
         lambda desk: desk.crashes(CRASHES[CRASHES.index("a,2019"):], ""),
         ("no crash", "at least one row")),
    Case("empty file", lambda desk: desk.crashes(CRASHES, ""), ("an empty file",)),
    Case("file missing", lambda desk: desk.history("crashes.csv", "crash.csv"), ("history.crashes", "no such file")),
    Case("column missing", lambda desk: desk.crashes("severity", "class"), ("no column severity", "[history.columns]")),
    Case("unreadable GeoPackage",
         lambda desk: desk.geopackage(b"SQLite format 3\0" + b"?" * 200),
         ("a file that cannot be read",)),
    Case("GeoPackage without points", lambda desk: desk.roads_only(), ("no layer with a geometry",)),
    Case("no GeoPackage", lambda desk: desk.geopackage(CRASHES.encode()), ("crashes.gpkg",)),
    Case("AADT negative", lambda desk: desk.aadt("link,aadt\n" + MAIN.format(-5)), ("aadt '-5' in rows 2, 3",)),
    Case("AADT outside the function", lambda desk: desk.aadt("link,aadt\n" + MAIN.format(69_000)),
         ("69,000 veh/day are above the 67,700 of 4SG", 'site_types = { "centre" = "none" }')),
    Case("AADT of other links", lambda desk: desk.aadt("link,aadt\nx,5\n"), ("no link of the network among 'x'",)),
    Case("no traffic", lambda desk: desk.history("expansion_factor = 10.0\n", ""), ("no traffic", "expansion_factor")),
    Case("type of another site", lambda desk: desk.history("[history]", '[history]\nsite_types = { centre = "4D" }'),
         ("site_types.centre", "choose a type")),
    Case("calibration factor of zero", lambda desk: desk.history("[history]", "[history]\ncalibration = { 4SG = 0.0 }"),
         ("calibration factor of 0",)),
    Case("under-reporting out of order", lambda desk: desk.under_reporting("factor = 1.1, low = 1.2, high = 1.3"),
         ("low <= factor <= high",)),
    Case("under-reporting below one", lambda desk: desk.under_reporting("factor = 0.5"),
         ("under_reporting[0].factor",)),
    Case("neither crashes nor casualties",
         lambda desk: desk.history('crashes = "crashes.csv"\n', ""),
         ("casualties_per_crash",)),
    Case("unknown key", lambda desk: desk.history("[history]", "[history]\ncrash = 1"), ("history.crash", "crashes")),
    Case("indicator without a history", lambda desk: desk.history(HISTORY, "") or desk.history(
        "mean_travel_time_s", "deaths_per_year"), ("no table [history]",)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_broken_history(case: Case, tmp_path: Path) -> None:
    desk, out = Desk(tmp_path), tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("kept")
    case.breaks(desk)
    answer = Answer("compare", desk.study, "--out", out)
    assert_one_message(answer, 2, case.says)
    assert [path.name for path in out.iterdir()] == ["mine.txt"], "nothing is touched"


def test_the_sound_history_is_taken(tmp_path: Path) -> None:
    answer = Answer("check", Desk(tmp_path).study)
    assert answer.status == 0, answer.stderr
    assert "under-reporting" in answer.stdout
