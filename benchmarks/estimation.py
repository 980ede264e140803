"""Demand from counts: ``python -m benchmarks.estimation recovery [SEEDS]``, or ``counts``, ``engine``.

``recovery``: synthetic counts of a known matrix on grid20 and Sioux Falls. ``counts``: the four real counts of
Doerpfeldstrasse, each held out in turn.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product

import numpy as np

import trafficsim as ts
from tests.experiments.estimation import OLD, RECENT, Town, grid_town, leave_one_out, r_squared, recovered, sioux_falls
from tests.support.real_data import NoData
from trafficsim.design.estimation.estimate import Method
from trafficsim.design.estimation.problem import F8

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


def engine() -> None:
    """One run of the queue engine is the truth; 35 detectors are used and 15 held out."""
    rng, network = np.random.default_rng(3), ts.grid(5, 5)
    pairs = [(a, b) for a in network.groups["entries"] for b in network.groups["exits"]
             if a.partition("_")[0] != b.rpartition("_")[2]]
    seed = rng.gamma(1.0, 1.0, len(pairs))
    seed *= 4500.0 / seed.sum()
    first, last = (np.unique([pair[end] for pair in pairs], return_inverse=True)[1] for end in (0, 1))
    error = 0.2 + 0.2 * rng.normal(size=20)[first] + 0.2 * rng.normal(size=20)[last] + 0.3 * rng.normal(size=len(pairs))

    def town(volumes: F8) -> ts.Scenario:
        flows = tuple(ts.Flow(id=f"{a}>{b}", origin=a, destination=b, volume_veh_h=float(one))
                      for (a, b), one in zip(pairs, volumes, strict=True))
        return ts.Scenario(name="grid5", seed=5, network=network, time=ts.Time(analysis_s=3600),
                           demand=ts.Demand(flows=flows))

    truth = seed * np.exp(error)
    links = ts.run(town(truth), engine="queue", replications=1).links
    entered = links[links["begin_s"] < 3600.0].groupby("link")["entered"].sum()
    counted = ts.Counts(tuple(ts.Count(f"D{link}", "link", link, "", "", 0.0, 3600.0, "all", float(entered[link]))
                              for link in rng.permutation(entered.index.to_numpy())[:50].tolist()))
    print("| assignment | trips (truth) | R2 of the seed | R2 | R2 of the last run | GEH below 5 |")
    print("|---|---|---|---|---|---|")
    for runs in (0, 1, 2):
        result = ts.calibrate(town(seed), counted, iterations=runs, hold_out=0.3)
        fit, held = result.fit("held out"), result.counts[result.counts["role"] == "held out"]
        driven = r_squared(held["driven"].to_numpy(float), held["counted"].to_numpy()) if runs else None
        print(f"| {f'queue engine, {runs} run(s)' if runs else 'static'} | {result.od['trips'].sum():,.0f} "
              f"({truth.sum():,.0f}) | {fit['r2_of_seed']:.2f} | {fit['r2']:.2f} | "
              f"{'' if driven is None else f'{driven:.2f}'} | {fit['geh_below_5']} of {fit['counts']} |")


def main() -> int:
    what, *seeds = sys.argv[1:] or ["recovery"]
    try:
        if what == "counts":
            counts()
        elif what == "engine":
            engine()
        else:
            recovery(int(seeds[0]) if seeds else SEEDS)
    except NoData as missing:
        print(missing, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
