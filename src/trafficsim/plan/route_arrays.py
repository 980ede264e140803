"""What the choice of routes adds to a plan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class TollArrays(NamedTuple):
    """Charges, by link."""

    toll_eur: NDArray[np.float64]
    """For a vehicle that enters the link."""


def no_tolls() -> TollArrays:
    """Return the tolls of a plan that was made without them."""
    return TollArrays(np.zeros(0))
