"""Crash risk by blood alcohol, and the mean risk of drivers who are above a level.

Between the points of the table the logarithm of the relative risk is linear in the blood alcohol; beyond the last one
(2.0 g/l) it stays as it is there. The case-control study saw an elevation from 0.4 to 0.5 g/l on.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

F8 = NDArray[np.float64]
IMPAIRED_G_L = 0.5
"""Drivers above it count as impaired."""


@cache
def parameters() -> dict[str, Any]:
    """Read the parameters with their sources."""
    text = files("trafficsim.people.parameters").joinpath("alcohol.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def relative_risk(bac_g_l: ArrayLike, log_scale: ArrayLike = 1.0) -> F8:
    """Crash risk relative to sober drivers (Blomberg et al. 2005, adjusted).

    Parameters
    ----------
    bac_g_l
        Blood alcohol in g/l, any shape.
    log_scale
        Factor on the logarithm of the risk, broadcast; 1 is the table.

    Raises
    ------
    ValueError
        If a level is negative or not finite.

    Examples
    --------
    >>> relative_risk([0.0, 0.3, 0.65, 2.5]).round(2).tolist()
    [1.0, 1.06, 1.93, 81.8]
    """
    level = np.asarray(bac_g_l, np.float64)
    if not (np.isfinite(level).all() and (level >= 0.0).all()):
        raise ValueError("blood alcohol below 0 g/l or not finite; give levels from 0")
    table = parameters()["risk"]
    logarithm = np.interp(level, table["bac_g_l"], np.log(table["relative"]))
    return np.asarray(np.exp(np.asarray(log_scale, np.float64) * logarithm))


def impaired_risk(log_scale: ArrayLike = 1.0) -> F8:
    """Mean crash risk of drivers above 0.5 g/l, relative to sober ones; shape of ``log_scale``.

    Examples
    --------
    >>> round(float(impaired_risk()), 1)
    7.8
    """
    bands = parameters()["impaired"]
    middle = np.mean(bands["band_g_l"], axis=1)
    risk = relative_risk(middle, np.asarray(log_scale, np.float64)[..., np.newaxis])
    return np.asarray(risk @ np.array(bands["share"]))


def share_of_crashes(share_of_km: ArrayLike, risk: ArrayLike) -> F8:
    """Share of crashes of those who drive a share of the kilometres at a relative risk.

    ``s R / (s R + 1 - s)``.

    Examples
    --------
    >>> share_of_crashes(0.02, 2.5).round(4).tolist()
    0.0485
    """
    share, relative = np.asarray(share_of_km, np.float64), np.asarray(risk, np.float64)
    return np.asarray(share * relative / (share * relative + 1.0 - share))
