"""Two hundred mutated networks: each runs, or one message says what is impossible."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.mutated_networks import outcome
from tests.fuzz.network_mutations import Stable

pytestmark = pytest.mark.long
MUTANTS = 200


def test_two_hundred_mutated_networks(real_data: Path, tmp_path: Path) -> None:
    stable = Stable(real_data, tmp_path)
    refused = []
    for seed in range(MUTANTS):
        file, removed = stable.scenario(seed)
        found = outcome(file)
        if found.refusal:
            refused.append(f"{removed}: {found.refusal}")
    # One junction with nothing else: without its node no way is left.
    assert len(refused) <= MUTANTS // 20, refused
