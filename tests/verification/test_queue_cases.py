"""The queue engine on cases of kinematic-wave theory with known answers; those of UXsim, and cases by hand."""

from __future__ import annotations

import pytest

from tests.support.queue_cases import CASES


@pytest.mark.parametrize("case", CASES)
def test_case(case: str) -> None:
    # nearer than the 10 to 20 % that UXsim accepts: time is continuous, and every vehicle a single one
    rows = list(CASES[case]())
    wrong = [row for row in rows if not abs(row.found - row.expected) <= row.within]
    assert rows
    assert not wrong
