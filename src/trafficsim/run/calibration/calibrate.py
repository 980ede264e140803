"""Demand from counts: seed, assignment matrix, estimate; again with the matrix of an engine; held-out counts apart."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.findings import Finding
from trafficsim.design.estimation.estimate import Estimate, Method, estimate
from trafficsim.engines.registry import check_engine
from trafficsim.plan.arrays import F8
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.run.calibration.demand_cells import DemandCells, cells_of
from trafficsim.run.calibration.matrices import Loading, driven_flow, engine_loading, static_loading
from trafficsim.run.calibration.new_demand import LEAST_VEHICLES, NewDemand, new_demand, streams_of
from trafficsim.run.calibration.observing import Observations
from trafficsim.run.calibration.rows import check_share, held_out, rows_of, slices_of
from trafficsim.spec.counts import ALL_CLASSES, Count, Counts
from trafficsim.spec.world import World

METHODS = ("gls", "entropy")
MOST_ITERATIONS = 20
_log = logging.getLogger("trafficsim")


@dataclass(frozen=True)
class Settings:
    """How demand is estimated.

    Parameters
    ----------
    method
        ``"gls"`` or ``"entropy"``.
    hold_out
        Share of the detectors that are not used, or their names.
    seed
        Draws the held-out detectors.
    engine
        Drives for the assignment matrix; empty: static paths alone.
    iterations
        Runs of the engine, each followed by an estimate with its matrix.
    slice_s
        Length of slices of departure; ``None``: the shortest interval of the counts, at least a quarter of an hour.
    level_from_counts
        Multiply the whole seed first, so that the median of its flows over the counts is 1: of seeds that know no
        level, as those of a gravity model.
    """

    method: Method = "gls"
    hold_out: float | Sequence[str] = 0.2
    seed: int = 1
    engine: str = "queue"
    iterations: int = 2
    slice_s: float | None = None
    level_from_counts: bool = False

    def check(self) -> None:
        """Refuse what is no setting.

        Raises
        ------
        InputError
            Naming the setting.
        """
        check_share(self.hold_out)
        if self.method not in METHODS:
            raise InputError("--method", quoted(self.method), f"one of {', '.join(METHODS)}", "choose one of them")
        if self.engine:
            check_engine(self.engine)
        if not (isinstance(self.iterations, int) and 0 <= self.iterations <= MOST_ITERATIONS):
            raise InputError("--iterations", quoted(self.iterations), f"a whole number from 0 to {MOST_ITERATIONS}",
                             "give for example 2")
        if self.slice_s is not None and not 60.0 <= self.slice_s <= 86400.0:
            raise InputError("--slice", quoted(self.slice_s), "seconds from 60 to 86,400", "give for example 900")


@dataclass(frozen=True)
class Fitted:
    """All that an estimation leaves.

    Attributes
    ----------
    cells, estimate : the demand as cells, and their estimate
    counts, days : counts that could be used, and of how many days each is the mean
    held : whether each count was held out
    names : detectors, and links with turning proportions, as the estimate numbers them
    at_counts, at_links : shares of the cells at all counts, and on all links in the whole run
    background, background_links : vehicles that are not estimated, at counts and on links
    driven : vehicles that the engine's last run brought to each count; NaN without one
    findings : what a user should know
    settings : how it was estimated
    """

    cells: DemandCells
    estimate: Estimate
    counts: tuple[Count, ...]
    days: tuple[int, ...]
    held: NDArray[np.bool_]
    names: tuple[str, ...]
    at_counts: csr_array
    at_links: csr_array
    background: F8
    background_links: F8
    driven: F8
    findings: tuple[Finding, ...]
    settings: Settings


def fit_demand(world: World, counts: Counts, settings: Settings) -> Fitted:
    """Estimate the demand of a world from counts.

    Raises
    ------
    InputError
        If no count can be used, or a setting is wrong.
    """
    settings.check()
    prepared = prepare(world)
    rows = rows_of(counts, world)
    tells = any(one.vehicle_class != ALL_CLASSES for one in rows.counts)
    cells = cells_of(prepared, slices_of(rows.counts, world, settings.slice_s), tells)
    if not len(cells.cells):
        raise InputError("demand", "nothing that could be estimated: only buses, and trips with stops or via",
                         "flows, trips or matrices", "add a seed: demand of cars, or --seed-matrix")
    held = held_out([one.detector for one in rows.counts], settings.hold_out, settings.seed)
    observed = Observations(cells, rows, counts.shares, held)
    loading = static_loading(prepared)
    base = observed.matrix(loading, prepared, cells.streams)
    matrix, found = base, _estimated(observed, cells, base, settings)
    _log.info("static paths: %d of %d counts used", len(found.used), len(rows.counts))
    for number in range(settings.iterations if settings.engine else 0):
        demand, loading, driven = _driven(cells, found, settings.engine)
        matrix = _with_missing(observed.matrix(loading, driven, streams_of(demand, cells, driven)), base)
        found = _estimated(observed, cells, matrix, settings)
        _log.info("assignment matrix of run %d of the engine %s", number + 1, settings.engine)
    _require_used(found, observed)
    if settings.engine and settings.iterations:
        loading = _driven(cells, found, settings.engine)[1]
    return _fitted(observed, matrix, found, loading, settings)


def _estimated(observed: Observations, seed: DemandCells, matrix: csr_array, settings: Settings) -> Estimate:
    """Estimate with a matrix; a seed that knows no level is brought to that of the counts that this matrix reaches."""
    if settings.level_from_counts:
        observed.cells = seed
        observed.cells = replace(seed, cells=observed.problem(matrix).levelled().cells)
    return estimate(observed.problem(matrix), settings.method)


def _require_used(found: Estimate, observed: Observations) -> None:
    if not len(found.used) and not found.broken:
        places = dict.fromkeys(one.link for one, held in zip(observed.rows.counts, observed.held, strict=True)
                               if not held)
        raise InputError("counts", f"none that a trip of the seed passes (links {', '.join(list(places)[:5])})",
                         "at least one count, that is not held out, where trips of the seed pass",
                         "check the links of the counts on the map (trafficsim check --map), or give a seed with trips "
                         "that pass there (--seed-matrix)")


def _driven(cells: DemandCells, found: Estimate, engine: str) -> tuple[NewDemand, Loading, Prepared]:
    """Let an engine drive the demand of an estimate."""
    demand = new_demand(cells, found.trips, LEAST_VEHICLES)
    prepared = prepare(demand.world(cells.prepared.world))
    return demand, engine_loading(prepared, engine), prepared


def _fitted(observed: Observations, matrix: csr_array, found: Estimate, last: Loading, settings: Settings) -> Fitted:
    number, links = len(observed.rows.counts), len(observed.cells.prepared.network.link_index)
    findings = (*observed.rows.findings, *_findings(observed, matrix, found))
    return Fitted(observed.cells, found, observed.rows.counts, observed.rows.days, observed.held, observed.names,
                  observed.at_counts(matrix), csr_array(matrix[-links:]), observed.background[:number],
                  observed.background[-links:], driven_flow(last, observed.places[:number]), findings, settings)


def _with_missing(matrix: csr_array, base: csr_array) -> csr_array:
    """Columns of cells that no flow of the run served are those of the static paths."""
    empty = (np.asarray(abs(matrix).sum(axis=0)).ravel() == 0).astype(np.float64)
    return csr_array(matrix + base @ diags_array(empty))


def _findings(observed: Observations, matrix: csr_array, found: Estimate) -> list[Finding]:
    findings = [Finding("warning", "detector-broken", observed.names[one.detector],
                        f"left out: counted {one.counted:,.0f}, the other detectors and the seed say "
                        f"{one.expected:,.0f} ({one.deviation:.1f} standard deviations)",
                        "look at this detector, its link and its direction")
                for one in found.broken if not observed.names[one.detector].startswith("turns at ")]
    chosen = np.flatnonzero(~observed.held)
    lost = dict.fromkeys(observed.rows.counts[chosen[row]].detector for row in found.unreached.tolist()
                         if row < len(chosen) and observed.rows.counts[chosen[row]].vehicles > 0)
    findings += [Finding("warning", "seed-zero", name, "vehicles were counted where no trip of the seed passes: the "
                         "counts are not used", "give a seed with trips that pass here (--seed-matrix), or check the "
                         "link of the detector") for name in lost]
    unused = len(observed.shares) - len(observed.reached_shares(matrix))
    if unused:
        findings.append(Finding("warning", "turns-not-in-seed", "turning proportions", f"{unused} of "
                                f"{len(observed.shares)} turning proportions are not used: no trip of the seed makes "
                                "one of the turns of their link", "give a seed with trips that make these turns",
                                unused))
    return findings
