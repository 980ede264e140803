"""NaSch at v_max 1 on a road with open ends: the phases of the exclusion process in parallel update, against theory.

Exact current J and density (far from the ends) for hopping q, entry a and exit b (Evans, Rajewsky & Speer 1999,
doi:10.1023/A:1004521326456; de Gier & Nienhuis 1999, doi:10.1103/PhysRevE.59.4899):
low density (a < b, a < 1 - sqrt(1 - q)): J = a (q - a) / (q - a^2), density a (1 - a) / (q - a^2);
high density (b < a, b < 1 - sqrt(1 - q)): J = b (q - b) / (q - b^2), density (q - b) / (q - b^2);
else maximum current: J = (1 - sqrt(1 - q)) / 2, density 1/2.
"""

from __future__ import annotations

import math

import pytest

from tests.support.open_road import OpenRoads, current_and_density

WARMUP, TICKS = 1000, 3500


def theory(enter: float, leave: float, hop: float) -> tuple[float, float]:
    """Return current and density."""
    threshold = 1.0 - math.sqrt(1.0 - hop)
    if enter < leave and enter < threshold:
        return enter * (hop - enter) / (hop - enter**2), enter * (1.0 - enter) / (hop - enter**2)
    if leave < enter and leave < threshold:
        return leave * (hop - leave) / (hop - leave**2), (hop - leave) / (hop - leave**2)
    return threshold / 2.0, 0.5


@pytest.mark.parametrize(("enter", "leave", "hop"), [
    (0.1, 0.5, 0.5), (0.2, 0.6, 0.75),  # low density
    (0.5, 0.1, 0.5), (0.6, 0.2, 0.75),  # high density
])
def test_current_and_density_of_the_boundary_phases(enter: float, leave: float, hop: float) -> None:
    # 48 roads of 200 cells over 3,500 ticks: 14,000 or 26,000 departures, standard errors of 0.0007 and 0.001 if they
    # came independently of each other, and of the density about 0.002
    current, density = theory(enter, leave, hop)
    found = current_and_density(OpenRoads(enter, leave, hop), WARMUP, TICKS)
    assert found[0] == pytest.approx(current, abs=0.0025)
    assert found[1] == pytest.approx(density, abs=0.008)


@pytest.mark.parametrize(("ends", "hop"), [(0.8, 0.5), (0.9, 0.75)])
def test_maximum_current(ends: float, hop: float) -> None:
    # A road of 200 cells carries up to 0.7 % more than an infinite one: the current falls as 1 / length.
    current, density = theory(ends, ends, hop)
    found = current_and_density(OpenRoads(ends, ends, hop), WARMUP, TICKS)
    assert -0.001 <= found[0] - current <= 0.0025
    assert found[1] == pytest.approx(density, abs=0.01)
