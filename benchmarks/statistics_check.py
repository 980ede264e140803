"""What the statistics of comparisons reach: coverage, false calls, power, what pairing gains, time of a comparison.

Run from the project's root: ``python -m benchmarks.statistics_check [BOOTSTRAP_EXPERIMENTS]`` (two to three minutes).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np

from tests.support.replications import (
    STRAIGHT_ON,
    Planted,
    Retime,
    false_call_share,
    study_table,
    town_comparison,
    town_values,
)
from trafficsim.policies.speed_limit import SpeedLimit
from trafficsim.results.bootstrap import bca_interval
from trafficsim.results.compare import Comparison, Question, compare
from trafficsim.results.indicators import INDICATORS
from trafficsim.results.precision import published_replications, replications_needed
from trafficsim.results.statistics import t_interval
from trafficsim.spec.selectors import Links

EXPERIMENTS = 20_000
PRIMARY = ("mean_delay_s", "stops_per_trip")
Random = np.random.Generator
Draw = Callable[[Random, tuple[int, int]], np.ndarray]


def shares(random: Random, shape: tuple[int, int]) -> np.ndarray:
    """Share of rare events among vehicles: 1 % of about 300."""
    vehicles = random.poisson(300, shape)
    return random.binomial(vehicles, 0.01) / vehicles


# Name, how paired differences are drawn, and their true mean.
CASES: tuple[tuple[str, Draw, float], ...] = (
    ("normal", lambda random, shape: random.normal(0.0, 1.0, shape), 0.0),
    ("lognormal - lognormal", lambda random, shape: random.lognormal(size=shape) - random.lognormal(size=shape), 0.0),
    ("lognormal alone", lambda random, shape: random.lognormal(size=shape), float(np.exp(0.5))),
    ("counts 0.3 - 0.3", lambda random, shape: 1.0 * random.poisson(0.3, shape) - random.poisson(0.3, shape), 0.0),
    ("counts 0.9 - 0.3", lambda random, shape: 1.0 * random.poisson(0.9, shape) - random.poisson(0.3, shape), 0.6),
    ("counts 0.3 alone", lambda random, shape: 1.0 * random.poisson(0.3, shape), 0.3),
    ("shares 1 % - 1 %", lambda random, shape: shares(random, shape) - shares(random, shape), 0.0),
)


def covered(low: np.ndarray, high: np.ndarray, truth: float) -> float:
    return 100.0 * float(np.mean((low <= truth) & (truth <= high)))


def print_coverage(bootstrap_experiments: int) -> None:
    print(f"Coverage of 95 % intervals of a mean paired difference, % (t: {EXPERIMENTS} experiments, "
          f"BCa: {bootstrap_experiments}), and width of BCa over t")
    print(f"{'differences':24s}" + "".join(f"{f'n={n}: t   BCa width':>24s}" for n in (5, 10, 20, 30)))
    for name, draw, truth in CASES:
        cells = []
        for n in (5, 10, 20, 30):
            sample = draw(np.random.default_rng(1000 + n), (EXPERIMENTS, n))
            _, low, high = t_interval(sample)
            ends = np.array([bca_interval(row) for row in sample[:bootstrap_experiments]])
            width = np.diff(ends).mean() / (high - low)[:bootstrap_experiments].mean()
            cells.append(f"{covered(low, high, truth):13.1f}{covered(*ends.T, truth):6.1f}{width:5.2f}")
        print(f"{name:24s}" + "".join(cells))


def print_false_calls_of_counts() -> None:
    print("\nFalse calls on one count (mean 0.3 in both arms, 2,000 studies; nominal 5 %)")
    for n in (2, 3, 5, 10, 20):
        counts = np.random.default_rng(n).poisson(0.3, (2000, 2, n)).astype(np.float64)
        calls = (compare(study_table({"red_violations": one}, 1), Question(primary=("red_violations",))).chosen()[0]
                 for one in counts)
        print(f"  n={n:2d}: {100 * np.mean([one.verdict in ('better', 'worse') for one in calls]):.1f} %")


def print_gain(comparison: Comparison) -> None:
    print("\nVariance of paired over unpaired differences, and correlation of the pairs (40 replications)")
    table = comparison.table()
    wide = table.pivot(index="indicator", columns="alternative", values=["variance_ratio", "correlation"])
    print(wide.loc[table["indicator"].unique()].astype("Float64").round(3).to_string(na_rep="-"))


def print_power(delay: np.ndarray, comparison: Comparison) -> None:
    print("\nA planted effect of 3 % of mean delay: found in")
    for one in comparison.chosen("mean_delay_s"):
        planted = Planted(delay, one.correlation or 0.0)
        for precision in (0.03, 0.021, 0.02, 0.015):
            n = planted.recommended(precision)
            print(f"  correlation {planted.correlation:.3f} ({one.alternative}), half-width {100 * precision:.1f} %: "
                  f"n={n:3d}, {100 * planted.found_share(n, 1000):.1f} %")


def print_time() -> None:
    names = tuple(one.name for one in INDICATORS)[:15]
    values = {name: np.random.default_rng(5).normal(100.0, 5.0, (5, 30)) for name in names}
    table = study_table(values, 4)
    compare(table, Question())
    begin = perf_counter()
    compare(table, Question())
    print(f"\nOne comparison, 4 alternatives x 15 indicators x 30 replications: {perf_counter() - begin:.2f} s")


def main() -> None:
    print_coverage(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
    print_false_calls_of_counts()
    pool = dict(zip(PRIMARY, town_values(400, *PRIMARY), strict=True))
    print(f"\nFalse calls in 1,000 studies of equal alternatives (4 x 10 of 400 runs, 2 primary indicators): "
          f"{100 * false_call_share(pool, 1000):.1f} %")
    slower = SpeedLimit(on=Links(ids=tuple(STRAIGHT_ON)), limit_kmh=40.0)
    comparison = town_comparison({"2 s": (Retime(),), "20 s": (Retime(by_s=20.0),), "40 km/h": (slower,)}, 40)
    print_gain(comparison)
    print_power(pool["mean_delay_s"], comparison)
    print(f"\nReplications for mean 100, sd 10, 5 %: published {published_replications(100.0, 10.0, 10, 0.05):.1f}, "
          f"consistent {replications_needed(10.0, 5.0)}")
    print_time()


if __name__ == "__main__":
    main()
