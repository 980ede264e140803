"""The crash history of one scenario: its sites, the crashes matched to them, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.findings import Finding, Level
from trafficsim.outcomes.sites.baseline import Baseline, baseline
from trafficsim.outcomes.sites.estimates import SiteEstimates, estimate, traffic_of
from trafficsim.outcomes.sites.hsm import JUNCTIONS, SEGMENTS
from trafficsim.outcomes.sites.matching import AMBIGUOUS, NOWHERE, OUTSIDE, Matches, match
from trafficsim.outcomes.sites.places import Site, sites_of
from trafficsim.outcomes.sites.spf import outside_range
from trafficsim.outcomes.sites.under_reporting import not_corrected
from trafficsim.spec.crashes import History
from trafficsim.spec.network import Network

F8 = NDArray[np.float64]
MOST_NAMED = 5


@dataclass(frozen=True)
class Judged:
    """What a history comes to.

    Attributes
    ----------
    estimates : crashes per year by site
    baseline : casualties per year by link
    simulated : links whose traffic is that of the simulation
    """

    estimates: SiteEstimates
    baseline: Baseline
    simulated: frozenset[str]


@dataclass(frozen=True)
class SiteHistory:
    """The crash history of a scenario.

    Attributes
    ----------
    history : as the study asks for it
    sites : junctions and segments of the network
    crashes : those of the period, one row each; ``None`` without a table
    matches : where they belong
    aadt : traffic that is given, by link, one direction, veh/day
    links : all links of the network
    period_s : begin and end of the analysis period of the scenario, for traffic from the simulation
    findings : what matching found
    """

    history: History
    sites: tuple[Site, ...]
    crashes: pd.DataFrame | None
    matches: Matches | None
    aadt: Mapping[str, float]
    links: tuple[str, ...]
    period_s: tuple[float, float]
    findings: tuple[Finding, ...] = ()

    @property
    def observed(self) -> F8 | None:
        """Injury crashes of each site in the period, ambiguous ones at the nearer site; ``None`` without a table."""
        if self.crashes is None or self.matches is None:
            return None
        there = (self.crashes["severity"] != "damage").to_numpy() & (self.matches.site >= 0)
        return np.bincount(self.matches.site[there], minlength=len(self.sites)).astype(np.float64)

    def traffic(self, hourly_flow: Mapping[str, float]) -> dict[str, float]:
        """Return annual average daily traffic by link: given, or else flow times the expansion factor.

        Parameters
        ----------
        hourly_flow
            Mean flow under do nothing by link, veh/h.
        """
        factor = self.history.expansion_factor
        simulated = {} if factor is None else {
            link: factor * flow for link, flow in hourly_flow.items() if link not in self.aadt}
        return {**simulated, **self.aadt}

    def judged(self, hourly_flow: Mapping[str, float]) -> Judged:
        """Estimate crashes by site and casualties by link.

        Parameters
        ----------
        hourly_flow
            Mean flow under do nothing in the analysis period by link, veh/h; read where no AADT is given.
        """
        aadt = self.traffic(hourly_flow)
        simulated = aadt.keys() - self.aadt.keys()
        estimates = estimate(self.sites, aadt, self.history, self.observed)
        casualties = baseline(estimates, self.sites, self.history, self.crashes, aadt)
        return Judged(estimates, casualties, frozenset(simulated))


def site_history(
    history: History, network: Network, crashes: pd.DataFrame | None, aadt: Mapping[str, float],
    period_s: tuple[float, float],
) -> SiteHistory:
    """Match a crash table to a network, and say what was found.

    Parameters
    ----------
    history
        As the study asks for it.
    network
        Network of the scenario.
    crashes
        As :func:`trafficsim.io.crashes.read_crashes` returns them, or ``None``.
    aadt
        Traffic by link (:func:`trafficsim.io.crashes.read_aadt`); may be empty.
    period_s
        Analysis period of the scenario.

    Raises
    ------
    InputError
        If no crash lies in the period or at a site, the coordinates cannot be those of the network, a link or site is
        unknown, a type does not fit its site, or given traffic is outside the range of a function.
    """
    links = tuple(network.links)
    _check_types(history.site_types, network, links)
    _check_aadt(aadt, links)
    sites = sites_of(network, history.site_types)
    _check_ranges(sites, aadt)
    period = None if crashes is None else _in_period(crashes, history)
    matches = None if period is None else match(period, sites, network, history)
    found = SiteHistory(history, sites, period, matches, dict(aadt), links, period_s)
    beyond = 0 if crashes is None or period is None else len(crashes) - len(period)
    return replace(found, findings=tuple(_findings(found, beyond)))


def _check_types(types: Mapping[str, str], network: Network, links: Sequence[str]) -> None:
    nodes = {str(node) for node in network.graph.nodes}
    for name, kind in types.items():
        where = f"history.site_types.{name}"
        if name not in nodes and name not in links:
            raise InputError(where, "no link or junction of the network", "the id of one", "correct the id")
        fitting = (*(JUNCTIONS if name in nodes else ()), *(SEGMENTS if name in links else ()), "none")
        if kind not in fitting:
            raise InputError(where, quoted(kind), f"one of {', '.join(fitting)}", "choose a type of such a site")


def _check_aadt(aadt: Mapping[str, float], links: Sequence[str]) -> None:
    if aadt and not set(aadt) & set(links):
        some = ", ".join(map(quoted, list(aadt)[:MOST_NAMED]))
        raise InputError("history.aadt", f"no link of the network among {some}", "ids of links",
                         "correct the column link")


def _check_ranges(sites: Sequence[Site], aadt: Mapping[str, float]) -> None:
    """Refuse given traffic outside the range of a function: the user must say that the site has none."""
    for site in sites if aadt else ():
        traffic = traffic_of(site, aadt)
        if not site.facility or traffic.major is None:
            continue
        reason = outside_range(site.facility, traffic.major, traffic.minor)
        if reason is not None:
            where, remedy = f"history.aadt: {site.kind} {site.id!r}", f'site_types = {{ "{site.id}" = "none" }}'
            raise InputError(where, reason, "traffic within the range of the function",
                             f"correct it, or leave the site without a function: {remedy}")


def _in_period(crashes: pd.DataFrame, history: History) -> pd.DataFrame:
    day = crashes["date"]
    there = (day >= pd.Timestamp(history.first)) & (day <= pd.Timestamp(history.last))
    if not there.any():
        dates = f"dates from {day.min():%Y-%m-%d} to {day.max():%Y-%m-%d}"
        raise InputError("history: crashes", f"{dates}, none in the period",
                         f"crashes from {history.begin} to {history.end}", "correct begin and end, or the dates")
    return crashes[there].reset_index(drop=True)


def _findings(found: SiteHistory, beyond: int) -> Iterator[Finding]:
    history = found.history
    if beyond:
        text = f"{beyond:,} crashes before {history.begin} or after {history.end} are left out"
        yield Finding("warning", "crashes-beyond-period", "history: crashes", text,
                      "widen begin and end if they belong to it", beyond)
    if found.matches is not None and found.crashes is not None:
        yield from _match_findings(found.matches, found.crashes["id"].tolist(), history)
    lost = sorted(set(found.aadt) - set(found.links))
    if lost:
        text = f"{len(lost):,} links that the network does not have: {', '.join(lost[:MOST_NAMED])}"
        yield Finding("info", "aadt-of-other-links", "history.aadt", text, "", len(lost))
    if not history.calibration and (found.crashes is None or not history.calibrate):
        yield Finding("warning", "not-calibrated", "history.calibration",
                      "functions fitted in the United States are used as they are",
                      "calibrate them to a crash table (calibrate = true), or give factors")
    told = not_corrected(history.country, history.under_reporting)
    if told is not None:
        yield told


def _match_findings(matches: Matches, ids: Sequence[str], history: History) -> Iterator[Finding]:
    nowhere = matches.site == NOWHERE
    known: tuple[tuple[str, Level, NDArray[np.bool_], str, str], ...] = (
        ("crashes-ambiguous", "info", (matches.status == AMBIGUOUS) & ~nowhere,
         "have a second site about as near, and count at the nearer one", "look at them, or change ambiguous_within_m"),
        ("crashes-of-several-places", "warning", (matches.status == AMBIGUOUS) & nowhere,
         "have a place whose name several sites have, and no coordinates at a site: not counted",
         "give the id of a link or junction, or coordinates"),
        ("crashes-outside", "warning", matches.status == OUTSIDE,
         f"are further than {history.match_distance_m:g} m from every road, or at no known place: not counted",
         "look at them, or change match_distance_m"),
    )
    for code, level, there, text, remedy in known:
        rows = np.flatnonzero(there)
        if len(rows):
            some = ", ".join(str(ids[row]) for row in rows[:MOST_NAMED])
            yield Finding(level, code, "history: crashes", f"{len(rows):,} of {len(ids):,} {text}: {some}", remedy,
                          len(rows))
