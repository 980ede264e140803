"""Static assignment against best-known solutions: ``python -m benchmarks.assignment [NAME...] [--write FOLDER]``.

Networks are read from the folder named by TRAFFICSIM_DATA (default: ``../shared/data`` from the project). Times are CPU
seconds of one core; a tree is the shortest paths from one zone to everywhere.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import trafficsim as ts
from tests.support.real_data import NoData, data_folder
from tests.support.static_networks import BENCHMARKS, Benchmark
from trafficsim.design.assignment.paths import PathSearch
from trafficsim.design.assignment.volume_delay import link_costs
from trafficsim.io.matrices import read_matrix
from trafficsim.io.tntp.network import read_tntp_network
from trafficsim.spec.static_network import StaticNetwork

ROUNDS = 5
SYSTEM_GAP = 1e-4


def cpu_s(work: Callable[[], object], rounds: int = 1) -> float:
    """Least CPU time of some rounds."""
    found = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)


def with_a_turn(network: StaticNetwork) -> StaticNetwork:
    """The network with the penalty of one turn: paths are then searched from link to link."""
    second = next(row for row, tail in enumerate(network.tail) if tail == network.head[0])
    return replace(network, turns={(network.link[0], network.link[second]): 0.1})


def trees_per_s(network: StaticNetwork, case: Benchmark, folder: Path) -> list[float]:
    """Trees per second: search alone, search and loading, search from link to link."""
    matrix, rates = read_matrix(case.file(folder, "trips")), []
    trips = matrix.between()
    for roads, load in ((network, False), (network, True), (with_a_turn(network), False)):
        search = PathSearch(roads, matrix.zones)
        free = link_costs(roads, case.toll_weight, case.length_weight, 1.0)
        cost = free.at(free.fixed * 0.0)
        work = (lambda: search.load(cost, trips)) if load else (lambda: search.trees(cost))  # noqa: B023 - called here
        rates.append(len(matrix.zones) / cpu_s(work, ROUNDS))
    return rates


def row(case: Benchmark, folder: Path) -> tuple[str, str]:
    """Lines of both tables."""
    files = case.file(folder, "net"), case.file(folder, "trips")
    weights = {"toll": case.toll_weight, "length": case.length_weight}
    begin = time.process_time()
    user = ts.assign(*files, gap=case.gap, iterations=5000, weights=weights)
    used_s = time.process_time() - begin
    system = ts.assign(*files, "system_optimum", gap=SYSTEM_GAP, iterations=5000, weights=weights)
    over = (user.beckmann - case.beckmann) / (user.relative_gap * user.total_cost)
    totals = user.as_dict()
    rates = trees_per_s(read_tntp_network(files[0]), case, folder)
    return (
        f"| {case.name} | {totals['zones']} | {totals['links']:,} | {user.relative_gap:.1e} | {totals['iterations']} "
        f"| {used_s:.1f} | {user.beckmann:,.2f} | {case.beckmann:,.2f} | {over:.2f} | {user.total_cost:,.0f} "
        f"| {system.total_cost:,.0f} | {100 * (user.total_cost / system.total_cost - 1):.2f} % |",
        f"| {case.name} | {len(user.network.node):,} | " + " | ".join(f"{rate:,.0f}" for rate in rates) + " |",
    )


def tables(names: list[str], folder: Path) -> Iterator[str]:
    """Give the lines of both tables."""
    rows = [row(BENCHMARKS[name], folder) for name in names]
    yield "| network | zones | links | gap | iterations | CPU s | objective | best known | excess / (gap x cost) | " \
          "total cost | at system optimum | more |"
    yield "|---|" + "--:|" * 11
    yield from (first for first, _ in rows)
    yield ""
    yield "| network | nodes | trees/s | trees/s with loading | trees/s with turns |"
    yield "|---|" + "--:|" * 4
    yield from (second for _, second in rows)


def main() -> None:
    """Print the tables, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(BENCHMARKS)}; all without any")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    strange = [name for name in given.names if name not in BENCHMARKS]
    if strange:
        parser.error(f"no network {strange[0]!r}; choose from {', '.join(BENCHMARKS)}")
    try:
        text = "\n".join(tables(given.names or [*BENCHMARKS], data_folder())) + "\n"
    except NoData as absent:
        raise SystemExit(str(absent)) from None
    print(text)
    if given.write:
        (given.write / "assignment.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
