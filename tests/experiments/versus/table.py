"""Results side by side, as a table of the documentation."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OURS = ("trafficsim-ca", "trafficsim-queue")
COLUMNS = ("simulator", "million vehicle-s per s", "per CPU s", *(f"{name} is ... times" for name in OURS),
           "real-time factor", "peak MB", "completed", "mean travel time s", "vehicle-hours")


def markdown(found: dict[str, Any], minutes: float) -> str:
    """Return one table per case; speeds are of the loop alone, on one core."""
    parts = [f"One core of {machine()}, the first {minutes:g} minutes."]
    for case, results in found.items():
        versions = ", ".join(f"{name} {result['version']}" for name, result in results.items())
        demanded = next(iter(results.values()))["demanded"]
        parts.append(f"**{case}**: {demanded:,} trips ({versions}).\n\n" + "\n".join(rows(results)))
    return "\n\n".join(parts)


def rows(results: dict[str, Any]) -> Iterator[str]:
    """Return the lines of one table."""
    yield "| " + " | ".join(COLUMNS) + " |"
    yield "|---|" + "--:|" * (len(COLUMNS) - 1)
    for name, result in results.items():
        travel = result["mean_travel_time_s"]
        ratios = (ratio(results, own, name) for own in OURS)
        cells = (name, _million(result["per_s"]), _million(result["per_cpu_s"]), *ratios,
                 f"{result['real_time_factor']:,.0f}", f"{result['peak_mb']:.0f}", f"{result['completed']:,}",
                 "-" if travel is None else f"{travel:.0f}", f"{result['vehicle_s'] / 3600:,.0f}")
        yield "| " + " | ".join(cells) + " |"


def ratio(results: dict[str, Any], own: str, name: str) -> str:
    """Return how much faster an engine is: vehicle-seconds per second of processor time, one over the other."""
    if name == own or own not in results:
        return ""
    return f"{results[own]['per_cpu_s'] / results[name]['per_cpu_s']:,.3g}"


def _million(per_s: float) -> str:
    return f"{per_s / 1e6:.3g}"


def machine() -> str:
    """Name the processor."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    said: dict[str, str] = {}
    for key, _, value in (line.partition(":") for line in lines):
        said.setdefault(key.strip(), value.strip())
    if "model name" not in said:
        return platform.processor() or platform.machine()
    return f"an {said['model name']} (family {said.get('cpu family', '?')}, model {said.get('model', '?')})"
