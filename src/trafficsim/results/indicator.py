"""What an indicator is, and the registry of all of them.

One registration says everything about an indicator: its name, unit and direction, what it is computed from, and the
function. Comparisons, JSON, reports and the reference page read the registry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.outcomes.sites.baseline import Baseline
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.record import Record
from trafficsim.results.emissions import Traced, traced_vehicles
from trafficsim.results.offences import Sanctions, sanctions
from trafficsim.results.reference import Journeys
from trafficsim.results.speeds import Traversals, evaluated_traversals
from trafficsim.spec.model import Model

Direction = Literal["lower", "higher", "none"]
Origin = Literal["input", "emergent", "extrapolated"]
Scale = Literal["continuous", "whole", "events"]


@dataclass(frozen=True)
class Observation:
    """What indicators of a run are computed from: the run and its times so far."""

    plan: Plan
    record: Record
    journeys: Journeys

    @cached_property
    def traversals(self) -> Traversals:
        """Vehicles in the analysis period."""
        return evaluated_traversals(self.plan, self.record)

    @cached_property
    def sanctions(self) -> Sanctions:
        """Sanctions in the analysis period."""
        return sanctions(self.plan, self.record, self.traversals)

    @cached_property
    def traced(self) -> Traced | str:
        """Motion of the light vehicles that left a trace, or why there is none."""
        return traced_vehicles(self.plan, self.record, self.journeys)

    @property
    def due(self) -> np.ndarray:
        """Trips due in the analysis period."""
        return self.journeys.due

    @property
    def due_entered(self) -> np.ndarray:
        """Trips due in the analysis period that have entered."""
        return np.asarray(self.journeys.due & self.journeys.entered)

    def total(self, values: F8, among: np.ndarray) -> float | None:
        """Sum of a trip column over some trips, none if there are none."""
        return float(values[among].sum()) if among.any() else None

    def mean(self, values: F8, among: np.ndarray) -> float | None:
        """Mean of a trip column over some trips, none if there are none."""
        return float(values[among].mean()) if among.any() else None


@dataclass(frozen=True)
class Pair:
    """What indicators between runs are computed from: the same replication without and with an alternative.

    Attributes
    ----------
    baseline, alternative : tables of the two runs by name, as far as the indicator needs them
    asked : tables of the study that say how outcomes are computed, by name
    memory : what one indicator has read of the pair, for the others that read the same
    casualties : under the baseline, by link, where the study has a crash history
    """

    baseline: Mapping[str, pd.DataFrame]
    alternative: Mapping[str, pd.DataFrame]
    asked: Mapping[str, Model] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict, compare=False)
    casualties: Baseline | None = None


Compute = Callable[[Observation], float | None]
Between = Callable[[Pair], float | None]
Told = Callable[[Pair], str | None]
Draws = Callable[[Pair], F8 | None]


@dataclass(frozen=True)
class Indicator:
    """A number that runs are judged by.

    Attributes
    ----------
    name, unit : its name and unit
    formula : how it is computed, in words
    direction : whether ``"lower"`` or ``"higher"`` is better, or ``"none"``
    population : which trips or places it covers
    origin : ``"input"`` (calibrated to a source), ``"emergent"`` (came out of the simulation) or ``"extrapolated"``
        (a published model applied to simulated quantities)
    compute : the formula within a run, or ``None``
    reason : why it is not computed, or why its value is null
    limit : what limits a value that is there, or ``None``; without it nothing does
    cause : why a value is null in this run, instead of ``reason``
    needs : measurements of the engine that it is made from
    between : the formula between a run and that of the baseline, instead of ``compute``; for the baseline itself both
        runs are the same
    tables : tables of both runs that ``between`` reads
    scale : ``"continuous"``; ``"whole"`` if values go by whole vehicles or cells; ``"events"`` for counts of events
    of_traffic : whether it changes only when traffic does; citations change when a camera only counts
    on_request : name of the study's table without which it is not computed; empty: always computed
    only_with : table without which a study leaves it out; empty: none is needed
    told : why ``between`` gives no value for a pair, or what limits the one there is; else ``reason`` for no value
    draws : differences of ``between`` from the baseline under drawn numbers of its published models, the same draws
        for every pair; the interval of the comparison then covers them beside the replications
    """

    name: str
    formula: str
    unit: str
    direction: Direction
    population: str
    origin: Origin
    compute: Compute | None
    reason: str
    limit: Callable[[Observation], str | None] | None = None
    needs: tuple[str, ...] = ("trips",)
    between: Between | None = None
    tables: tuple[str, ...] = ()
    scale: Scale = "continuous"
    of_traffic: bool = True
    cause: Callable[[Observation], str | None] | None = None
    on_request: str = ""
    only_with: str = ""
    told: Told | None = None
    draws: Draws | None = None

    @property
    def is_computed(self) -> bool:
        """Whether there is a formula for it: within a run, between two, or of a study that has the table for it."""
        return self.compute is not None or self.between is not None or bool(self.on_request)

    def remark(self, seen: Observation, value: float | None) -> str | None:
        """Say why there is no value, or what limits the one there is."""
        if value is None:
            return (None if self.cause is None else self.cause(seen)) or self.reason
        return None if self.limit is None else self.limit(seen)


BY_NAME: dict[str, Indicator] = {}
"""All indicators that were registered, in the order in which they are shown."""


def register(*indicators: Indicator) -> None:
    """Add indicators.

    A package registers its own in a module that it names as an entry point of the group ``trafficsim.indicators``; so
    worker processes know them too.

    Raises
    ------
    InputError
        If there is one of this name, or it has two formulas.

    Examples
    --------
    >>> import trafficsim.results.indicators  # registers those of this package
    >>> register(BY_NAME["mean_delay_s"])
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: indicator 'mean_delay_s': found this name a second time; expected unique names \
of indicators. Remedy: rename the indicator.
    """
    for one in indicators:
        if one.name in BY_NAME:
            raise InputError(f"indicator {one.name!r}", "this name a second time", "unique names of indicators",
                             "rename the indicator")
        if one.compute is not None and one.between is not None:
            raise InputError(f"indicator {one.name!r}", "a formula within a run and one between runs", "one of them",
                             "register two indicators")
        BY_NAME[one.name] = one
