"""Check that an engine represents what the policies changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from trafficsim.base.errors import BelowResolution, UnreadField
from trafficsim.plan.arrays import F8, UNAFFECTED, Plan
from trafficsim.plan.builder import RESPONSE, LedgerRow
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.fields import FIELDS, Field

Representation = Mapping[str, Callable[[F8], F8]]


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
    for field in dict.fromkeys(row.field for row in ledger):
        policies = " and ".join(dict.fromkeys(row.policy for row in ledger if row.field == field))
        if field not in representation:
            raise UnreadField(f"policy {policies}: {field}", "a field that the engine does not read",
                              f"one of {', '.join(representation) or '(none)'}", "choose another engine or policy")
        if field in FIELDS:
            _check_resolution(FIELDS[field], policies, before, after, representation[field])
        elif field == RESPONSE:
            _check_responses(policies, after, representation[field])


def _check_resolution(field: Field, policies: str, before: Plan, after: Plan,
                      represented: Callable[[F8], F8]) -> None:
    old, new = field.read(before), field.read(after)
    lost = np.flatnonzero((old != new) & (represented(old) == represented(new)))
    if len(lost):
        cell = int(lost[0])
        more = f" (and {len(lost) - 1} more)" if len(lost) > 1 else ""
        raise BelowResolution(
            f"policy {policies}: {field.name} of {field.cells(before)[cell]!r}{more}",
            f"{old[cell]:.6g} -> {new[cell]:.6g} {field.unit}, which the engine represents alike",
            "a change that the engine can show", "make the change larger, or the engine's cells or ticks finer",
        )


def _check_responses(policies: str, plan: Plan, represented: Callable[[F8], F8]) -> None:
    """Refuse a rule that changes the desired speed of drivers, but of none in what the engine stands for."""
    rules = plan.behaviour
    for row, name in enumerate(rules.rule_name):
        trip = np.flatnonzero(rules.factor[row] < UNAFFECTED)
        strength = rules.zone_strength[rules.zone_rule == row].max(initial=0.0)
        limit = plan.links.speed_limit_ms[rules.rule_link[row]]
        old = desired_speed_ms(plan.links, plan.classes, plan.trips, trip, np.full(len(trip), rules.rule_link[row]))
        new = old - strength * np.maximum(old - limit * rules.factor[row, trip], 0.0)
        if (old != new).any() and (represented(old) == represented(new)).all():
            raise BelowResolution(
                f"policy {policies}: {name!r}", f"at most {(old - new).max():.3g} m/s less, which the engine shows "
                "alike", "a change that the engine can show", "make the engine's cells or ticks finer")
