"""A second engine: vehicles drive at free speed and do not see each other. It proves the room for engines."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import Field

from trafficsim.base.codes import COMPLETED, EN_ROUTE, WAITING
from trafficsim.engines.descriptor import Engine
from trafficsim.plan.arrays import Plan
from trafficsim.plan.free_flow import free_flow_time_s, route_length_m
from trafficsim.plan.record import Record, TripRecord
from trafficsim.plan.representation import Representation
from trafficsim.plan.unmeasured import unmeasured
from trafficsim.spec.model import Model


class FreeSettings(Model):
    """The table ``[free]`` of a scenario."""

    slowness: float = Field(default=1.0, ge=1)


class FreeEngine(Engine):
    """Vehicles at free speed, without interaction."""

    name = "free"
    summary = "Every vehicle drives at its desired speed and does not see the others."
    limits = "It knows no queue, no signal and no stop."
    settings = FreeSettings
    measures = frozenset({"trips"})
    represents = frozenset[str]()

    def representation(self, settings: Any) -> Representation:
        """Speeds are kept as they are; nothing else is read."""
        fields = ("link.speed_limit_ms", "link.free_speed_mean_ms", "link.free_speed_cv", "link.factor_speed_ms")
        return dict.fromkeys(fields, np.asarray)

    def run(self, plan: Plan, settings: FreeSettings) -> Record:
        """Let every trip enter when it is due and arrive after its free-flow time."""
        depart_s = plan.trips.depart_s
        taken_s = free_flow_time_s(plan) * settings.slowness
        entered, completed = depart_s <= plan.end_s, depart_s + taken_s <= plan.end_s
        status = np.where(completed, COMPLETED, np.where(entered, EN_ROUTE, WAITING)).astype(np.uint8)
        share = np.clip((plan.end_s - depart_s) / taken_s, 0.0, 1.0)
        none = np.zeros(len(status))
        return Record(
            engine=self.name, end_s=plan.end_s, demanded=len(status), state=status.tobytes(),
            trips=TripRecord(status, np.where(entered, depart_s, -1.0), np.where(completed, depart_s + taken_s, -1.0),
                             route_length_m(plan) * share, none, none.astype(np.int32), none),
            waiting=int((status == WAITING).sum()), en_route=int((status == EN_ROUTE).sum()),
            completed=int(completed.sum()), **unmeasured(plan),
        )
