"""Values of links that formats state in their own ways: kept within what can be simulated, classes told by limits."""

from __future__ import annotations

from collections.abc import Mapping

from trafficsim.design.inference.osmnx import CENTRE_LENGTH
from trafficsim.io.ledger import Ledger
from trafficsim.spec.schema import EDGE_ATTRIBUTES

LONGEST_M = 15_500.0
"""Of the 16 km of a link 500 m are left for the path through the junction, the longest that there can be."""
RANGE: Mapping[str, tuple[float, float]] = {
    **{one.name: (one.low, one.high) for one in EDGE_ATTRIBUTES if one.low is not None and one.high is not None},
    "length_m": (0.01, LONGEST_M), CENTRE_LENGTH: (0.5, LONGEST_M),
}
"""Least and greatest value of each attribute, and of a length between the middles of junctions."""
SPEED_KMH = 50.0
"""Of a link of which no speed is stated (modelling assumption: the default of the attribute)."""
RURAL_KMH = 70.0
"""From this limit on a road whose class is not known counts as rural (modelling assumption)."""


def capped(name: str, value: float, where: str, ledger: Ledger) -> float:
    """Return a value set to the limit of :data:`RANGE` that it is beyond, which is a repair.

    Examples
    --------
    >>> capped("speed_limit_kmh", 500.0, "link 'a'", Ledger("utdf"))
    300.0
    """
    low, high = RANGE[name]
    kept = min(max(value, low), high)
    if kept != value:
        ledger.repair("value-capped", f"{where}: {name} {value:.4g}, now {kept:.4g}")
    return float(kept)


def class_of_limit(limit_kmh: float) -> str:
    """Return the class of a road of which only the limit is known.

    Examples
    --------
    >>> class_of_limit(100.0), class_of_limit(50.0)
    ('rural', 'urban')
    """
    return "rural" if limit_kmh >= RURAL_KMH else "urban"
