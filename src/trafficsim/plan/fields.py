"""The fields of a plan that a policy may change: a small table of names, places, units and cells."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import F8, Plan


@dataclass(frozen=True)
class Field:
    """One changeable field.

    Attributes
    ----------
    name : the name that policies use
    group, attribute : where the values live in the plan
    unit : SI unit
    cells : names of the cells, in the order of the values
    low, high : smallest and largest value allowed; ``above`` excludes the smallest
    of_people : whether it shapes the people of trips, not what an engine reads
    of_routes : whether it shapes the choice of routes, not what an engine reads
    """

    name: str
    group: str
    attribute: str
    unit: str
    cells: Callable[[Plan], tuple[str, ...]]
    low: float = -np.inf
    above: bool = False
    high: float = np.inf
    of_people: bool = False
    of_routes: bool = False

    @property
    def range(self) -> str:
        """The range of its values in words."""
        most = f" and <= {self.high:g}" if np.isfinite(self.high) else ""
        return f"{'>' if self.above else '>='} {self.low:g}{most}"

    def expected(self, known: Iterable[str]) -> str:
        """What a policy may name, given the cells that there are."""
        cells = ", ".join(known)
        if not self.of_people:
            return "different values of the plan"
        return f"different ones of {cells}" if cells else "a scenario with a [population]"

    def read(self, plan: Plan) -> F8:
        """Return the values in a plan (the plan's own array: do not change it)."""
        return np.asarray(getattr(getattr(plan, self.group), self.attribute), np.float64)

    def write(self, plan: Plan, values: F8) -> Plan:
        """Return the plan with other values of this field."""
        group = getattr(plan, self.group)._replace(**{self.attribute: values})
        return replace(plan, **{self.group: group})

    def allows(self, values: F8) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Return which values are finite and within the range."""
        within = (values > self.low) if self.above else (values >= self.low)
        return np.isfinite(values) & within & (values <= self.high)


def _links(plan: Plan) -> tuple[str, ...]:
    return plan.link_id


def _programs(plan: Plan) -> tuple[str, ...]:
    return plan.signals.program_id


def _phases(plan: Plan) -> tuple[str, ...]:
    counts = np.diff(plan.signals.phase_start).tolist()
    return tuple(phase_cell(name, number) for name, count in zip(plan.signals.program_id, counts, strict=True)
                 for number in range(count))


def phase_cell(program: str, number: int) -> str:
    """Name of a phase as a cell of ``signal.phase_s``.

    Examples
    --------
    >>> phase_cell("j1", 2)
    'j1/2'
    """
    return f"{program}/{number}"


def _approaches(plan: Plan) -> tuple[str, ...]:
    return tuple(plan.link_id[row] for row in plan.approaches.link.tolist())


def _incidents(plan: Plan) -> tuple[str, ...]:
    return plan.incidents.name


def _class_names(plan: Plan) -> tuple[str, ...]:
    return plan.classes.name


def _groups(plan: Plan) -> tuple[str, ...]:
    return plan.people.group


def _enforcement_kinds(plan: Plan) -> tuple[str, ...]:
    return plan.people.enforcement


def _of_group(attribute: str, low: float = 0.0, above: bool = False, high: float = np.inf) -> Field:
    return Field(f"group.{attribute}", "people", attribute, "1", _groups, low, above, high, of_people=True)


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("link.speed_limit_ms", "links", "speed_limit_ms", "m/s", _links, 0.0, above=True),
        Field("link.free_speed_mean_ms", "links", "free_speed_mean_ms", "m/s", _links, 0.0, above=True),
        Field("link.free_speed_cv", "links", "free_speed_cv", "1", _links, 0.0),
        Field("link.factor_speed_ms", "links", "factor_speed_ms", "m/s", _links, 0.0, above=True),
        Field("link.capacity_factor", "links", "capacity_factor", "1", _links, 0.0, above=True, high=2.0),
        Field("link.toll_eur", "tolls", "toll_eur", "EUR", _links, 0.0, high=1000.0, of_routes=True),
        Field("signal.offset_s", "signals", "offset_s", "s", _programs),
        Field("signal.phase_s", "signals", "duration_s", "s", _phases, 0.0, above=True),
        Field("approach.tau50_s", "approaches", "tau50_s", "s", _approaches, 0.0),
        Field("approach.spread_s", "approaches", "spread_s", "s", _approaches, 0.0),
        Field("approach.inattention", "approaches", "inattention", "1", _approaches, 0.0, high=1.0),
        Field("approach.hard_stop_share", "approaches", "hard_stop_share", "1", _approaches, 0.0, high=1.0),
        Field("incident.duration_s", "incidents", "duration_s", "s", _incidents, 0.0, above=True),
        Field("class.max_speed_ms", "classes", "max_speed_ms", "m/s", _class_names, 0.0, above=True),
        _of_group("trip_rate", above=True),
        _of_group("alcohol_factor"),
        _of_group("belt_share", high=1.0),
        _of_group("isa_share", high=1.0),
        _of_group("isa_override_share", high=1.0),
        _of_group("licensed_share", high=1.0),
        _of_group("novice_risk"),
        _of_group("exposure"),
        Field("group.supervised_km", "people", "supervised_km", "km", _groups, 0.0, of_people=True),
        _of_group("lawful_share", high=1.0),
        _of_group("points_limit", low=1.0),
        _of_group("novice_points_limit", low=1.0),
        Field("sanction.fine_factor", "people", "fine_factor", "1", _enforcement_kinds, 0.0, of_people=True),
        Field("sanction.points_factor", "people", "points_factor", "1", _enforcement_kinds, 0.0, of_people=True),
    )
}


def field_of(name: str, policy: str) -> Field:
    """Return a field by name.

    Raises
    ------
    PolicyError
        If there is no such field; a close name is suggested.
    """
    if name not in FIELDS:
        close = difflib.get_close_matches(name, FIELDS, n=1)
        raise PolicyError(f"policy {policy}: field {name!r}", "no such field",
                          f"one of {', '.join(FIELDS)}",
                          f"did you mean {close[0]!r}?" if close else "name one of them")
    return FIELDS[name]
