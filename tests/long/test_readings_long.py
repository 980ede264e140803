"""2,000 spoilt files of every format that networks, counts, matrices and fixes come in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.readings import campaign_of, readings

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("default")]


@pytest.mark.parametrize("name", readings())
def test_two_thousand_spoilt_files(name: str, tmp_path: Path) -> None:
    counters = campaign_of(name, range(2_000), 1, tmp_path)
    print(counters.row())
    assert counters.bad == []
