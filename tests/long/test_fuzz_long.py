"""10,000 spoilt files of every format."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.campaign import campaign
from tests.fuzz.formats import formats

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("default")]


@pytest.mark.parametrize("name", formats())
def test_ten_thousand_spoilt_files(name: str, tmp_path: Path) -> None:
    counters = campaign(name, range(10_000), 1, tmp_path)
    print(counters.row())
    assert counters.bad == []
