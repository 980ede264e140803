"""Writes ``aadt.csv`` and ``crashes.csv``: five years of made-up crashes. Run it here: ``python make_crashes.py``.

Traffic: the hourly flow of one run without any policy times ``EXPANSION``. Crashes of a site: a Poisson number about
the mean that the Highway Safety Manual (2010, chapter 12) gives for its type and traffic, times the site's own factor,
drawn from a gamma distribution with mean 1 and the published overdispersion k as its variance (so Var = m + k m^2).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import numpy as np

import trafficsim as ts
from trafficsim.io.load import load_world
from trafficsim.outcomes.sites.estimates import traffic_of
from trafficsim.outcomes.sites.places import Site, sites_of
from trafficsim.outcomes.sites.spf import junction_crashes, segment_crashes
from trafficsim.results.sites import hourly_flows
from trafficsim.spec.network import Network

HERE = Path(__file__).parent
SEED = 2019
BEGIN, YEARS = date(2019, 1, 1), 5
EXPANSION = 11.0
"""AADT over the flow of an hour (modelling assumption: a busy hour carries 9 % of the day)."""
LEAST_AADT = 50.0
"""No street is empty all day (modelling assumption)."""
SHARES = {"fatal": 0.012, "serious": 0.168, "slight": 0.82}
"""Of the crashes with injuries, by the worst injury (modelling assumption)."""
DIVIDED = ("ring", "approach")
"""Groups of roads with a median: type 4D, which no network can tell."""


def types(network: Network) -> dict[str, str]:
    """Return the types of the roads with a median."""
    return {link: "4D" for group in DIVIDED for link in network.groups[group]}


def traffic(network: Network) -> dict[str, float]:
    """Return the annual average daily traffic of every link, one direction."""
    links = ts.run(HERE / "scenario.toml").tables["links"]
    flows = hourly_flows(links, "do nothing", (600.0, 2400.0))
    return {link: max(LEAST_AADT, round(EXPANSION * flows.get(link, 0.0), -1)) for link in network.links}


def expected(site: Site, aadt: Mapping[str, float], severity: Literal["injury", "damage"]) -> tuple[float, float]:
    """Return crashes per year and their overdispersion; none at sites without a function."""
    there = traffic_of(site, aadt)
    if not site.facility or there.major is None:
        return 0.0, 1.0
    found = (segment_crashes(site.facility, there.major, site.length_m, severity) if there.minor is None else
             junction_crashes(site.facility, there.major, there.minor, severity))
    return float(found.per_year[0]), float(found.overdispersion[0])


def crashes(network: Network, aadt: Mapping[str, float]) -> Iterator[tuple[str, str, str]]:
    """Yield place, date and severity."""
    random, days = np.random.default_rng(SEED), YEARS * 365
    for site in sites_of(network, types(network)):
        for severity in ("injury", "damage"):
            mean, k = expected(site, aadt, severity)
            for _ in range(random.poisson(YEARS * mean * random.gamma(1.0 / k, k))):
                worst = random.choice(list(SHARES), p=list(SHARES.values())) if severity == "injury" else "damage"
                yield site.id, str(BEGIN + timedelta(days=int(random.integers(days)))), str(worst)


def write(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write a CSV file."""
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    town = load_world(HERE / "scenario.toml").network
    volumes = traffic(town)
    write("aadt.csv", ("link", "aadt"), [(link, f"{volume:.0f}") for link, volume in volumes.items()])
    write("crashes.csv", ("place", "date", "severity"), sorted(crashes(town, volumes), key=lambda one: one[1]))
