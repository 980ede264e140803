"""Operations on the cells of a field: set, scale, cap and floor, in this order, whatever the order of the policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import F8
from trafficsim.plan.fields import Field

OPERATIONS = ("set", "scale", "cap", "floor")
"""Order in which operations act on a cell, whatever the order of the policies."""


@dataclass(frozen=True)
class Operation:
    """What one policy does to some cells of a field; ``rows`` are their places among its cells."""

    policy: str
    field: Field
    kind: str
    cells: tuple[str, ...]
    rows: NDArray[np.int64]
    operand: F8


def applied(before: F8, operations: Sequence[Operation]) -> F8:
    """Return the values after all operations on them.

    Raises
    ------
    PolicyError
        If two policies set one cell.
    """
    values = before.copy()
    _set(values, [operation for operation in operations if operation.kind == "set"])
    values *= _factors(len(values), [operation for operation in operations if operation.kind == "scale"])
    for kind, bound in (("cap", np.minimum), ("floor", np.maximum)):
        for operation in operations:
            if operation.kind == kind:
                values[operation.rows] = bound(values[operation.rows], operation.operand)
    return values


def _set(values: F8, operations: Sequence[Operation]) -> None:
    setter: dict[int, str] = {}
    for operation in operations:
        for row, cell in zip(operation.rows.tolist(), operation.cells, strict=True):
            if setter.setdefault(row, operation.policy) != operation.policy:
                raise PolicyError(
                    f"policies {setter[row]} and {operation.policy}: {operation.field.name} of {cell!r}",
                    "both set this value", "one policy that sets it",
                    "let them set different values, or drop one of them",
                )
        values[operation.rows] = operation.operand


def _factors(cells: int, operations: Sequence[Operation]) -> F8:
    factors = np.ones((len(operations), cells))
    for row, operation in enumerate(operations):
        factors[row, operation.rows] = operation.operand
    product = np.ones(cells)
    for factor in np.sort(factors, axis=0):
        product *= factor
    return product


def check_range(field: Field, values: F8, operations: Sequence[Operation]) -> None:
    """Refuse values beyond the range of their field.

    Raises
    ------
    PolicyError
        Naming the policy, the cell and the range.
    """
    for operation in operations:
        fine = field.allows(values[operation.rows])
        if not fine.all():
            worst = int(np.argmin(fine))
            raise PolicyError(f"policy {operation.policy}: {field.name} of {operation.cells[worst]!r}",
                              f"{values[operation.rows][worst]:g} {field.unit}", f"a finite value {field.range}",
                              "change the policy's values")


def spread(operation: Operation, cells: int) -> F8:
    """Return the operands at the places of their cells, 1 elsewhere."""
    values = np.ones(cells)
    values[operation.rows] = operation.operand
    return values
