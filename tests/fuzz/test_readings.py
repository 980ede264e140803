"""Spoilt files of networks, counts, matrices and fixes are read or refused in one message; the long tests try 2,000."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.readings import campaign_of, readings

COUNT, SEED = 60, 19


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", readings())
def test_spoilt_files_are_read_or_refused(name: str, tmp_path: Path) -> None:
    counters = campaign_of(name, range(COUNT), SEED, tmp_path)
    assert counters.bad == []
    assert counters.counts["tried"] == counters.counts["accepted"] + counters.counts["refused"] == COUNT
    assert counters.counts["accepted"]
    assert counters.counts["refused"]
