"""The part of a plan builder that changes trips, in their phase."""

from __future__ import annotations

from collections.abc import Callable

from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import Plan
from trafficsim.plan.trip_operations import NewRoute, TripOperations
from trafficsim.spec.policy import POLICY_PHASES
from trafficsim.spec.trip_selection import Trips


class DemandBuilder:
    """Lets policies change trips while the demand is made up, and not later: signals are designed for what it leaves.

    Parameters
    ----------
    trips
        The trips of the plan.

    Attributes
    ----------
    phase : the phase whose policies act
    choose : lets the trips of a plan choose their routes under what policies made of the roads
    """

    def __init__(self, trips: TripOperations) -> None:
        self._trips, self._policy, self.phase = trips, "(no policy)", str(POLICY_PHASES[0])
        self.choose: Callable[[Plan], Plan] = lambda plan: plan

    def drop(self, trips: Trips) -> None:
        """Take trips out of the demand."""
        self._of_demand("drop").drop(self._policy, trips)

    def retype(self, trips: Trips, vehicle_class: str) -> None:
        """Let trips be made with another vehicle class, on the route that they have."""
        self._of_demand("retype").retype(self._policy, trips, vehicle_class)

    def add(self, trips: Trips, suffix: str) -> None:
        """Add a trip like each of some, by a traveller of its own; the suffix makes its name."""
        self._of_demand("add").add(self._policy, trips, suffix)

    def reroute(self, trips: Trips, *, route: tuple[str, ...] = (), via: tuple[str, ...] = (),
                avoid: tuple[str, ...] = ()) -> None:
        """Give trips another way between their ends: a route, one by way of links, or one that avoids links."""
        self._of_demand("reroute").reroute(self._policy, trips, NewRoute(tuple(route), tuple(via), tuple(avoid)))

    def _of_demand(self, operation: str) -> TripOperations:
        """Trips, in their phase."""
        if self.phase != POLICY_PHASES[0]:
            raise PolicyError(f"policy {self._policy}: {operation}", f"in phase {self.phase!r}",
                              f"phase {POLICY_PHASES[0]!r}", "give the policy this phase")
        return self._trips
