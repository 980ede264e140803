"""Demand from counts: ``python -m benchmarks.estimation recovery [SEEDS]``, or ``... counts``.

``recovery``: synthetic counts of a known matrix on grid20 and Sioux Falls. ``counts``: the four real counts of
Doerpfeldstrasse, each held out in turn.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product

import numpy as np

from tests.experiments.estimation import OLD, RECENT, Town, grid_town, leave_one_out, recovered, sioux_falls
from tests.support.real_data import NoData
from trafficsim.design.estimation.estimate import Method

VEHICLES, SEEDS = 40000.0, 6
CASES: tuple[tuple[float, Method], ...] = ((0.0, "gls"), (0.1, "gls"), (0.0, "entropy"), (0.1, "entropy"))
WRONG_SEEDS = {"recent": RECENT, "old": OLD}
SEEDED = (("flows by hand", ("vtypes.add.xml", "flows_2.rou.xml")), ("gravity model", ()))


def rows(town: Town, share: float, seeds: int) -> Iterator[str]:
    """Rows of a town: means over truths."""
    for (name, of_seed), (wrong, method) in product(WRONG_SEEDS.items(), CASES):
        found = [recovered(town, seed, share, wrong, method, of_seed) for seed in range(1, seeds + 1)]
        mean = {key: float(np.mean([getattr(one, key) for one in found]))
                for key in ("used", "r2", "r2_of_seed", "links", "counts", "cells", "sound_named")}
        named = f"{sum(one.named for one in found)} of {seeds}" if wrong else ""
        within = " | ".join(f"{100 * mean[key]:.0f} %" for key in ("links", "counts", "cells"))
        r2 = f"{mean['r2_of_seed']:.2f} | {mean['r2']:.3f} ({min(one.r2 for one in found):.3f})"
        yield (f"| {town.name} | {name} | {method} | {100 * wrong:.0f} % | {mean['used']:.0f} | {r2} | {within} | "
               f"{named} | {mean['sound_named']:.1f} |")


def recovery(seeds: int) -> None:
    print("| network | seed | method | wrong counts | detectors used | R2 of the seed | R2, mean (least) | "
          "links within | held-out counts within | cells within | broken one named | sound ones named, mean |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for town, share in ((grid_town(20, VEHICLES), 0.25), (sioux_falls(), 1.0)):
        for row in rows(town, share, seeds):
            print(row, flush=True)


def counts() -> None:
    print("| seed | turning proportions | held out | counted | seed has | estimate | GEH of the seed | GEH |")
    print("|---|---|---|---|---|---|---|---|")
    for name, files in SEEDED:
        for turns in (False, True):
            for row in leave_one_out(files, turns).to_dict("records"):
                print(f"| {name} | {'used' if turns else 'not used'} | {row['link']} | {row['counted']:.0f} | "
                      f"{row['seed']:.0f} | {row['estimated']:.0f} ({row['low']:.0f} to {row['high']:.0f}) | "
                      f"{row['geh_of_seed']:.1f} | {row['geh']:.1f} |")


def main() -> int:
    what, *seeds = sys.argv[1:] or ["recovery"]
    try:
        if what == "counts":
            counts()
        else:
            recovery(int(seeds[0]) if seeds else SEEDS)
    except NoData as missing:
        print(missing, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
