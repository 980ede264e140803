"""The base of all frozen models."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen model that refuses unknown keys and non-finite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def bounds(model: type[BaseModel], field: str) -> tuple[float, float]:
    """Return the range of a number of a model, infinite where it is open: readers cap and judge by the same range.

    Examples
    --------
    >>> from trafficsim.spec.vehicles import VehicleClass
    >>> bounds(VehicleClass, "headway_s"), bounds(VehicleClass, "acceleration_ms2")
    ((0.6, 4.0), (0.0, 6.0))
    """
    least, most = -math.inf, math.inf
    for limit in model.model_fields[field].metadata:
        least = max((least, *(found for sign in ("ge", "gt") if (found := getattr(limit, sign, None)) is not None)))
        most = min((most, *(found for sign in ("le", "lt") if (found := getattr(limit, sign, None)) is not None)))
    return float(least), float(most)
