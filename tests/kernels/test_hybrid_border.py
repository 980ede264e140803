"""Vehicles that change over between the engines, in both modes of the kernels."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.hybrids import three_links
from trafficsim.engines.hybrid.loop import run
from trafficsim.engines.hybrid.settings import HybridParts


@pytest.mark.parametrize("in_ca", ["a", "b"])
def test_nobody_is_lost_on_the_way_over(in_ca: str) -> None:
    record = run(three_links(20.0, cars=6), HybridParts(tuple(in_ca)))
    assert record.completed == 6
    assert np.all(record.trips.exit_s > record.trips.entry_s)
    assert record.links.entered.sum() == record.links.left.sum() == 18.0
