"""Measure the table of the README's section 'How fast' and write it there: ``python -m benchmarks.how_fast [--print]``.

What stands between the two marks is replaced: the machine, and one row per case.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.versus.table import machine
from trafficsim.engines.bench import CASES, run_cases

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- how fast -->", "<!-- end of how fast -->"
COLUMNS = ("case", "vehicles at once", "million updates per s", "relative", "ms per tick", "bytes per vehicle",
           "bytes per lane")


def block(measured: dict[str, Any]) -> str:
    """Return what stands between the marks."""
    return "\n".join([BEGIN, *lines(measured), END])


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


def replaced(text: str, new: str) -> str:
    """Return a text with another block between the marks."""
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"no {BEGIN} ... {END}")
    return before + new + after


def main() -> int:
    new = block(run_cases(tuple(CASES)))
    if "--print" in sys.argv:
        print(new)
    else:
        README.write_text(replaced(README.read_text(encoding="utf-8"), new), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
