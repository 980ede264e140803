"""Studies from Python: run, resumed by itself, looked at from any side."""

from __future__ import annotations

from pathlib import Path

import pytest

import trafficsim as ts
from tests.cli.support import SCENARIO, STUDY
from tests.support.same_tables import assert_same_tables
from trafficsim.results.store import is_done, stored_runs


@pytest.fixture
def study(tmp_path: Path) -> ts.Study:
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    (tmp_path / "study.toml").write_text(STUDY)
    loaded = ts.load(tmp_path / "study.toml")
    assert isinstance(loaded, ts.Study)
    return loaded


def test_a_study_is_run_resumed_and_compared(study: ts.Study, tmp_path: Path) -> None:
    first = ts.run(study, out=tmp_path / "out")
    labels, files = next(iter(stored_runs(tmp_path / "out").items()))
    for path in files.values():
        path.unlink()
    seen: list[tuple[int, int]] = []
    again = ts.run(study, out=str(tmp_path / "out"), progress=lambda done, total, _: seen.append((done, total)))
    assert seen == [(4, 4)], "three of four runs were there"
    assert is_done(tmp_path / "out", labels)
    assert_same_tables(again.tables, first.tables)
    assert_same_tables(first.tables, ts.run(study, workers=2).tables)
    table = again.compare(to="limit 30").table("mean_travel_time_s")
    assert table["alternative"].tolist() == ["do nothing"]
    assert again.links["alternative"].unique().tolist() == ["do nothing", "limit 30"]


def test_in_python_too_finished_runs_may_be_guarded(study: ts.Study, tmp_path: Path) -> None:
    ts.compare(study, out=tmp_path / "out")
    with pytest.raises(ts.InputError, match="finished runs"):
        ts.compare(study, out=tmp_path / "out", resume=False)


def test_a_study_of_another_folder_is_reported_from_memory(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    result = ts.compare(tmp_path / "study.toml", replications=1)
    page = ts.report(result, tmp_path / "report.html")
    assert "<html" in page.read_text(encoding="utf-8")
