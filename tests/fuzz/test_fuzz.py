"""Spoilt files of every format are taken or refused in one message; 10,000 of each are tried by the long tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.campaign import campaign, spoilt
from tests.fuzz.formats import formats

COUNT, SEED = 100, 11


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", formats())
def test_spoilt_files(name: str, tmp_path: Path) -> None:
    counters = campaign(name, range(COUNT), SEED, tmp_path)
    assert counters.bad == []
    assert counters.counts["tried"] == counters.counts["accepted"] + counters.counts["refused"] == COUNT
    assert counters.counts["accepted"] > COUNT // 20
    assert counters.counts["refused"] > COUNT // 4


def test_a_seed_gives_the_same_inputs() -> None:
    assert [spoilt("toml", 1, number) for number in range(20)] == [spoilt("toml", 1, number) for number in range(20)]
    assert len({spoilt("toml", 1, number) for number in range(20)}) > 10
