"""Calibration of a safety performance function to a place: observed over predicted, with its standard error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trafficsim.base.errors import InputError

FEWEST_SITES, FEWEST_CRASHES = 30, 100.0
"""Sites, and crashes a year, from which the manual trusts a factor (Highway Safety Manual, part C, appendix A.1)."""


@dataclass(frozen=True)
class Calibration:
    """Factor by which a function is multiplied.

    Attributes
    ----------
    factor : observed / predicted
    standard_error : of the factor
    sites, crashes : what it rests on
    """

    factor: float
    standard_error: float
    sites: int
    crashes: float

    def is_thin(self, years: float) -> bool:
        """Whether it rests on fewer sites or crashes a year than the manual asks for."""
        return self.sites < FEWEST_SITES or self.crashes / years < FEWEST_CRASHES


def calibration(observed: ArrayLike, predicted: ArrayLike, overdispersion: ArrayLike) -> Calibration:
    """Return C = sum of observed / sum of predicted crashes, and its standard error.

    Counts have the variance C m + k (C m)^2, so SE = sqrt(sum(C m + k (C m)^2)) / sum(m), as in Bahar & Hauer (2014),
    NCHRP 20-7(332).

    Parameters
    ----------
    observed, predicted
        Crashes of the same period at the sites of one type, shape (n,).
    overdispersion
        Of the function, shape (n,) or a number.

    Raises
    ------
    InputError
        If nothing is predicted, or no crash was observed.

    Examples
    --------
    >>> found = calibration([4, 6, 2], [2.0, 2.0, 2.0], 0.4)
    >>> found.factor, round(found.standard_error, 2)
    (2.0, 0.93)
    """
    counts, prior = np.atleast_1d(np.asarray(observed, np.float64)), np.atleast_1d(np.asarray(predicted, np.float64))
    total = float(prior.sum())
    if not (math.isfinite(total) and total > 0.0):
        raise InputError("calibration", f"{total:g} predicted crashes", "a number above 0", "give sites with traffic")
    if counts.sum() <= 0.0:
        raise InputError("calibration", "no observed crash at the sites of this type", "at least one crash",
                         "give the factor, or a longer history")
    factor = float(counts.sum()) / total
    fitted = factor * prior
    variance = float((fitted + np.asarray(overdispersion) * fitted**2).sum())
    return Calibration(factor, math.sqrt(variance) / total, len(counts), float(counts.sum()))
