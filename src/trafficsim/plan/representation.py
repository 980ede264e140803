"""Check that an engine represents what the policies changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from trafficsim.base.errors import BelowResolution, UnreadField
from trafficsim.plan.arrays import F8, UNAFFECTED, Plan
from trafficsim.plan.builder import RESPONSE
from trafficsim.plan.deploying import HOURS_IN_FORCE
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.fields import FIELDS, Field
from trafficsim.plan.ledger import LedgerRow
from trafficsim.plan.timeline import limit_at_ms
from trafficsim.plan.trip_operations import TRIP_FIELDS

Representation = Mapping[str, Callable[[F8], F8]]
HELD = "trip.limit_factor"
"""What the representation calls drivers who are held to the limit; what policies change about people ends there."""
FELT_MS = 0.01
"""Changes of a desired speed below this (0.04 km/h) count as none (modelling assumption)."""


def check_representation(before: Plan, after: Plan, ledger: Sequence[LedgerRow],
                         representation: Representation) -> None:
    """Refuse policies whose effect an engine would lose.

    Parameters
    ----------
    before, after
        The plan without and with the policies.
    ledger
        Which policy touched which field.
    representation
        By field, a function from values in SI units to the values that the engine's program stands for, in SI units.

    Raises
    ------
    UnreadField
        If a policy changes a field that the engine does not read.
    BelowResolution
        If the represented value of a cell does not move although the policies moved it.
    """
    _check_held(after, representation)
    for field in dict.fromkeys(row.field for row in ledger if row.field not in (*TRIP_FIELDS, HOURS_IN_FORCE)):
        if field in FIELDS and (FIELDS[field].of_people or FIELDS[field].of_routes):
            continue
        policies = " and ".join(dict.fromkeys(row.policy for row in ledger if row.field == field))
        if field not in representation:
            raise UnreadField(f"policy {policies}: {field}", "a field that the engine does not read",
                              f"one of {', '.join(representation) or '(none)'}", "choose another engine or policy")
        if field in FIELDS:
            _check_resolution(FIELDS[field], policies, before, after, representation[field])
            _check_scheduled([row for row in ledger if row.field == field and row.operation == "schedule"],
                             representation[field])
        elif field == RESPONSE:
            _check_responses(policies, after, representation[field])


def _check_held(plan: Plan, representation: Representation) -> None:
    """Refuse drivers who are held to the limit, where the engine lets everybody drive as fast as desired."""
    if HELD not in representation and np.isfinite(plan.trips.limit_factor).any():
        raise UnreadField(HELD, "drivers who are held to the limit, of which the engine knows nothing",
                          f"one of {', '.join(representation) or '(none)'}", "choose another engine")


def _check_resolution(field: Field, policies: str, before: Plan, after: Plan,
                      represented: Callable[[F8], F8]) -> None:
    cells, values = _of_both(field, before, after)
    _refuse_lost(f"policy {policies}: {field.name}", cells, values, field.unit, represented)


def _check_scheduled(rows: Sequence[LedgerRow], represented: Callable[[F8], F8]) -> None:
    for row in rows:
        values = np.array(row.before, np.float64), np.array(row.after, np.float64)
        _refuse_lost(f"policy {row.policy}: {row.field}", row.cells, values, row.unit, represented)


def _refuse_lost(where: str, cells: tuple[str, ...], values: tuple[F8, F8], unit: str,
                 represented: Callable[[F8], F8]) -> None:
    old, new = values
    lost = np.flatnonzero((old != new) & (represented(old) == represented(new)))
    if len(lost):
        cell = int(lost[0])
        more = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
        raise BelowResolution(
            f"{where} of {cells[cell]!r}{more}",
            f"{old[cell]:.6g} -> {new[cell]:.6g} {unit}, which are the same in the resolution of the engine",
            "a change that the engine can show",
            "make the change larger, or the engine's resolution finer, with its default rule",
        )


def _of_both(field: Field, before: Plan, after: Plan) -> tuple[tuple[str, ...], tuple[F8, F8]]:
    """Cells that both plans have, with their values: a program that was replaced has other phases."""
    names, values = [field.cells(plan) for plan in (before, after)], [field.read(plan) for plan in (before, after)]
    if names[0] == names[1]:
        return names[0], (values[0], values[1])
    known = dict(zip(names[1], values[1].tolist(), strict=True))
    both = [row for row, cell in enumerate(names[0]) if cell in known]
    cells = tuple(names[0][row] for row in both)
    return cells, (values[0][both], np.array([known[cell] for cell in cells], np.float64))


def _check_responses(policies: str, plan: Plan, represented: Callable[[F8], F8]) -> None:
    """Refuse a rule whose change of desired speeds is lost in what the engine stands for, for most who feel it.

    A few are always lost: those whose change is smaller than any step. Changes below :data:`FELT_MS` are left out, or
    else whether a replication is refused would depend on the random draw of one driver.
    """
    rules = plan.behaviour
    for row, name in enumerate(rules.rule_name):
        trip = np.flatnonzero(rules.factor[row] < UNAFFECTED)
        strength = rules.zone_strength[rules.zone_rule == row].max(initial=0.0)
        begin_s = max(float(rules.rule_begin_s[row]), plan.start_s)
        limit = limit_at_ms(plan, rules.rule_link[row:row + 1], np.array([begin_s]))[0]
        old = desired_speed_ms(plan.links, plan.classes, plan.trips, trip, np.full(len(trip), rules.rule_link[row]))
        new = old - strength * np.maximum(old - limit * rules.factor[row, trip], 0.0)
        felt = old - new > FELT_MS
        lost = felt & (represented(old) == represented(new))
        if 2 * lost.sum() > felt.sum():
            raise BelowResolution(
                f"policy {policies}: {name!r}", f"{lost.sum()} of {felt.sum()} drivers who slow down, by up to "
                f"{(old - new)[lost].max():.3g} m/s, drive as fast as before in the engine",
                "a change that the engine can show", "make the engine's resolution finer, with its default rule")
