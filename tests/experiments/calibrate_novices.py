"""Fit the learning curve of new drivers to a cohort: share with a crash in the first, second and third year.

    python -m tests.experiments.calibrate_novices

The curve of the risk per km is ``1 + (R0 - 1) exp(-m / tau)``. The cohort gives the share of drivers with at least one
crash by year, 18, 13 and 10 %: three numbers for R0, tau and the crashes of an experienced driver, hence an exact fit
(:func:`trafficsim.people.novices.fitted`). It is printed beside

* the least-squares fit with the level alone free, for R0 3 and tau 8 months, which are often quoted: 18.7, 11.8 and
  10.2 %. The level cannot make up for a decay that is too fast: the second year is missed by more than a point;
* the range of pairs that give all three shares within their rounding (half a per cent): R0 and tau are known together
  far better than one by one, because three years do not show where the curve ends.

Not identified: whether kilometres grow with the years, and how much of the fall is age. Both are in the curve.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.optimize import minimize_scalar

from trafficsim.people.novices import (
    LearningCurve,
    consistent_pairs,
    default_curve,
    fitted,
    parameters,
    shares_with_crash,
)

QUOTED = LearningCurve(3.0, 8.0)


def level(curve: LearningCurve, shares: np.ndarray) -> float:
    """Crashes a year of experienced drivers with which the shares come out best (least squares)."""
    def squares(base: float) -> float:
        return float(((shares_with_crash(curve, base, len(shares)) - shares) ** 2).sum())
    return float(minimize_scalar(squares, bounds=(0.0, 1.0), method="bounded").x)


def main() -> int:
    """Print the fit."""
    shares = np.array(parameters()["fit"]["share_with_crash"])
    exact, base = fitted(shares)
    print(f"cohort: {100 * shares} %")
    print(f"exact fit: R0 {exact.r0:.2f}, tau {exact.tau_months:.1f} months, experienced {base:.4f} crashes a year")
    for name, curve in (("as stored", default_curve()), ("R0 3, tau 8", QUOTED),
                        ("R0 3.9, tau 21", LearningCurve(3.9, 21))):
        found = 100 * shares_with_crash(curve, level(curve, shares), len(shares))
        print(f"{name}: {found.round(1)} %, worst miss {abs(found - 100 * shares).max():.1f} points")
    r0, tau = consistent_pairs()
    low, high = (np.quantile(np.stack([r0, tau]), q, axis=1).round(1) for q in (0.025, 0.975))
    print(f"within rounding: {len(r0)} pairs, R0 {low[0]} to {high[0]}, tau {low[1]} to {high[1]} months, "
          f"correlation {np.corrcoef(r0, tau)[0, 1]:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
