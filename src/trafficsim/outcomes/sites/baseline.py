"""Casualties per year without any policy: by severity, by site and by link, with what is not known about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaincinv

from trafficsim.base.draws import hash_name, u01
from trafficsim.outcomes.sites.estimates import SiteEstimates
from trafficsim.outcomes.sites.places import Site
from trafficsim.outcomes.sites.under_reporting import CASUALTIES, reporting_factors
from trafficsim.outcomes.sourced import OUTCOME, SEED, Sourced
from trafficsim.spec.crashes import History

F8 = NDArray[np.float64]
FROM_TABLE = "counted in the crash table of the study"


@dataclass(frozen=True)
class Baseline:
    """Casualties per year under do nothing.

    Attributes
    ----------
    crashes : expected injury crashes per year, one row per link: ``link``, ``crashes``, ``variance``
    per_crash : casualties per injury crash by severity
    reporting : real over reported casualties by severity
    shared_variance : of the crashes of the whole network, beyond the sum of those of links: calibration factors are
        the same for many sites
    """

    crashes: pd.DataFrame
    per_crash: Mapping[str, Sourced]
    reporting: Mapping[str, Sourced]
    shared_variance: float = 0.0
    memory: dict[tuple[str, int, int], F8] = field(default_factory=dict, compare=False)
    """Draws that were made, for the other runs that ask for the same."""

    def by_link(self, severity: str) -> dict[str, float]:
        """Return casualties per year by link: ``deaths``, ``serious_injuries`` or ``slight_injuries``."""
        factor = self.per_crash[severity].value * self.reporting[severity].value
        return dict(zip(self.crashes["link"], self.crashes["crashes"] * factor, strict=True))

    def total(self, severity: str) -> float:
        """Return the casualties per year of a severity on the whole network."""
        return float(self.crashes["crashes"].sum()) * self.per_crash[severity].value * self.reporting[severity].value

    def draws(self, severity: str, number: int, seed: int = SEED) -> F8:
        """Draw the casualties per year of a severity on the whole network; shape (number,).

        Crashes are drawn as one gamma quantity with the mean and the variance of the sum over links, casualties per
        crash and under-reporting from their intervals.

        Parameters
        ----------
        severity
            Severity of the casualties.
        number, seed
            Number of draws, and their seed.
        """
        key = severity, number, seed
        if key not in self.memory:
            mean, variance = (float(self.crashes[column].sum()) for column in ("crashes", "variance"))
            self.memory[key] = (
                gamma_draws("baseline crashes", mean, variance + self.shared_variance, number, seed)
                * self.per_crash[severity].draws(number, seed) * self.reporting[severity].draws(number, seed))
        return self.memory[key]


def gamma_draws(name: str, mean: float, variance: float, number: int, seed: int = SEED) -> F8:
    """Draw from a gamma distribution by name: the same numbers for the same name and seed; shape (number,).

    Examples
    --------
    >>> drawn = gamma_draws("crashes", 10.0, 4.0, 20_000)
    >>> round(float(drawn.mean()), 1), round(float(drawn.var()), 1)
    (10.0, 4.0)
    """
    if mean <= 0.0 or variance <= 0.0:
        return np.full(number, mean)
    levels = u01(hash_name("outcomes", seed), OUTCOME, hash_name(name), np.arange(number))
    return np.asarray(gammaincinv(mean**2 / variance, levels) * variance / mean)


def baseline(
    estimates: SiteEstimates, sites: Sequence[Site], history: History, crashes: pd.DataFrame | None,
    aadt: Mapping[str, float],
) -> Baseline:
    """Put casualties per year on links.

    Parameters
    ----------
    estimates, sites
        Expected crashes of sites; those of a junction are spread over the links that lead to it, those of a segment
        over its directions, by their traffic (evenly where it is not known).
    history
        Under-reporting, and casualties per crash where they are given.
    crashes
        Crash table of the period, or ``None``.
    aadt
        Annual average daily traffic by link.
    """
    rows: dict[str, list[float]] = {}
    values = estimates.table
    known = zip(sites, values["expected"], values["variance"], strict=True)
    for site, expected, variance in known:
        for link, share in link_shares(site, aadt).items() if expected == expected else ():
            one = rows.setdefault(link, [0.0, 0.0])
            one[0] += share * float(expected)
            one[1] += share * float(variance)  # shares of one gamma quantity at the same rate
    table = pd.DataFrame([(link, *one) for link, one in rows.items()], columns=["link", "crashes", "variance"])
    reporting = reporting_factors(history.country, history.under_reporting)
    return Baseline(table, casualties_per_crash(history, crashes), reporting, estimates.shared_variance)


def link_shares(site: Site, aadt: Mapping[str, float]) -> dict[str, float]:
    """Return the shares of the links of a site in its crashes: by their traffic, evenly where it is not known."""
    volumes = [aadt.get(link, 0.0) for link in site.links]
    total = sum(volumes)
    return {link: volume / total if total > 0.0 else 1.0 / len(volumes)
            for link, volume in zip(site.links, volumes, strict=True)}


def casualties_per_crash(history: History, crashes: pd.DataFrame | None) -> dict[str, Sourced]:
    """Return casualties of each severity per injury crash: given, or counted over the whole table.

    The interval of a counted one is that of a Poisson count (Garwood 1936); deaths are few, and those of single sites
    say nothing, so all sites have the same.

    Parameters
    ----------
    history
        May give them.
    crashes
        Crash table of the period.
    """
    given = history.casualties_per_crash
    if given is not None or crashes is None:
        source = given.source if given else FROM_TABLE
        return {name: Sourced(f"{name} per crash", getattr(given, name), "1", source, "D", "input")
                for name in CASUALTIES}
    injury = crashes[crashes["severity"] != "damage"]
    return {name: _counted(name, float(injury[name].sum()), len(injury)) for name in CASUALTIES}


def _counted(name: str, count: float, crashes: int) -> Sourced:
    low = float(gammaincinv(count, 0.025)) if count else 0.0
    ends = (low / crashes, float(gammaincinv(count + 1.0, 0.975)) / crashes) if crashes else (0.0, 0.0)
    value = count / crashes if crashes else 0.0
    return Sourced(f"{name} per crash", value, "1", FROM_TABLE, "C", "input", *ends)
