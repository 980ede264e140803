"""Selection of trips: by flow, name, vehicle class, hour of departure, way, group of people, and a share of those."""

from __future__ import annotations

from pydantic import Field

from trafficsim.spec.calendar import Hours
from trafficsim.spec.model import Model
from trafficsim.spec.selectors import Links


class Trips(Model):
    """A selection of trips; all given conditions must be met, and of those who meet them a share is taken.

    Parameters
    ----------
    flows
        Ids of flows.
    ids
        Names of single trips; vehicle ``n`` of a flow is ``"(flow id)#n"``.
    vehicle_classes
        Names of vehicle classes.
    hours
        Hours of departure; any of them.
    origin, destination
        Links one of which is the first, or the last, of the route.
    through
        Links of which the route has at least one.
    between
        Links of which the route has at least one other than its first and last: through traffic, without access.
    groups
        Groups of people of the scenario's population.
    share
        Share of those who meet all conditions. Who is taken at 10 % is taken at 20 % too, in every alternative.
    mark
        Name of the draw behind the share: selections of one mark take the same travellers first. The kind of the policy
        where not given.

    Examples
    --------
    >>> Trips(vehicle_classes=("truck",), hours=(Hours(begin_h=22, end_h=6),)).share
    1.0
    """

    flows: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    vehicle_classes: tuple[str, ...] | None = None
    hours: tuple[Hours, ...] | None = None
    origin: Links | None = None
    destination: Links | None = None
    through: Links | None = None
    between: Links | None = None
    groups: tuple[str, ...] | None = None
    share: float = Field(default=1.0, ge=0, le=1)
    mark: str | None = Field(default=None, min_length=1)
