"""Static equilibrium of a metropolis: Chicago Sketch, 387 zones and 1.26 million trips, with tolls and lengths."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trafficsim as ts
from tests.support.real_data import require_data
from tests.support.static_networks import BENCHMARKS

pytestmark = pytest.mark.long


def test_chicago_reaches_the_known_solution(real_data: Path) -> None:
    case = BENCHMARKS["ChicagoSketch"]
    files, weights = (case.file(real_data, "net"), case.file(real_data, "trips")), {"toll": 0.02, "length": 0.04}
    user = ts.assign(*files, gap=case.gap, weights=weights)
    assert user.converged
    assert -1e-9 * case.beckmann <= user.beckmann - case.beckmann <= case.gap * user.total_cost
    assert user.total_cost == pytest.approx(case.total_cost, rel=1e-4)
    system = ts.assign(*files, "system_optimum", gap=1e-4, weights=weights)
    assert system.converged
    assert user.total_cost >= system.total_cost
    best = real_data / "tntp" / case.folder / f"{case.name}_flow.tntp"
    require_data(best)
    known = pd.read_csv(best, sep=r"\s+")
    error = np.abs(known["Volume"].to_numpy() - user.links["volume"].to_numpy())
    assert error.mean() < 0.005 * known["Volume"].mean()
