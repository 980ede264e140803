"""Lower vehicle classes, and the mixes of them that trips and flows may name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from trafficsim.base.errors import DemandError, InputError
from trafficsim.base.units import kmh_to_ms
from trafficsim.plan.arrays import F8, I4, ClassArrays
from trafficsim.plan.routes import IGNORING
from trafficsim.spec.vehicles import KINDS, VehicleClass


def lower_classes(vehicle_classes: Iterable[VehicleClass]) -> ClassArrays:
    """Lower vehicle classes; of two with one name the later one counts (a scenario's own replaces the default).

    Raises
    ------
    InputError
        If a class has a spread of the speed factor without its mean.

    Examples
    --------
    >>> lower_classes([VehicleClass(name="car"), VehicleClass(name="car", length_m=5.0)]).length_m.tolist()
    [5.0]
    """
    rows = list({row.name: row for row in vehicle_classes}.values())
    for row in rows:
        if row.speed_factor_sd is not None and row.speed_factor_mean is None:
            raise InputError(f"vehicle class {row.name!r}: speed_factor_sd", f"{row.speed_factor_sd} without a mean",
                             "speed_factor_mean beside it", "add speed_factor_mean or remove speed_factor_sd")
    return ClassArrays(
        name=tuple(row.name for row in rows),
        kind=np.array([KINDS.index(row.kind) for row in rows], np.int32),
        length_m=_floats(row.length_m for row in rows),
        min_gap_m=_floats(row.min_gap_m for row in rows),
        max_speed_ms=_floats(kmh_to_ms(row.max_speed_kmh) for row in rows),
        acceleration_ms2=_floats(row.acceleration_ms2 for row in rows),
        acceleration_fade_per_s=_floats(row.acceleration_fade_per_s for row in rows),
        headway_s=_floats(row.headway_s for row in rows),
        deceleration_ms2=_floats(row.deceleration_ms2 for row in rows),
        speed_factor_mean=_floats(row.speed_factor_mean or 0.0 for row in rows),
        speed_factor_sd=_floats(row.speed_factor_sd or 0.0 for row in rows),
        ignores_permissions=np.array([row.ignores_permissions for row in rows], np.bool_),
        dawdling_ms=_floats(row.dawdling_ms for row in rows),
    )


def class_permissions(classes: ClassArrays) -> I4:
    """Permission of each class: its kind, or :data:`~trafficsim.plan.routes.IGNORING`."""
    return np.where(classes.ignores_permissions, IGNORING, classes.kind).astype(np.int32)


class Mixes:
    """Distributions over vehicle classes, each made once.

    Parameters
    ----------
    classes
        The lowered classes.
    named
        Mixes of the demand: share by class name. A mix hides a class of the same name.
    """

    def __init__(self, classes: ClassArrays, named: Mapping[str, Mapping[str, float]]) -> None:
        self._class_index = {name: index for index, name in enumerate(classes.name)}
        self._named = named
        self._row: dict[tuple[float, ...], int] = {}
        self._row_of: dict[tuple[tuple[str, float], ...], int] = {}
        for mix, shares in named.items():
            self._class_shares(shares, f"demand.mixes.{mix}")

    def row(self, shares: Mapping[str, float], where: str) -> int:
        """Return the row of a distribution over classes and mixes (share by name), adding it when it is new."""
        key = tuple(shares.items())
        if key not in self._row_of:
            self._row_of[key] = self._new_row(shares, where)
        return self._row_of[key]

    def _new_row(self, shares: Mapping[str, float], where: str) -> int:
        total = np.zeros(len(self._class_index))
        for name, share in shares.items():
            if name in self._named:
                total += share * self._class_shares(self._named[name], f"demand.mixes.{name}")
            else:
                total[self._index(name, where)] += share
        total /= total.sum()
        return self._row.setdefault(tuple(total.tolist()), len(self._row))

    @property
    def shares(self) -> F8:
        """Shares by mix row and class."""
        return np.array(list(self._row), np.float64).reshape(-1, len(self._class_index))

    def _class_shares(self, shares: Mapping[str, float], where: str) -> F8:
        total = np.zeros(len(self._class_index))
        for name, share in shares.items():
            total[self._index(name, where)] += share
        if not shares or min(shares.values()) < 0 or not 0 < total.sum() < np.inf:
            raise DemandError(where, repr(dict(shares)), "shares >= 0 that are not all 0", "correct the shares")
        return np.asarray(total / total.sum(), np.float64)

    def _index(self, name: str, where: str) -> int:
        if name not in self._class_index:
            known: Sequence[str] = [*self._class_index, *self._named]
            close = difflib.get_close_matches(name, known, n=1)
            raise DemandError(where, f"unknown vehicle class {name!r}", f"one of {', '.join(known[:8])}",
                              f"did you mean {close[0]!r}?" if close else "define the class")
        return self._class_index[name]


def permissions_of(shares: F8, permission: I4) -> list[tuple[int, ...]]:
    """Return the permissions that the vehicles of each request may have, from their shares by class.

    Examples
    --------
    >>> permissions_of(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0, 3], np.int32))
    [(0, 3), (3,)]
    """
    present, kind = np.unique(shares > 0.0, axis=0, return_inverse=True)
    of = [tuple(np.unique(permission[row]).tolist()) for row in present]
    return [of[row] for row in kind.ravel().tolist()]


def cumulative_shares(shares: F8) -> F8:
    """Cumulative shares per row, exactly 1 from the last class that has a share."""
    cumulative = np.cumsum(shares, axis=1)
    later = np.cumsum(shares[:, ::-1], axis=1)[:, ::-1]
    rest = np.concatenate([later[:, 1:], np.zeros((len(shares), 1))], axis=1)
    return np.where(rest > 0.0, cumulative, 1.0)


def _floats(values: Iterable[float]) -> F8:
    return np.array(list(values), np.float64)
