"""The interactive map of a large network is a small file."""

from __future__ import annotations

import pytest

import trafficsim as ts
from trafficsim.report.interactive.page import page
from trafficsim.report.interactive.subject import Subject
from trafficsim.report.language import load

pytestmark = pytest.mark.long


def test_ten_thousand_links_are_less_than_one_and_a_half_megabytes() -> None:
    network = ts.grid(50, 50)
    assert len(network.links) > 10_000
    assert len(page(Subject("grid", network), load("en"))) < 1_500_000
