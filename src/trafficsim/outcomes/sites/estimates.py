"""From counts and traffic to the expected crashes of every site: prediction, calibration, empirical Bayes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.outcomes.sites.calibration import Calibration, calibration
from trafficsim.outcomes.sites.empirical_bayes import empirical_bayes, gamma_interval
from trafficsim.outcomes.sites.hsm import JUNCTIONS, SEGMENTS
from trafficsim.outcomes.sites.places import Site
from trafficsim.outcomes.sites.spf import junction_crashes, outside_range, segment_crashes
from trafficsim.spec.crashes import History

F8 = NDArray[np.float64]
NO_TRAFFIC = "the traffic of some of its links is not known"
NO_COUNT = "neither a function nor a crash table"
TEXTS = {"kind": "kind", "site": "id", "name": "name", "facility": "facility", "reason": "reason"}
"""Columns of texts, and the attributes of a site that they hold."""
BASES = ("empirical Bayes", "prediction", "count")
"""What the expected crashes of a site rest on: function and count, function alone, count alone."""


@dataclass(frozen=True)
class Traffic:
    """Annual average daily traffic of a site, both directions; ``None`` where it is not known.

    Attributes
    ----------
    major, minor : of the busier leg of each road of a junction; of a segment ``major`` alone; veh/day
    """

    major: float | None = None
    minor: float | None = None


@dataclass(frozen=True)
class SiteEstimates:
    """Injury crashes of every site.

    Attributes
    ----------
    table : one row per site, see :func:`estimate`
    calibrations : by type of site, where calibrated to the crash table
    years : length of the history
    """

    table: pd.DataFrame
    calibrations: Mapping[str, Calibration]
    years: float

    @property
    def shared_variance(self) -> float:
        """Variance of the sum over all sites beyond that of single sites, per year squared.

        An error of a calibration factor moves the predictions of all sites of a type together.
        """
        moved = _moved(self.table, self.calibrations)
        together = pd.Series(moved).groupby(self.table["facility"]).sum()
        return float((together**2).sum() - (moved**2).sum())


def traffic_of(site: Site, aadt: Mapping[str, float]) -> Traffic:
    """Return the traffic of a site from that of links (one direction each).

    The two busiest legs of a junction are taken as its major road, the busiest of the others as its minor road.

    Parameters
    ----------
    site
        The site.
    aadt
        Annual average daily traffic by link, veh/day.

    Examples
    --------
    >>> crossing = Site("junction", "j", "j", (), legs=(("a", "b"), ("c", "d"), ("e", "f")))
    >>> volumes = {"a": 5000.0, "b": 5000.0, "c": 4000.0, "d": 4500.0, "e": 700.0, "f": 800.0}
    >>> traffic_of(crossing, volumes)
    Traffic(major=10000.0, minor=1500.0)
    """
    if site.kind == "segment":
        known = [aadt.get(link) for link in site.links]
        return Traffic(None if any(one is None for one in known) else sum(one or 0.0 for one in known))
    if any(link not in aadt for leg in site.legs for link in leg):
        return Traffic()
    legs = sorted((sum(aadt[link] for link in leg) for leg in site.legs), reverse=True)
    return Traffic(legs[0], legs[2])


def estimate(
    sites: Sequence[Site], aadt: Mapping[str, float], history: History, observed: F8 | None,
) -> SiteEstimates:
    """Estimate the injury crashes per year of every site.

    Parameters
    ----------
    sites
        Sites of the network.
    aadt
        Annual average daily traffic by link, one direction, veh/day.
    history
        Period, calibration factors.
    observed
        Injury crashes of each site in the period, shape (n,); ``None`` without a crash table.

    Returns
    -------
    Rows in the order of the sites: ``kind``, ``site``, ``name``, ``facility`` (empty: none), ``aadt_major``,
    ``aadt_minor``, ``observed``, ``predicted`` (calibrated), ``expected``, ``low``, ``high`` (95 % interval of what is
    expected, the standard error of a calibration factor included) per year, ``overdispersion``, ``weight`` (of the
    prediction), ``variance`` (of what is expected, per year squared), ``basis`` and ``reason`` (why there is no
    prediction); NaN where there is none. A site without a function is expected to have what was counted: right in the
    sum over all sites, wrong for one that was chosen by its count.
    """
    table = _described(sites, aadt)
    _predict(table, history)
    calibrations = _calibrate(table, history, observed)
    table["observed"] = np.nan if observed is None else observed / history.years
    _expect(table, observed, history.years, calibrations)
    return SiteEstimates(table, calibrations, history.years)


def _described(sites: Sequence[Site], aadt: Mapping[str, float]) -> pd.DataFrame:
    traffic = [traffic_of(site, aadt) for site in sites]
    numbers = {name: np.array([getattr(one, field) for one in traffic], np.float64)
               for name, field in (("aadt_major", "major"), ("aadt_minor", "minor"))}
    texts = {column: [getattr(one, field) for one in sites] for column, field in TEXTS.items()}
    return pd.DataFrame({**texts, **numbers, "length_m": [one.length_m for one in sites]})


def _predict(table: pd.DataFrame, history: History) -> None:
    """Add predictions per year, not calibrated, and overdispersions; a site outside its range keeps the reason."""
    table["predicted"], table["overdispersion"] = np.nan, np.nan
    known = zip(table["facility"], table["aadt_major"], table["aadt_minor"], table["reason"], strict=True)
    table["reason"] = [_reason(kind, major, minor) if kind else reason for kind, major, minor, reason in known]
    able = (table["facility"] != "") & (table["reason"] == "")
    for kind in table.loc[able, "facility"].unique():
        rows = np.flatnonzero(able & (table["facility"] == kind))
        part = table.iloc[rows]
        major = part["aadt_major"].to_numpy()
        crashes = (segment_crashes(kind, major, part["length_m"].to_numpy(), "injury") if kind in SEGMENTS
                   else junction_crashes(kind, major, part["aadt_minor"].to_numpy(), "injury"))
        table.loc[table.index[rows], "predicted"] = crashes.per_year
        table.loc[table.index[rows], "overdispersion"] = crashes.overdispersion


def _reason(kind: str, major: float, minor: float) -> str:
    """Say why a site with a function has no prediction; empty if it has one."""
    needed = (major, minor) if kind in JUNCTIONS else (major,)
    return NO_TRAFFIC if np.isnan(needed).any() else outside_range(kind, *needed) or ""


def _calibrate(table: pd.DataFrame, history: History, observed: F8 | None) -> dict[str, Calibration]:
    """Multiply predictions by the factor of their type: given, or observed over predicted."""
    found: dict[str, Calibration] = {}
    for kind in history.calibration:
        if kind not in (*JUNCTIONS, *SEGMENTS):
            raise InputError(f"history.calibration.{kind}", "an unknown type of site",
                             f"one of {', '.join((*JUNCTIONS, *SEGMENTS))}", "correct the type")
    for kind in table.loc[table["predicted"].notna(), "facility"].unique():
        rows = ((table["facility"] == kind) & table["predicted"].notna()).to_numpy()
        factor = history.calibration.get(kind)
        if factor is None and history.calibrate and observed is not None and observed[rows].sum() > 0.0:
            prior = table.loc[rows, "predicted"].to_numpy() * history.years
            found[kind] = calibration(observed[rows], prior, table.loc[rows, "overdispersion"].to_numpy())
            factor = found[kind].factor
        if factor is not None:
            table.loc[rows, "predicted"] *= factor
    return found


def _moved(table: pd.DataFrame, calibrations: Mapping[str, Calibration]) -> F8:
    """Crashes per year by which one standard error of its calibration factor moves what is expected at each site.

    Prediction and count are weighted so that the expected number changes with the factor C as ``w m`` (m not
    calibrated) does: the derivative of ``w C m + (1 - w) x`` at a count of ``C m``.
    """
    relative = table["facility"].map({kind: one.standard_error / one.factor for kind, one in calibrations.items()})
    return np.asarray((table["weight"] * table["predicted"] * relative).fillna(0.0), np.float64)


def _expect(
    table: pd.DataFrame, observed: F8 | None, years: float, calibrations: Mapping[str, Calibration]
) -> None:
    """Add what is expected per year, with its interval."""
    able = table["predicted"].notna().to_numpy()
    count = np.zeros(len(table)) if observed is None else observed
    numbers = {name: np.full(len(table), np.nan) for name in ("weight", "expected", "variance")}
    basis = np.full(len(table), "", object)
    if able.any():
        prior, k = table["predicted"].to_numpy()[able], table["overdispersion"].to_numpy()[able]
        # Without a count nothing is learnt: a history of no length leaves the prior as it is.
        length = years if observed is not None else 1e-9
        one = empirical_bayes(prior * length, count[able], k)
        parts = {"weight": one.weight, "expected": one.mean / length, "variance": one.variance / length**2}
        for name, values in parts.items():
            numbers[name][able] = values
        basis[able] = BASES[0] if observed is not None else BASES[1]
    if observed is not None:
        rest = ~able
        numbers["weight"][rest], numbers["expected"][rest] = 0.0, count[rest] / years
        numbers["variance"][rest] = count[rest] / years**2
        basis[rest] = BASES[2]
    for name, values in numbers.items():
        table[name] = values
    table["variance"] += _moved(table, calibrations) ** 2
    table["basis"] = basis
    table["low"], table["high"] = np.nan, np.nan
    if able.any():
        table.loc[able, "low"], table.loc[able, "high"] = gamma_interval(
            table["expected"].to_numpy()[able], table["variance"].to_numpy()[able])
