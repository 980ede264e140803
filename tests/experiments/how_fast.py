"""How fast the cases of ``trafficsim bench`` are, as a table: ``python -m tests.experiments.how_fast``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from tests.experiments.versus.table import machine
from trafficsim.engines.bench import CASES, run_cases

COLUMNS = ("case", "vehicles at once", "million updates per s", "relative", "ms per tick", "bytes per vehicle",
           "bytes per lane")


def lines(measured: dict[str, Any]) -> Iterator[str]:
    """Return machine and table."""
    yield (f"On one core of {machine()} (reference loop: {measured['machine']['reference_per_s'] / 1e9:.1f}·10⁹ words "
           "per second):")
    yield ""
    yield "| " + " | ".join(COLUMNS) + " |"
    yield "|---|" + "--:|" * (len(COLUMNS) - 1)
    for name, case in measured["cases"].items():
        memory = case["memory"]
        cells = (name, f"{case['workload']['vehicles_at_once']:,.0f}", f"{case['per_s'] / 1e6:.1f}",
                 f"{case['relative']:.5f}", f"{case['ms_per_tick']:.2f}", f"{memory['bytes_per_vehicle']:.0f}",
                 f"{memory['bytes_per_lane']:,.0f}")
        yield "| " + " | ".join(cells) + " |"


def main() -> int:
    print("\n".join(lines(run_cases(tuple(CASES)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
