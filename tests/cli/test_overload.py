"""Demand beyond what a road or a machine can take: a finished run that counts who waits, or a refusal in time."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.support import SCENARIO, Answer, edited
from tests.cli.test_bad_input import FLOW, FLOWS, assert_refused
from trafficsim.base import memory

FOUR_GIGABYTES = 4.0e9
TEN_MILLION = "analysis_s = 1800000.0"  # at 20,000 veh/h


def test_demand_beyond_any_capacity_ends_with_waiting_vehicles(tmp_path: Path) -> None:
    file, out = tmp_path / "scenario.toml", tmp_path / "out"
    file.write_text(edited(SCENARIO, FLOW, "volume_veh_h = 20000"))
    answer = Answer("run", file, "--json", "--out", out)
    assert answer.status == 0, answer.stderr
    told = json.loads(answer.stdout)
    vehicles = told["vehicles"]
    assert vehicles["demanded"] == vehicles["waiting"] + vehicles["en_route"] + vehicles["completed"]
    assert vehicles["waiting"] > 1000, "of 1,700 at most 300 find room or way"
    assert told["indicators"]["completed_share"]["mean"] < 0.3
    # those who never entered count with the time they have waited: 900 s at the end, on average more than half of it
    assert told["indicators"]["mean_entry_wait_s"]["mean"] > 450.0
    trips = pd.concat(pd.read_parquet(path) for path in out.rglob("*trips*.parquet"))
    assert len(trips) == vehicles["demanded"], "every vehicle has its row, whether it entered or not"


def test_ten_million_trips_are_refused_where_memory_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory_bytes", lambda: FOUR_GIGABYTES)
    file = tmp_path / "scenario.toml"
    text = edited(edited(SCENARIO, FLOW, "volume_veh_h = 20000"), "analysis_s = 300.0", TEN_MILLION)
    file.write_text(text)
    says = ("demand", "10,100,000 trips", "6.7 GB of memory", "4.0 GB that are free", "shorten time.analysis_s")
    assert_refused(Answer("run", file), file, says, status=1)


def test_a_file_of_trips_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory_bytes", lambda: 4.0e6)
    file, trips = tmp_path / "scenario.toml", tmp_path / "trips.csv"
    file.write_text(edited(SCENARIO, FLOWS, '[demand]\nfile = "trips.csv"\n'))
    trips.write_text("id,depart_s,route\n" + "".join(f"t{number},1,main_in\n" for number in range(2500)))
    answer = Answer("run", file)
    assert answer.status == 1
    says = ("trips.csv", "2,501 lines", "GB", "Remedy: split the file")
    assert [part for part in says if part not in answer.stderr] == []
