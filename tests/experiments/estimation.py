"""Demand from counts: synthetic ones of a known matrix, and the real ones of a street, each held out in turn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

import trafficsim as ts
from tests.support.real_data import data_folder, require_data
from trafficsim.design.estimation.estimate import Method, estimate
from trafficsim.design.estimation.problem import F8, Cells, plain_problem
from trafficsim.io.counts import read_counts
from trafficsim.outcomes.validation.flows import geh
from trafficsim.plan.assignment_matrix import Place
from trafficsim.plan.prepare import prepare
from trafficsim.run.calibration.demand_cells import cells_of
from trafficsim.run.calibration.matrices import proportions, static_loading
from trafficsim.spec.scenario import DemandSource

LEAST_FLOW = 20.0
QUANTILE = 1.96


@dataclass(frozen=True)
class Town:
    """A seed, and the share of each of its cells on every link in an hour."""

    name: str
    cells: Cells
    on_links: csr_array


@dataclass(frozen=True)
class Recovered:
    """One estimate against the truth: coverage of links, held-out counts and cells; who is called broken."""

    used: int
    r2: float
    r2_of_seed: float
    links: float
    counts: float
    cells: float
    named: bool
    sound_named: int
    total: float


def town_of(scenario: ts.Scenario) -> Town:
    """Make the seed and the assignment matrix of a scenario of one hour, on static paths."""
    prepared = prepare(ts.build(scenario))
    made = cells_of(prepared, np.array([0.0, 3600.0]), False)
    places = [Place(link, -1, 0.0, np.inf) for link in range(len(prepared.network.link_id))]
    return Town(scenario.name, made.cells,
                proportions(prepared, static_loading(prepared), made.streams, made.edges_s, places))


def grid_town(size: int, vehicles: float, seed: int = 1) -> Town:
    """A grid whose entries send gamma-distributed flows to all exits of other ends."""
    rng = np.random.default_rng(seed)
    network = ts.grid(size, size)
    pairs = [(a, b) for a in network.groups["entries"] for b in network.groups["exits"]
             if a.partition("_")[0] != b.rpartition("_")[2]]
    volume = rng.gamma(1.0, 1.0, len(pairs))
    volume *= vehicles / volume.sum()
    flows = tuple(ts.Flow(id=f"{a}>{b}", origin=a, destination=b, volume_veh_h=float(one))
                  for (a, b), one in zip(pairs, volume, strict=True))
    return town_of(ts.Scenario(name=f"grid{size}", network=network, time=ts.Time(analysis_s=3600),
                               demand=ts.Demand(flows=flows, routes="equilibrium")))


def sioux_falls() -> Town:
    """Sioux Falls with its published matrix, at a tenth: at all of it queues would not clear within the hour."""
    folder = data_folder() / "tntp" / "SiouxFalls"
    read = ts.read(folder / "SiouxFalls_net.tntp")
    matrix = ts.MatrixSource(file=str(folder / "SiouxFalls_trips.tntp"), factor=0.1)
    demand = DemandSource(zones=read.zones, matrices=(matrix,), routes="equilibrium")
    town = town_of(ts.Scenario(name="SiouxFalls", network=read.network, time=ts.Time(analysis_s=3600), demand=demand))
    connectors = {link for zone in read.zones for link in (*zone.origins, *zone.destinations)}
    roads = np.array([link not in connectors for link in read.network.links])
    return replace(town, on_links=csr_array(town.on_links[roads]))


class SeedError(NamedTuple):
    """How far a truth is from its seed: standard deviations of logarithms of its total, of trip ends and of pairs."""

    total: float
    zone: float
    pair: float


RECENT, OLD = SeedError(0.15, 0.15, 0.2), SeedError(0.25, 0.25, 0.4)


def disturbed(cells: Cells, rng: np.random.Generator, wrong: SeedError) -> F8:
    """A truth that differs from the seed."""
    zones = int(max(cells.origin.max(), cells.destination.max())) + 1
    error = (wrong.total * rng.normal() + wrong.zone * rng.normal(size=zones)[cells.origin]
             + wrong.zone * rng.normal(size=zones)[cells.destination] + wrong.pair * rng.normal(size=len(cells)))
    return np.asarray(cells.seed * np.exp(error))


def recovered(town: Town, seed: int, share: float, wrong: float = 0.0, method: Method = "gls",
              of_seed: SeedError = OLD) -> Recovered:
    """Count a truth on some links, with Poisson and 3 % errors; estimate from the seed, judge on links held out.

    With ``wrong``, this share of the counts used is wrong by up to half, and one detector more counts nothing.
    """
    rng = np.random.default_rng(seed)
    truth = disturbed(town.cells, rng, of_seed)
    flow = town.on_links @ truth
    links = rng.permutation(np.flatnonzero(flow > LEAST_FLOW))
    number = int(share * len(links))
    used, held = links[:int(0.8 * number)], links[int(0.8 * number):]
    sound = rng.poisson(flow) * (1.0 + 0.03 * rng.normal(size=len(flow)))
    counted, bad = sound[used].copy(), round(wrong * len(used))
    counted[:bad] *= rng.uniform(0.5, 1.5, bad)
    if wrong:
        counted[bad] = 0.0
    found = estimate(plain_problem(town.cells, csr_array(town.on_links[used]), counted), method)
    told, deviation = found.flow(csr_array(town.on_links[held]))
    names = [one.detector for one in found.broken]
    spread = np.sqrt(deviation**2 + told + (found.spread.error * told) ** 2)
    return Recovered(
        len(used), r_squared(told, flow[held]), r_squared(town.on_links[held] @ town.cells.seed, flow[held]),
        _inside(told - flow[held], deviation), _inside(told - sound[held], spread),
        _inside(found.trips - truth, found.deviation), bool(wrong) and bad in names,
        sum(name > bad or not wrong for name in names), float(found.trips.sum() / truth.sum()))


def r_squared(flow: F8, truth: F8) -> float:
    return 1.0 - float(((flow - truth) ** 2).sum() / ((truth - truth.mean()) ** 2).sum())


def _inside(error: F8, deviation: F8) -> float:
    return float((np.abs(error) <= QUANTILE * deviation).mean())


def leave_one_out(demand: tuple[str, ...], turns: bool) -> pd.DataFrame:
    """Doerpfeldstrasse: each of the four counts held out in turn, on static paths; one row each.

    Parameters
    ----------
    demand
        Files of routes that are the seed; none: a gravity model of the ends of roads.
    turns
        Whether the turning proportions are used.
    """
    folder = data_folder() / "sumo_doerpfeldstr"
    require_data(folder / "net.net.xml.gz", folder / "edge_data_cars.xml", folder / "turn_ratio.xml")
    source = ts.SumoSource(network=str(folder / "net.net.xml.gz"), routes=tuple(str(folder / name) for name in demand))
    scenario = ts.Scenario(name="doerpfeldstr", network=ts.NetworkSource(sumo=source),
                           time=ts.Time(start_s=50300, analysis_s=3800), demand=DemandSource(routes="free_flow"))
    world = ts.build(scenario)
    counts = read_counts(folder / "edge_data_cars.xml", world.network)
    if turns:
        counts = replace(counts, shares=read_counts(folder / "turn_ratio.xml", world.network).shares)
    found = []
    for detector in counts.detectors:
        result = ts.calibrate(world, counts, hold_out=[detector], iterations=0)
        row = result.counts.set_index("detector").loc[[detector]].reset_index()
        hours = float((row["end_s"] - row["begin_s"]).iloc[0]) / 3600.0
        found.append(row.assign(geh_of_seed=geh(row["seed"] / hours, row["counted"] / hours),
                                broken=", ".join(result.summary["broken_detectors"])))
    return pd.concat(found, ignore_index=True)
