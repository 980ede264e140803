"""What measuring costs: CPU time of the loop with each kind of measurement on, relative to the loop with none.

    python -m benchmarks.measuring_costs [--write]

The workload is the case ``grid10`` of ``trafficsim bench``: 10 x 10 junctions, two lanes, signals, 3,700 vehicles.
All variants are run in turn, three times each; the least CPU time counts. Making and writing the tables comes after the
loop and is told apart.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from trafficsim.base.codes import DETECTOR, HISTOGRAM, POINT
from trafficsim.engines.bench.cases import CASES
from trafficsim.engines.ca.loop import simulate, warm_up
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.record import make_record
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.plan.arrays import AreaArrays, DetectorArrays, Plan
from trafficsim.plan.measurement_sections import MeasurementSection, section_arrays
from trafficsim.plan.record import Performance
from trafficsim.results.frames import Labels
from trafficsim.results.store import write_tables
from trafficsim.results.tables import result_tables
from trafficsim.run.jobs import reference_of

TABLE = Path(__file__).resolve().parents[1] / "docs" / "validation" / "tables" / "measuring_costs.md"
RUN_S, ROUNDS = 600.0, 3
SETTINGS = CellularAutomaton()
Ran = tuple[float, float, int]
"""CPU seconds of the loop, CPU seconds of the tables, bytes written."""


def with_sections(plan: Plan, links: np.ndarray, role: int) -> Plan:
    """Put a measurement section (without length for headways, else of 50 m) into the middle of links."""
    half = 0.0 if role == POINT else 25.0
    sections = []
    for link in links.tolist():
        middle = float(plan.links.length_m[link]) / 2.0
        lanes = (int(plan.links.lane_start[link]), int(plan.links.lane_start[link + 1]))
        sections.append(
            MeasurementSection(f"g{link}", role, link, middle - half, link, middle + half, lanes, 2.0 * half)
        )
    return replace(plan, sections=section_arrays(sections))


def with_detectors(plan: Plan, links: np.ndarray) -> Plan:
    """Put a detector with spot speeds on all lanes of links."""
    lanes = np.flatnonzero(np.isin(plan.lanes.link, links)).astype(np.int32)
    place = plan.links.length_m[plan.lanes.link[lanes]] / 2.0
    names = tuple(f"d{link}" for link in plan.lanes.link[lanes])
    return with_sections(replace(plan, detectors=DetectorArrays(names, lanes, place)), links, DETECTOR)


def with_areas(plan: Plan, links: np.ndarray) -> Plan:
    """Measure links as areas, each lane for itself."""
    lanes = np.flatnonzero(np.isin(plan.lanes.link, links)).astype(np.int32)
    names = tuple(f"a{link}" for link in plan.lanes.link[lanes])
    length_m = plan.links.length_m[plan.lanes.link[lanes]]
    return replace(plan, areas=AreaArrays(names, lanes, np.zeros(len(lanes)), length_m))


def variants(plan: Plan) -> dict[str, Plan]:
    """All that is compared; nothing on comes first."""
    every = np.arange(len(plan.link_id))
    some = every[::10]
    return {
        "nothing": plan,
        f"detectors with spot speeds on {len(some)} links": with_detectors(plan, some),
        f"detectors with spot speeds on all {len(every)} links": with_detectors(plan, every),
        f"headways at {len(some)} links": with_sections(plan, some, POINT),
        f"areas on {len(some)} links": with_areas(plan, some),
        f"areas on all {len(every)} links": with_areas(plan, every),
        f"histograms of speed on all {len(every)} links": with_sections(plan, every, HISTOGRAM),
        "trajectories of 1 % of vehicles": replace(plan, trajectory_share=0.01),
        f"trajectories on {len(some)} links": replace(plan, trajectory_share=1.0, trace_link=tuple(some.tolist())),
        "all trajectories": replace(plan, trajectory_share=1.0),
    }


def ran(plan: Plan, *, tables: bool) -> Ran:
    """Run once."""
    program = compile_plan(plan, SETTINGS)
    warm_up(program)
    began = time.process_time()
    with np.errstate(over="ignore"):
        tick, collected = simulate(plan, SETTINGS, program)
    loop_s = time.process_time() - began
    if not tables:
        return loop_s, 0.0, 0
    record = make_record(plan, SETTINGS, program, collected, tick, Performance())
    began = time.process_time()
    labels = Labels("grid10", "do nothing", 1, "ca")
    with tempfile.TemporaryDirectory() as folder:
        write_tables(Path(folder), labels, result_tables(plan, record, labels, reference_of(plan)))
        written = sum(file.stat().st_size for file in Path(folder).iterdir())
    return loop_s, time.process_time() - began, written


def table(make: Callable[[float], Plan] = CASES["grid10"].make) -> str:
    """Markdown with one row per variant."""
    plans = variants(make(RUN_S))
    best: dict[str, Ran] = {}
    for turn in range(ROUNDS):
        for name, plan in plans.items():
            found = ran(plan, tables=turn == 0)
            first = best.get(name, found)
            best[name] = (min(found[0], first[0]), first[1], first[2])
    base = best["nothing"]
    lines = ["| measured | loop, relative | tables, CPU s more | files, MB |", "|---|--:|--:|--:|"]
    for name, (loop_s, tables_s, written) in best.items():
        lines.append(f"| {name} | {loop_s / base[0]:.2f} | {max(tables_s - base[1], 0.0):.1f} | {written / 1e6:.1f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table, or write it into the documentation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/validation/tables/measuring_costs.md")
    write = parser.parse_args().write
    text = table()
    if write:
        TABLE.write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
