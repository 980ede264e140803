"""Counts and turning proportions as an estimation problem: which share of which cell passes them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, vstack

from trafficsim.design.estimation.problem import Problem
from trafficsim.plan.arrays import F8
from trafficsim.plan.assignment_matrix import Place, Streams, free_times
from trafficsim.plan.prepare import Prepared
from trafficsim.run.calibration.demand_cells import DemandCells, kept_streams
from trafficsim.run.calibration.matrices import Loading, proportions
from trafficsim.run.calibration.rows import Rows
from trafficsim.spec.counts import ALL_CLASSES, Count, TurnShare
from trafficsim.spec.vehicles import KINDS

SHARE_ERROR = 0.05
"""Standard deviation of a turning proportion (modelling assumption: they are given to a tenth, or of small samples)."""


class Observations:
    """Counts and turning proportions of a demand, with the places to which its vehicles are followed.

    Parameters
    ----------
    cells
        The demand.
    rows
        Counts that can be used.
    shares
        Turning proportions.
    held
        Detectors that are held out.

    Attributes
    ----------
    held : whether each count is held out
    names : detectors, and links with turning proportions
    places : of the counts, then link and turn of each proportion, then all links in the whole run
    """

    def __init__(self, cells: DemandCells, rows: Rows, shares: Sequence[TurnShare], held: frozenset[str]) -> None:
        self.cells, self.rows = cells, rows
        self.held = np.array([one.detector in held for one in rows.counts], np.bool_)
        self.shares = _usable(shares, cells)
        self.places = _places(cells, rows.counts, self.shares)
        self._mask = [_of_class(one, cells) for one in rows.counts]
        used = [one.detector for one in rows.counts] + [_turns_at(one) for one in self.shares]
        self.names = tuple(dict.fromkeys(used))

    def matrix(self, loading: Loading, prepared: Prepared, streams: Streams) -> csr_array:
        """Shares of the cells at all places."""
        return proportions(prepared, loading, streams, self.cells.edges_s, self.places)

    def reached_shares(self, matrix: csr_array) -> tuple[int, ...]:
        """Proportions that the seed can follow: trips of it pass every turn of the link that has a share.

        Others are left out: held to a turn that no trip makes, the whole link would be emptied.
        """
        first = len(self.rows.counts)
        turns = csr_array(matrix[first:first + 2 * len(self.shares):2])
        passed = np.asarray(turns @ (self.cells.cells.seed > 0)) > 0
        lost = {one.link for one, seen in zip(self.shares, passed.tolist(), strict=True) if one.share > 0 and not seen}
        return tuple(row for row, one in enumerate(self.shares) if one.link not in lost)

    def problem(self, matrix: csr_array) -> Problem:
        """Return the problem of the counts that are not held out, and of the turning proportions."""
        chosen = np.flatnonzero(~self.held)
        place = {name: row for row, name in enumerate(self.names)}
        detector = [place[self.rows.counts[row].detector] for row in chosen.tolist()]
        followed = self.reached_shares(matrix)
        detector += [place[_turns_at(self.shares[row])] for row in followed]
        counted = np.array([self.rows.counts[row].vehicles for row in chosen.tolist()], np.float64)
        turning, variance = self._turning(matrix, followed)
        background = np.concatenate([self.background[chosen], np.zeros(len(variance))])
        return Problem(self.cells.cells, csr_array(vstack([self.at_counts(matrix)[chosen], turning])),
                       np.concatenate([counted, np.zeros(len(variance))]), np.array(detector, np.int64), background,
                       np.concatenate([np.full(len(chosen), np.nan), variance]))

    def _turning(self, matrix: csr_array, followed: Sequence[int]) -> tuple[csr_array, F8]:
        """Rows of turning proportions: the turn less its share of the link is 0, with a variance."""
        share = np.array([self.shares[row].share for row in followed], np.float64)
        place = len(self.rows.counts) + 2 * np.array(followed, np.int64)
        turn, link = csr_array(matrix[place]), csr_array(matrix[place + 1])
        flow = np.maximum(link @ self.cells.cells.seed, 1.0)
        variance = (SHARE_ERROR * flow) ** 2 + flow * share * (1.0 - share) + 1.0
        return csr_array(turn - diags_array(share) @ link), np.asarray(variance)

    def at_counts(self, matrix: csr_array) -> csr_array:
        """Rows of the counts, each for the cells of its class."""
        part = matrix[:len(self.rows.counts)].tocsr()
        owner = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
        wanted = np.array([mask[cell] for mask, cell in
                           zip((self._mask[row] for row in owner.tolist()), part.indices.tolist(), strict=True)], bool)
        return csr_array((part.data * wanted, part.indices, part.indptr), shape=part.shape)

    @cached_property
    def background(self) -> F8:
        """Vehicles at all places that are not estimated: buses, trips with stops."""
        if not len(self.cells.kept):
            return np.zeros(len(self.places))
        streams, vehicles = kept_streams(self.cells)
        prepared = self.cells.prepared
        times = free_times(prepared.network, prepared.world.scenario.time.start_s)
        return np.asarray(self.matrix(Loading(prepared.routes, times), prepared, streams) @ vehicles)


def _turns_at(share: TurnShare) -> str:
    return f"turns at {share.link}"


def _places(cells: DemandCells, counts: Sequence[Count], shares: Sequence[TurnShare]) -> list[Place]:
    index, time = cells.prepared.network.link_index, cells.prepared.world.scenario.time
    places = [Place(index[one.link], index.get(one.to_link, -1), one.begin_s, one.end_s) for one in counts]
    for one in shares:
        times = max(one.begin_s, time.start_s), min(one.end_s, time.analysis_end_s)
        places += [Place(index[one.link], index[one.to_link], *times), Place(index[one.link], -1, *times)]
    return places + [Place(link, -1, -np.inf, np.inf) for link in range(len(index))]


def _usable(shares: Sequence[TurnShare], cells: DemandCells) -> list[TurnShare]:
    """Proportions whose interval overlaps the departures."""
    time, network = cells.prepared.world.scenario.time, cells.prepared.network
    return [one for one in shares if one.begin_s < time.analysis_end_s and one.end_s > time.start_s
            and one.link in network.link_index and one.to_link in network.link_index]


def _of_class(count: Count, cells: DemandCells) -> NDArray[np.bool_]:
    """Whether each cell is counted: of its class, or its kind of vehicles."""
    if count.vehicle_class == ALL_CLASSES or cells.groups == (ALL_CLASSES,):
        return np.ones(len(cells.cells), np.bool_)
    classes = cells.prepared.classes
    kind = {name: KINDS[number] for name, number in zip(classes.name, classes.kind.tolist(), strict=True)}
    fits = np.array([count.vehicle_class in (name, kind.get(name)) for name in cells.groups], np.bool_)
    return np.asarray(fits[cells.group])
