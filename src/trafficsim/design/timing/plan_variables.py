"""Offsets and splits of fixed-time programs as numbers without limits: every choice of them is a plan that may run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import InputError, quoted
from trafficsim.design.timing.design import DEFAULT_RULES, Rules, junction_of
from trafficsim.design.timing.stages import Stages
from trafficsim.design.timing.webster import TINY, Bounds, whole_seconds
from trafficsim.spec.network import Network
from trafficsim.spec.signals import SignalProgram

F8 = NDArray[np.float64]
Programs = tuple[SignalProgram, ...]
OFFSETS, SPLITS = "offsets", "splits"
KINDS = (OFFSETS, SPLITS)
OFFSET_STEP = 0.2
"""Share of the cycle that one unit of a variable of an offset is (modelling assumption: a fifth explores the cycle)."""
SPLIT_STEP = 0.5
"""What one unit of a variable of a split adds to the logarithm of a share (modelling assumption)."""
LEAST_EXTRA_S = 0.5
"""Stages at their minimum begin with this much above it, so that they can grow."""


class Split(NamedTuple):
    """Greens of one program: what every stage keeps, and what is there to be shared out.

    Attributes
    ----------
    stages : the stages of the program
    base_s : green that each stage keeps, whatever the variables say
    free_s : green above that, of all stages together
    start : logarithms of the shares of the free green in the start plan
    """

    stages: Stages
    base_s: tuple[float, ...]
    free_s: float
    start: tuple[float, ...]

    def greens_s(self, values: F8) -> list[float]:
        """Return greens for variables of all stages but the last, in whole seconds above what stages keep."""
        logits = np.array(self.start)
        logits[:-1] += SPLIT_STEP * values
        weights = np.exp(logits - logits.max())
        extra = (self.free_s * weights / weights.sum()).tolist()
        whole = whole_seconds(extra, Bounds((0.0,) * len(extra)), self.free_s)
        return [base + more for base, more in zip(self.base_s, whole, strict=True)]


@dataclass(frozen=True)
class PlanVariables:
    """What a search may change of the programs of a network, and what plan a point of the search stands for.

    Attributes
    ----------
    start : all programs that may change, as they are
    splits : by place in ``start``; nothing where there is nothing to share out
    offsets : whether offsets change; that of the first program stays, as only differences matter
    """

    start: Programs
    splits: tuple[Split | None, ...]
    offsets: bool

    @property
    def number(self) -> int:
        """Number of variables."""
        shares = sum(len(split.base_s) - 1 for split in self.splits if split is not None)
        return shares + (len(self.start) - 1 if self.offsets else 0)

    def plan(self, values: F8) -> Programs:
        """Return the programs that stand for a point; zeros stand for the start plan, up to rounding.

        Cycles, stages, their order and intergreens are those of the start plan. Each stage keeps its minimum green, and
        stages beside a crossing the time that people on foot need; what is left is shared out by the shares ``exp(v)``
        over their sum. Offsets are taken modulo the cycle. Both are whole seconds.
        """
        shares, offsets = self._parts(values)
        return tuple(self._program(place, shares[place], float(offsets[place])) for place in range(len(self.start)))

    def _parts(self, values: F8) -> tuple[list[F8], F8]:
        shares, at = list[F8](), 0
        for split in self.splits:
            wide = 0 if split is None else len(split.base_s) - 1
            shares.append(values[at:at + wide])
            at += wide
        offsets = np.zeros(len(self.start))
        if self.offsets:
            offsets[1:] = values[at:]
        return shares, offsets

    def _program(self, place: int, shares: F8, offset: float) -> SignalProgram:
        program, split = self.start[place], self.splits[place]
        changes: dict[str, object] = {}
        if split is not None:
            durations = split.stages.phases_s([phase.duration_s for phase in program.phases], split.greens_s(shares))
            changes["phases"] = tuple(phase.model_copy(update={"duration_s": duration})
                                      for phase, duration in zip(program.phases, durations, strict=True))
        if self.offsets and place:
            moved = program.offset_s + OFFSET_STEP * program.cycle_s * offset
            changes["offset_s"] = float(round(moved)) % program.cycle_s
        return program.model_copy(update=changes)


def plan_variables(network: Network, kinds: Iterable[str] = KINDS, rules: Rules = DEFAULT_RULES) -> PlanVariables:
    """Return what a search may change of the fixed-time programs of a network.

    Left out are signals that react and those whose programs change by time of day.

    Parameters
    ----------
    network
        The network with its programs: the start plan.
    kinds
        ``"offsets"``, ``"splits"`` or both.
    rules
        Minimum green of a stage, and whether streets are crossed on foot beside the traffic. Where the start plan has
        less, that is kept instead: no plan of the search is worse there.

    Raises
    ------
    InputError
        If a kind is unknown, or nothing can change.

    Examples
    --------
    >>> from trafficsim.design.synthetic import corridor
    >>> road = corridor((300, 300, 300), signals=(1, 2), side_streets=(1, 2), cycle_s=60)
    >>> variables = plan_variables(road)
    >>> variables.number, variables.plan(np.zeros(3)) == road.signals
    (3, True)
    """
    wanted = tuple(dict.fromkeys(kinds))
    for kind in wanted:
        if kind not in KINDS:
            raise InputError("variables", quoted(kind), f"some of {', '.join(KINDS)}", "correct the name")
    left_out = {one.id for one in network.controls} | {one.id for one in network.schedules}
    start = tuple(one for one in network.signals if one.id not in left_out)
    splits = tuple(_split(network, one, rules) if SPLITS in wanted else None for one in start)
    found = PlanVariables(start, splits, OFFSETS in wanted)
    if found.number < 1:
        raise InputError("signals to optimise", f"{len(start)} with a fixed-time program, and nothing to change in "
                         f"their {' and '.join(wanted) or 'variables'}",
                         "two signals for offsets, or one with two stages and green above the minimum for splits",
                         "give the network signals, or ask for other variables")
    return found


def _split(network: Network, program: SignalProgram, rules: Rules) -> Split | None:
    """What there is to share out; nothing with fewer than two stages, or with all greens at their minimum."""
    phase_s = [phase.duration_s for phase in program.phases]
    junction = junction_of(network, program.id, {}, phase_s, rules)
    stages = junction.approaches.stages
    greens = stages.greens(phase_s)
    base = kept_greens_s(greens, junction.bounds)
    free_s = round(sum(greens) - sum(base), 6)
    if len(greens) < 2 or free_s < 1.0:
        return None
    extra = [max(green - least, LEAST_EXTRA_S) for green, least in zip(greens, base, strict=True)]
    return Split(stages, tuple(base), free_s, tuple(math.log(one) for one in extra))


def kept_greens_s(greens_s: Sequence[float], bounds: Bounds) -> list[float]:
    """Greens that fulfil the bounds with as little as possible, none above the present one.

    Where the present greens break a bound, they are what is kept there.

    Examples
    --------
    >>> kept_greens_s([30.0, 12.0, 4.0], Bounds((5.0, 5.0, 5.0), (((0, 1), 20.0),)))
    [15.0, 5.0, 4.0]
    """
    kept = [min(least, green) for least, green in zip(bounds.least_s, greens_s, strict=True)]
    for run, need in bounds.runs:
        wanted = min(need, sum(greens_s[stage] for stage in run))
        while (lacking := wanted - sum(kept[stage] for stage in run)) > TINY:
            widest = max(run, key=lambda stage: (greens_s[stage] - kept[stage], -stage))
            kept[widest] += min(1.0, lacking, greens_s[widest] - kept[widest])
    return kept
