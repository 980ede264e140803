"""Drivers of SUMO files on one approach: they leave a queue and drive alone as SUMO's own do.

SUMO's figures are those of version 1.28.0, recorded by ``python -m benchmarks.sumo_drivers --record``.
"""

from __future__ import annotations

import pytest

from tests.experiments.drivers.cases import ACOSTA_CASES, DEFAULT_CASES, Case
from tests.experiments.drivers.figures import figures, recorded
from tests.experiments.drivers.ours import crossings, free_speeds_ms


@pytest.mark.parametrize("case", [
    *DEFAULT_CASES, *(pytest.param(case, marks=pytest.mark.long) for case in ACOSTA_CASES)], ids=lambda case: case.name)
def test_types_of_sumo_drive_as_in_sumo(case: Case) -> None:
    # Saturation flow within 5 %, start-up lost time within 0.5 s, free speed within 0.5 km/h. 77 queues and 1,200 free
    # vehicles: standard errors of ours about 0.5 %, 0.1 s and 0.15 km/h.
    mine, theirs = figures(crossings(case), free_speeds_ms(case)), recorded()[case.name]
    assert mine.agrees(theirs), (mine, theirs)
