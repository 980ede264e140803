"""One corridor in four formats: what the files agree on, and the delays of the same demand in each.

Run from the project's root: ``python -m benchmarks.bullhead [REPLICATIONS]``; writes
``docs/validation/tables/bullhead_*.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

import trafficsim as ts
from tests.support.bullhead import (
    FORMATS,
    corridor,
    lane_movements,
    lanes,
    lengths_m,
    movements,
    shown,
    with_lanes_beyond_of,
    with_timing_of,
)
from trafficsim.spec.demand import Demand
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Scenario, Time

TABLES = Path(__file__).resolve().parents[1] / "docs" / "validation" / "tables"
JUNCTION = "_39"
"""End of the names of links into the junction whose volumes contradict those next to it."""
TIME = Time(warmup_s=300.0, analysis_s=900.0, clear_s=1800.0)


def main() -> None:
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    networks = {form: corridor(form).network for form in FORMATS}
    _write("bullhead_networks", _networks(networks))
    _write("bullhead_timing", _timing(networks))
    cases = {"UTDF": networks["utdf"], "SUMO, its own timing": networks["sumo"],
             "tables, their own timing": networks["tables"],
             "UTDF, lanes beyond as in GMNS": with_lanes_beyond_of(networks["utdf"], networks["gmns"]),
             "GMNS, timing of UTDF": with_timing_of(networks["tables"], networks["utdf"]),
             "SUMO, timing of UTDF": with_timing_of(networks["sumo"], networks["utdf"])}
    _write("bullhead_delays", _delays(cases, replications))


def _networks(networks: dict[str, Network]) -> list[str]:
    first = networks["utdf"]
    rows = ["| format | nodes | links | lanes | km | longest difference of a length | movements | movements by lane | "
            "signals |", "|---|---|---|---|---|---|---|---|---|"]
    for form, network in networks.items():
        own, theirs = lengths_m(network), lengths_m(first)
        gap = max(abs(own[link] / theirs[link] - 1.0) for link in theirs)
        rows.append(f"| {form} | {len(network.graph)} | {len(network.links)} | {sum(lanes(network).values())} | "
                    f"{sum(own.values()) / 1000:.2f} | {100 * gap:.2f} % | {len(movements(network))} | "
                    f"{len(lane_movements(network))} | {len(network.signals)} |")
    return rows


def _timing(networks: dict[str, Network]) -> list[str]:
    found = {form: shown(networks[form]) for form in ("utdf", "sumo", "tables")}
    rows = ["| signal | cycle s: UTDF | SUMO | tables | protected greens that begin as in UTDF: SUMO | "
            "last longer, s: SUMO |", "|---|---|---|---|---|---|"]
    for program in networks["utdf"].signals:
        keys = [key for key in found["utdf"] if key[0].endswith(f"_{program.id}")]
        cycles = [next(found[form][key].cycle_s for key in keys) for form in found]
        gaps = [(_apart(theirs[1], ours[1], found["utdf"][key].cycle_s), theirs[2] - ours[2]) for key in keys
                for ours, theirs in zip(found["utdf"][key].greens[:1], found["sumo"][key].greens[:1], strict=True)
                if theirs[2] < found["sumo"][key].cycle_s]
        same = [longer for apart, longer in gaps if apart < 0.11]
        rows.append(f"| {program.id} | {cycles[0]:g} | {cycles[1]:g} | {cycles[2]:g} | {len(same)} of {len(gaps)} | "
                    f"{_range(same)} |")
    return rows


def _apart(a: float, b: float, cycle_s: float) -> float:
    return min((a - b) % cycle_s, (b - a) % cycle_s)


def _range(values: Iterable[float]) -> str:
    listed = [round(value, 1) for value in values]
    return f"{min(listed):g} to {max(listed):g}" if listed else "–"


def _delays(cases: dict[str, Network], replications: int) -> list[str]:
    every = corridor("utdf").demand
    seven = Demand(flows=tuple(flow for flow in every.flows if not any(link.endswith(JUNCTION) for link in flow.route)))
    rows = ["| network | trips | delay s per trip, seven junctions | more than UTDF, s | not arrived |",
            "|---|---|---|---|---|"]
    first = None
    for name, network in cases.items():
        scenario = Scenario(name="bullhead", network=network, demand=seven, time=TIME)
        trips = ts.run(scenario, engine="ca", replications=replications).trips
        due = trips[(trips["depart_s"] >= TIME.analysis_begin_s) & (trips["depart_s"] < TIME.analysis_end_s)]
        by_run = due.groupby("replication")["delay_s"].mean()
        first = by_run if first is None else first
        share = 100 * (by_run.mean() / first.mean() - 1.0)
        rows.append(f"| {name} | {len(due) // replications} | {_with_error(by_run)} | {_with_error(by_run - first)} "
                    f"({share:+.1f} %) | {int(due['delay_s'].isna().sum())} |")
        print(rows[-1], flush=True)
    return rows


def _with_error(values: pd.Series[float]) -> str:
    """Mean and its standard error; replications of all networks draw the same numbers."""
    return f"{values.mean():.1f} ± {values.std(ddof=1) / np.sqrt(len(values)):.1f}"


def _write(name: str, rows: list[str]) -> None:
    text = "\n".join(rows) + "\n"
    print(text)
    (TABLES / f"{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
