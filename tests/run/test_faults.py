"""What is wrong with zones, matrices, costs and links: an error that names it, or a finished run whose rows say so."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import trafficsim as ts
from tests.io.test_tntp import NET, TRIPS
from trafficsim.cli import app

SCENARIO = """\
name = "town"
[time]
analysis_s = 900
clear_s = 900
[network]
nodes = [
    { id = "a", x_m = 0, y_m = 0 }, { id = "b", x_m = 200, y_m = 0 }, { id = "c", x_m = 500, y_m = 0 },
    { id = "d", x_m = 700, y_m = 0 }, { id = "x", x_m = 0, y_m = 99 }, { id = "y", x_m = 200, y_m = 99 },
]
links = [
    { id = "in", from = "a", to = "b", length_m = 200 },
    { id = "mid", from = "b", to = "c", length_m = 300 },
    { id = "out", from = "c", to = "d", length_m = 200 },
    { id = "island", from = "x", to = "y", length_m = 200 },
]
[demand]
routes = "free_flow"
zones = [
    { id = "1", origins = ["in"], destinations = ["out"] },
    { id = "2", origins = ["in"], destinations = ["out"] },
    { id = "3", origins = ["island"], destinations = ["island"] },
]
matrices = [{ file = "am.csv", end_s = 900 }]
"""
CSV = "origin,destination,trips\n1,2,100\n"
OVER = CSV.replace("100", "3960")  # 10 % more than 1,800 veh/h for two hours
STATIC = {"net.tntp": NET, "trips.tntp": TRIPS}


def edited(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def road(*changes: tuple[str, str], trips: str = CSV) -> dict[str, str]:
    return {"town.toml": edited(SCENARIO, *changes), "am.csv": trips}


def net(*changes: tuple[str, str]) -> dict[str, str]:
    return {**STATIC, "net.tntp": edited(NET, *changes)}


@dataclass(frozen=True)
class Refused:
    """Files, the words of a command, and what must be said."""

    name: str
    words: tuple[str, ...]
    says: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=lambda: STATIC)


RUN = ("run", "town.toml", "--engine", "queue")
ASSIGN = ("assign", "net.tntp", "trips.tntp")
IMPORT = ("import", "tntp", "net.tntp", "--trips", "trips.tntp", "--out", "made.toml")
REFUSED = (
    Refused("a matrix with a zone that does not exist", RUN,
            ("demand.matrices[0]: zone '9': found an unknown zone",
             "Remedy: define the zone with destinations, or correct its name in the matrix"),
            road(trips=CSV + "1,9,5\n")),
    Refused("a matrix of trips that are no numbers", RUN, ("am.csv", "trips 'nan' in row 3"),
            road(trips=CSV + "2,1,nan\n")),
    Refused("nothing but pairs without a way", RUN,
            ("flow 'matrix 1>3'", "no route leads from 'in' to 'island'", "none of 1 trips and flows can be served"),
            road(trips="origin,destination,trips\n1,3,10\n")),
    Refused("a matrix without trips", RUN, ("demand: found no trips, and no flow with a volume above 0",),
            road(trips="origin,destination,trips\n1,2,0\n")),
    Refused("a link without capacity", RUN,
            ("network.links[1].capacity_veh_h (of 'mid'): found 0", "greater than or equal to 1"),
            road(('id = "mid",', 'id = "mid", capacity_veh_h = 0,'))),
    Refused("a link without length", RUN,
            ("network.links[1].length_m (of 'mid'): found 0", "greater than or equal to 0.01"),
            road(("length_m = 300", "length_m = 0"))),
    Refused("a jam density that holds nobody", RUN,
            ("network.links[1].jam_density_veh_km_lane (of 'mid'): found 0", "greater than or equal to 10"),
            road(('id = "mid",', 'id = "mid", jam_density_veh_km_lane = 0,'))),
    Refused("a capacity of 0 where volume delays", ASSIGN,
            ("link '3->4': capacity: found 0; expected a finite number > 0; 0 where b or power is 0",),
            net(("  3 4 2000 1.0", "  3 4 0 1.0"))),
    Refused("a capacity of 0 in an import", IMPORT, ("link '3->4': capacity: found 0",),
            net(("  3 4 2000 1.0", "  3 4 0 1.0"))),
    Refused("a negative time", IMPORT, ("link '3->4': free_time: found -1.2; expected a finite number >= 0",),
            net(("  3 4 2000 1.0 1.2", "  3 4 2000 1.0 -1.2"))),
    Refused("tolls that pay drivers more than time costs", (*ASSIGN, "--toll-weight", "-1"),
            ("link '3->4'", "correct free_time, b, power, capacity, toll or the weights")),
    Refused("an absurd volume-delay function", ASSIGN, ("link '3->4'", "correct free_time, b, power"),
            net(("  3 4 2000 1.0 1.2 0.15 4 ", "  3 4 2 1.0 1.2 0.15 400 "))),
    Refused("zones without a path between them", ASSIGN, ("no path", "zone '1'", "zone '2'"),
            net(("  4 2 9000 0.5 0.6 0.15 4 0 0 3 ;\n", ""), ("<NUMBER OF LINKS> 6", "<NUMBER OF LINKS> 5"))),
    Refused("a matrix of another number of zones", IMPORT,
            ("<NUMBER OF ZONES>: found 3; expected 2, as in the network",),
            {**STATIC, "trips.tntp": TRIPS.replace("<NUMBER OF ZONES> 2", "<NUMBER OF ZONES> 3")}),
)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_cannot_be_is_refused(case: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in case.files.items():
        (tmp_path / name).write_text(text)
    result = CliRunner().invoke(app, case.words)
    assert result.exit_code == 2, result.output
    for words in case.says:
        assert words in result.stderr
    assert "Traceback" not in result.stderr


@dataclass(frozen=True)
class Finished:
    """Files, and what the tables of the run must say."""

    name: str
    files: Mapping[str, str]
    check: Callable[[Mapping[str, pd.DataFrame]], object]


def pairs_without_a_way(tables: Mapping[str, pd.DataFrame]) -> None:
    row = tables["unserved"].iloc[0]
    assert (row["name"], row["vehicles"]) == ("matrix 1>3", 7.0)
    assert row["reason"] == "no route leads from 'in' to 'island' for vehicles of kind 'car'"
    assert set(tables["trips"]["status"]) == {"completed"}


def everybody_arrives(tables: Mapping[str, pd.DataFrame]) -> None:
    assert set(tables["trips"]["status"]) == {"completed"}
    assert tables["runs"]["status"].iloc[0] == "complete"


def the_queue_stands(tables: Mapping[str, pd.DataFrame]) -> None:
    """A tenth of the demand, 360 vehicles less four standard deviations, has not got through at the end."""
    assert tables["runs"]["status"].iloc[0] == "incomplete"
    status = tables["trips"]["status"]
    left = tables["events"].query("event == 'left'")
    assert 110 < int((status != "completed").sum()) < len(status) / 3
    assert int((status == "waiting").sum()) > 0
    assert len(left)
    assert tables["trips"].loc[status != "completed", "exit_s"].isna().all()


FINISHED = (
    Finished("some pairs have no way", road(trips=CSV + "1,3,7\n"), pairs_without_a_way),
    Finished("a link without room for one vehicle", road(("length_m = 300", "length_m = 0.01")), everybody_arrives),
    Finished("demand a tenth over capacity for two hours",
             road(("analysis_s = 900", "analysis_s = 7200"), ("clear_s = 900", "clear_s = 0"),
                  ("end_s = 900", "end_s = 7200"), ('id = "mid",', 'id = "mid", capacity_veh_h = 1800,'), trips=OVER),
             the_queue_stands),
)


@pytest.mark.parametrize("case", FINISHED, ids=lambda case: case.name)
def test_what_can_run_finishes_and_its_rows_say_so(case: Finished, tmp_path: Path) -> None:
    for name, text in case.files.items():
        (tmp_path / name).write_text(text)
    results = ts.run(tmp_path / "town.toml", engine="queue")
    tables = results.tables
    case.check(tables)
    for table in tables.values():
        numbers = table.select_dtypes("number")
        assert all(np.isfinite(numbers[name].dropna().to_numpy(float)).all() for name in numbers)


def test_an_assignment_that_does_not_converge_says_so(tmp_path: Path) -> None:
    three = "".join(f"  3 4 {capacity} 1.0 {capacity / 200} 0.15 4 50 5 1 ;\n" for capacity in (200, 260, 320))
    links = (("  3 4 2000 1.0 1.2 0.15 4 50 5 1 ;\n", three), ("<NUMBER OF LINKS> 6", "<NUMBER OF LINKS> 8"))
    for name, text in net(*links).items():
        (tmp_path / name).write_text(text)
    words = ("assign", str(tmp_path / "net.tntp"), str(tmp_path / "trips.tntp"), "--iterations", "1", "--gap", "1e-12")
    result = CliRunner().invoke(app, (*words, "--json"))
    assert result.exit_code == 0, result.output
    assert "not converged: relative gap" in result.stderr
    assert json.loads(result.stdout)["converged"] is False
