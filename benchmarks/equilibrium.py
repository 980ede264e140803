"""Dynamic equilibria and the search for paths behind them: ``python -m benchmarks.equilibrium [--write FOLDER]``.

Sioux Falls with UXsim's demand needs the folder named by TRAFFICSIM_DATA (default: ``../shared/data`` from the
project). Times are CPU seconds of one core. A tree is the least-time paths from one link at one moment to all links,
turn by turn.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

import trafficsim as ts
from tests.support.point_networks import sioux_falls
from tests.support.real_data import NoData, data_folder
from tests.verification.test_dynamic_equilibrium import braess, motorway_and_arterial
from trafficsim.kernels.paths.tables import Cells, Roots, Turns, empty_tree
from trafficsim.kernels.paths.tree import grow_trees
from trafficsim.plan.time_dependent import profile_of
from trafficsim.spec.world import World

GRIDS = {"grid50": (50, 200), "grid200": (200, 40)}
"""Side of a square grid of two-way streets, and trees grown."""
UXSIM = "| UXsim, 100 runs | dynamic user optimum | 34,690 | | | 1,744 | | 1,402 |"


class Case(NamedTuple):
    """A world, what is looked for, and how long."""

    name: str
    world: World
    objective: str
    iterations: int
    gap: float


def row(case: Case) -> str:
    """Line of a table about a search."""
    begin = time.process_time()
    found = ts.equilibrium(case.world, objective=case.objective, iterations=case.iterations,  # type: ignore[arg-type]
                           gap=case.gap)
    told, used_s = found.as_json(), time.process_time() - begin
    return (f"| {case.name} | {case.objective.replace('_', ' ')} | {told['trips']:,} | {told['iterations']} "
            f"| {100 * told['relative_gap']:.2f} % | {told['travel_time_s']:,.0f} | {told['total_time_h']:,.1f} "
            f"| {told['unfinished']:,} | {used_s / told['iterations']:.2f} |")


def cases(folder: Path) -> Iterator[Case]:
    """Give the searches; the first of each kind compiles."""
    user, system = "user_equilibrium", "system_optimum"
    yield Case("Braess without the bridge", braess(bridge=False), user, 20, 0.003)
    yield Case("Braess with it", braess(bridge=True), user, 60, 0.01)
    yield Case("motorway and arterial", motorway_and_arterial(), user, 40, 0.01)
    yield Case("motorway and arterial", motorway_and_arterial(), system, 40, 0.01)
    yield Case("Sioux Falls", sioux_falls(folder), user, 40, 0.003)
    yield Case("Sioux Falls", sioux_falls(folder), system, 20, 0.01)


def lattice(side: int) -> Turns:
    """Movements of a grid of two-way streets: from every link to the three that do not turn back."""
    node = np.arange(side * side).reshape(side, side)
    ends = [(node[:, :-1], node[:, 1:]), (node[:, 1:], node[:, :-1]), (node[:-1], node[1:]), (node[1:], node[:-1])]
    tail, head = (np.concatenate([pair[end].ravel() for pair in ends]) for end in (0, 1))
    leaving = np.argsort(tail, kind="stable")
    first = np.searchsorted(tail[leaving], np.arange(side * side + 1))
    count = (first[1:] - first[:-1])[head]
    origin = np.repeat(np.arange(len(tail)), count)
    place = np.repeat(first[:-1][head] - np.cumsum(count) + count, count) + np.arange(count.sum())
    to = leaving[place]
    on = tail[origin] != head[to]
    start = np.concatenate([[0], np.cumsum(np.bincount(origin[on], minlength=len(tail)))])
    return Turns(start.astype(np.int64), to[on].astype(np.int64), np.ones(int(on.sum()), np.bool_))


def trees_per_s(turns: Turns, number: int) -> float:
    """Trees per second on times that go up and down between one and three times those of an empty road."""
    draw = np.random.default_rng(1)
    profile = profile_of(10.0 * (1.0 + 2.0 * draw.random((12, len(turns.to)))), 300.0)
    links = len(turns.start) - 1
    roots = Roots(draw.integers(0, links, number), draw.integers(0, 3_000_000, number), np.arange(number + 1))
    empty = [np.zeros(number, kind) for kind in (np.int64, np.uint64, np.int64)]
    cells = Cells(draw.integers(0, links, number), *empty)
    before, used_s = np.empty((number, links), np.int32), []
    for _ in range(2):
        begin = time.process_time()
        with np.errstate(over="ignore"):
            grow_trees(turns, profile, empty_tree(links), roots, cells, before)
        used_s.append(time.process_time() - begin)
    return number / min(used_s)


def tables(folder: Path) -> Iterator[str]:
    """Give the lines of both tables."""
    yield "| case | looked for | trips | iterations | gap | mean travel time (s) | total time (h) | unfinished " \
          "| CPU s per iteration |"
    yield "|---|---|" + "--:|" * 7
    yield from map(row, cases(folder))
    yield UXSIM + " |"
    yield ""
    yield "| network | links | turns | trees/s |"
    yield "|---|" + "--:|" * 3
    for name, (side, number) in GRIDS.items():
        turns = lattice(side)
        yield f"| {name} | {len(turns.start) - 1:,} | {len(turns.to):,} | {trees_per_s(turns, number):,.0f} |"


def main() -> None:
    """Print the tables, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    try:
        text = "\n".join(tables(data_folder())) + "\n"
    except NoData as absent:
        raise SystemExit(str(absent)) from None
    print(text)
    if given.write:
        (given.write / "equilibrium.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
