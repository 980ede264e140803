"""A lower or higher speed limit, signs only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from trafficsim.base.units import kmh_to_ms
from trafficsim.policies.hours import windows_s
from trafficsim.spec.calendar import Hours
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.schema import within
from trafficsim.spec.selectors import Links


class SpeedLimit(Policy):
    """Change the speed limit of links; drivers' free speeds follow by a part of the change.

    Mechanism: ``mean' = mean + mean_response * (limit' - limit)``; the coefficient of variation stays, so one driver
    remains as fast among others as before. Classes whose desired speed is a factor times the limit (imported speed
    factors) respond alike: the speed that their factor multiplies moves by ``mean_response`` times the change.

    Source of ``mean_response``: Wales, default limit 30 to 20 mph on restricted roads (September 2023), weighted mean
    speed 28.7 to 24.9 mph (Transport for Wales, National Monitoring Report, July 2025, as reported by ETSC):
    3.8 / 10 = 0.38. Grade C: national and large, but before-after without control. Origin: input.

    Limits: the number is from a lowered limit on urban roads by signs alone, as a mean of all observed speeds; for
    raised limits, other road classes, or limits with enforcement or rebuilding give your own ``mean_response``. It is
    one response for all drivers: nothing may be claimed about the share far above the limit, about route or mode
    choice, or about crashes (the casualty change seen in Wales is evidence to hold against, not computed here).

    Parameters
    ----------
    on
        Links.
    limit_kmh
        The new limit.
    mean_response
        Change of the mean free speed per change of the limit.
    hours
        Hours in which the limit holds, every day; always, where not given. Drivers take the limit along that held when
        they entered the link.

    Examples
    --------
    >>> SpeedLimit(on=Links(group="centre"), limit_kmh=30).mean_response
    0.38
    """

    kind: ClassVar[str] = "speed_limit"
    phase: ClassVar[PolicyPhase] = "network"
    mechanism: ClassVar[str] = (
        "Free speeds on the links move by a part of the change of the limit; every driver remains as fast among others "
        "as before."
    )
    source: ClassVar[str] = (
        "Wales 20 mph (2023): Transport for Wales, National Monitoring Report, July 2025, as reported by ETSC"
    )
    grade: ClassVar[str] = "C"
    limits: ClassVar[str] = (
        "Uncontrolled before-after, lowered urban limits, signs only; mean of all observed speeds. Not evidence for "
        "raised limits, enforcement, the share far above the limit, route choice or crashes."
    )

    numbers: ClassVar[Mapping[str, str]] = {
        "limit_kmh": "given by the user",
        "hours": "given by the user",
        "mean_response": "input: 28.7 to 24.9 mph for 30 to 20 mph (Wales), 3.8 / 10",
    }

    on: Links
    limit_kmh: float = Field(**within("speed_limit_kmh"))
    mean_response: float = Field(default=0.38, ge=0, le=1)
    hours: tuple[Hours, ...] | None = Field(default=None, min_length=1)

    def lower(self, builder: Builder) -> None:
        """Set the limit, the mean free speed and the reference of speed factors on the chosen links."""
        cells = self.on.resolve(builder.network)
        limit = kmh_to_ms(self.limit_kmh)
        change = self.mean_response * (limit - builder.baseline("link.speed_limit_ms", cells))
        values = {"link.speed_limit_ms": np.full(len(cells), limit)}
        for field in ("link.free_speed_mean_ms", "link.factor_speed_ms"):
            values[field] = builder.baseline(field, cells) + change
        if self.hours is None:
            for field, value in values.items():
                builder.set(field, cells, value)
            return
        for begin_s, end_s in windows_s(self.hours, builder.run_s, self.kind):
            for field, value in values.items():
                builder.schedule(field, cells, value, begin_s, end_s)
