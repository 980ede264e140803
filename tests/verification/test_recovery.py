"""Known demand is recovered from counts, with intervals that cover; broken detectors are named."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments.estimation import RECENT, Town, grid_town, recovered

TRUTHS = range(1, 5)


@pytest.fixture(scope="module")
def town() -> Town:
    return grid_town(8, 12000.0)


def test_held_out_flows_are_recovered_and_intervals_cover(town: Town) -> None:
    """Seed wrong by 15 % in total and zones, and 20 % in pairs; 4 truths."""
    found = [recovered(town, seed, 0.4, of_seed=RECENT) for seed in TRUTHS]
    assert np.mean([one.r2 for one in found]) > 0.95
    assert 0.90 <= np.mean([one.links for one in found]) <= 0.99
    assert 0.90 <= np.mean([one.counts for one in found]) <= 0.99


def test_with_wrong_counts_the_broken_detector_is_named(town: Town) -> None:
    """One count of ten wrong by up to half, and a detector that counts nothing."""
    found = [recovered(town, seed, 0.4, 0.1, of_seed=RECENT) for seed in TRUTHS]
    assert all(one.named for one in found)
    assert np.mean([one.r2 for one in found]) > 0.85
    assert np.mean([one.sound_named for one in found]) <= 1.0
