"""Chicago Sketch in ``bench``: without its files it says where they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from trafficsim.base.errors import InputError
from trafficsim.run.bench_city import CITY_CASES, DATA_VARIABLE, chicago_plan


def test_missing_files_are_named_with_a_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    with pytest.raises(InputError, match=r"ChicagoSketch_net\.tntp.*TRAFFICSIM_DATA"):
        chicago_plan()
    assert list(CITY_CASES) == ["chicago"]
