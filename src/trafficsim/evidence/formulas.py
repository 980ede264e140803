"""G15: the power model beside a published calculation."""

from __future__ import annotations

from trafficsim.evidence.row import Row
from trafficsim.outcomes.speed_models import ELVIK_2004, Severity, power

CHANGE = -0.092
"""Mean speed on rv. 3 in Alvdal (Statens vegvesen)."""
PUBLISHED: tuple[tuple[str, Severity, float], ...] = (
    ("killed", "deaths", -35.3), ("seriously injured", "seriously_injured", -25.2),
    ("slightly injured", "slightly_injured", -13.5), ("crashes", "injury_crashes", -23.0))
WITHIN = 0.1


def rows() -> list[Row]:
    """Exponents of 2004, as the authority used them."""
    return [
        Row(f"rv. 3 Alvdal, {name}, %", "input", target, target - WITHIN, target + WITHIN,
            source="Statens vegvesen").exactly(
            100.0 * (float(power(100.0, 100.0 * (1.0 + CHANGE), ELVIK_2004[severity, "rural"].value)) - 1.0))
        for name, severity, target in PUBLISHED
    ]
