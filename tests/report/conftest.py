"""One small study, run once, and its report."""

from __future__ import annotations

from pathlib import Path

import pytest

import trafficsim as ts
from tests.report.studies import results
from trafficsim.run.result import StudyResult


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of results of the small study."""
    path = tmp_path_factory.mktemp("report") / "small"
    results(path)
    return path


@pytest.fixture(scope="session")
def result() -> StudyResult:
    """The small study in memory."""
    return results()


@pytest.fixture(scope="session")
def page(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of the folder."""
    out = tmp_path_factory.mktemp("page") / "report.html"
    ts.report(folder, out)
    return out.read_text(encoding="utf-8")
