"""What is written is read back the same; present means done; a full or closed disk is one clear error."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from tests.results.tiny import LABELS, tiny_plan, tiny_record, tiny_reference
from trafficsim.base.errors import InputError, MachineError
from trafficsim.results.frames import Labels
from trafficsim.results.indicators import indicators_table
from trafficsim.results.runs import runs_table
from trafficsim.results.store import (
    file_name,
    is_done,
    read_manifest,
    read_run,
    read_tables,
    write_manifest,
    write_tables,
)
from trafficsim.results.tables import result_tables


def tables(labels: Labels = LABELS) -> dict[str, pd.DataFrame]:
    plan, record, reference = tiny_plan(), tiny_record(), tiny_reference()
    return {**result_tables(plan, record, labels, reference), "runs": runs_table(plan, record, labels),
            "indicators": indicators_table(plan, record, labels, reference)}


def test_what_is_written_is_read_back_with_its_types(tmp_path: Path) -> None:
    write_tables(tmp_path / "new" / "folder", LABELS, tables())
    back = read_run(tmp_path / "new" / "folder", LABELS)
    assert set(back) == set(tables())
    for name, table in tables().items():
        pd.testing.assert_frame_equal(back[name], table)


def test_runs_are_stacked_and_names_cannot_collide(tmp_path: Path) -> None:
    for labels in (LABELS, LABELS._replace(alternative="a/b@c .."), LABELS._replace(replication=2)):
        write_tables(tmp_path, labels, tables(labels))
    stacked = read_tables(tmp_path)
    assert set(stacked["runs"]["alternative"]) == {"do nothing", "a/b@c .."}
    assert len(stacked["trips"]) == 15
    assert all(path.parent == tmp_path for path in tmp_path.rglob("*.parquet"))


def test_csv_on_request(tmp_path: Path) -> None:
    write_tables(tmp_path, LABELS, tables(), csv=True)
    trips = pd.read_csv(tmp_path / file_name("trips", LABELS, "csv"))
    assert trips["name"].tolist() == ["early", "one", "two", "three", "four"]


def test_a_run_is_done_only_with_its_last_table(tmp_path: Path) -> None:
    parts = tables()
    runs = parts.pop("runs")
    write_tables(tmp_path, LABELS, parts)
    assert not is_done(tmp_path, LABELS)
    with pytest.raises(InputError, match="no complete run"):
        read_tables(tmp_path)
    write_tables(tmp_path, LABELS, {"runs": runs})
    assert is_done(tmp_path, LABELS)


def test_a_folder_that_cannot_be_written_is_a_machine_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MachineError, match="--out"):
        write_tables(tmp_path / "file", LABELS, tables())


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(MachineError, match="No space left on device"):
        write_tables(tmp_path, LABELS, tables())
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    write_tables(tmp_path, LABELS, tables())
    (tmp_path / file_name("trips", LABELS)).write_bytes(b"PAR1 but not really")
    with pytest.raises(InputError, match="trips@tiny"):
        read_tables(tmp_path)


def test_the_manifest_comes_back(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None
    write_manifest(tmp_path, {"version": "1", "margins": {"x": 0.1}})
    assert read_manifest(tmp_path) == {"version": "1", "margins": {"x": 0.1}}
