"""Sums of money over years: annuities and present values (end-of-year payments)."""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]


def annuity_factor(rate: float, life_years: int) -> float:
    """Return the yearly payment that one unit of capital costs over its life: ``r / (1 - (1 + r)^-n)``.

    Examples
    --------
    >>> round(annuity_factor(0.03, 10), 5), annuity_factor(0.0, 10)
    (0.11723, 0.1)
    """
    return 1.0 / life_years if rate == 0.0 else rate / (1.0 - (1.0 + rate) ** -life_years)


@overload
def present_worth(rate: float, years: int, growth: F8) -> F8: ...
@overload
def present_worth(rate: float, years: int, growth: float = 0.0) -> float: ...
def present_worth(rate: float, years: int, growth: F8 | float = 0.0) -> F8 | float:
    """Return the present value of one unit a year that grows: ``sum of (1 + g)^(t - 1) / (1 + r)^t, t = 1..n``.

    Examples
    --------
    >>> round(present_worth(0.03, 10), 4)
    8.5302
    >>> present_worth(0.03, 2, np.array([0.0, 0.03])).round(4).tolist()
    [1.9135, 1.9417]
    """
    grown = np.asarray(growth, np.float64)
    total = sum(((1.0 + grown) ** (year - 1) / (1.0 + rate) ** year for year in range(1, years + 1)),
                np.zeros(grown.shape))
    return float(total) if grown.ndim == 0 else np.asarray(total)
