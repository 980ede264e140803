"""Hard-shoulder running: the shoulder of a motorway is a lane at some hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from trafficsim.base.errors import PolicyError
from trafficsim.base.units import kmh_to_ms
from trafficsim.policies.lane_hours import close_outside, open_windows, run_of
from trafficsim.spec.added_lanes import AddedLanes
from trafficsim.spec.calendar import Hours
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.schema import within
from trafficsim.spec.selectors import Links
from trafficsim.spec.world import World

SPEEDS = ("link.speed_limit_ms", "link.free_speed_mean_ms", "link.factor_speed_ms")


class HardShoulderRunning(Policy):
    """Open the hard shoulder of motorway links to traffic at some hours, with a lower limit while it is open.

    Mechanism: the links have a lane more at the nearside, like the one beside it. Outside the hours nobody chooses it,
    and who is on it leaves it. A ramp or a lane that gives way onto the lane beside it leads onto the shoulder, and it
    leads into an exit; elsewhere it begins and ends on the links, and drivers change lanes. While it is open free
    speeds fall with the limit in proportion, and an incident on the shoulder blocks a lane: there is no refuge.

    Source: none in the evidence base for its effect; that a limit holds and the shoulder is cleared of obstacles
    before it opens is German and British practice. Origin: where, when and how fast are input, capacity is emergent.

    Limits: by the clock, not by detected traffic. The number of incidents stays. The shoulder has the width, and the
    capacity, of other lanes. In the queue engine a shoulder that leads nowhere carries nobody.

    Parameters
    ----------
    on
        Motorway links whose shoulder is opened.
    hours
        Hours in which it is open, every day.
    limit_kmh
        Limit while it is open; lower limits of the links stay.

    Examples
    --------
    >>> HardShoulderRunning(on=Links(group="A5"), hours=(Hours(begin_h=6, end_h=10),)).limit_kmh
    100.0
    """

    kind: ClassVar[str] = "hard_shoulder_running"
    phase: ClassVar[PolicyPhase] = "timeline"
    mechanism: ClassVar[str] = (
        "Links have one lane more at the nearside, open at some hours under a lower limit; an incident on the shoulder "
        "then blocks a lane."
    )
    source: ClassVar[str] = "none for the effect: places and times are given by the user, capacity is emergent"
    grade: ClassVar[str] = "D (no published effect was found to hold it against)"
    limits: ClassVar[str] = (
        "By the clock only. The number of incidents stays, and the shoulder carries as much as another lane."
    )
    example: ClassVar[str] = (
        '{ kind = "hard_shoulder_running", on = { group = "A5" }, hours = [{ begin_h = 6, end_h = 10 }] }'
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "hours": "given by the user", "limit_kmh": "modelling assumption in the manner of German practice",
    }

    on: Links
    hours: tuple[Hours, ...] = Field(min_length=1)
    limit_kmh: float = Field(default=100.0, **within("speed_limit_kmh"))

    def lanes_added(self, world: World) -> tuple[AddedLanes, ...]:
        """Return a lane at the nearside of every link.

        Raises
        ------
        PolicyError
            If a link is no motorway.
        """
        windows = open_windows(self.hours, run_of(world), self.kind)
        chosen, links = self.on.resolve(world.network), world.network.links
        for link in chosen:
            if links[link]["road_class"] != "motorway":
                raise PolicyError(f"policy {self.kind}: link {link!r}", f"class {links[link]['road_class']!r}, which "
                                  "has no hard shoulder", "links of class 'motorway'",
                                  "select other links, or correct their road_class")
        return tuple(AddedLanes(self.kind, link, 1, "nearside", windows) for link in chosen)

    def lower(self, builder: Builder) -> None:
        """Close the shoulder outside the hours, and lower limits within them."""
        windows = open_windows(self.hours, builder.run_s, self.kind)
        links = self.on.resolve(builder.network)
        close_outside(builder, (AddedLanes(self.kind, link, 1, "nearside", windows) for link in links))
        limits = builder.value(SPEEDS[0], links)
        slower = np.minimum(kmh_to_ms(self.limit_kmh) / limits, 1.0)
        fast = tuple(link for link, share in zip(links, slower.tolist(), strict=True) if share < 1.0)
        for begin_s, end_s in windows if fast else ():
            for field in SPEEDS:
                values = builder.value(field, fast) * slower[slower < 1.0]
                builder.schedule(field, fast, values, begin_s, end_s)
