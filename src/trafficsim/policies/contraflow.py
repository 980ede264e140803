"""Contraflow: lanes that one direction gives to the other for a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.base.errors import PolicyError
from trafficsim.policies.lane_hours import close_outside, open_windows, run_of
from trafficsim.spec.added_lanes import AddedLanes
from trafficsim.spec.calendar import Hours
from trafficsim.spec.lane_closing import LaneClosing
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.selectors import Links
from trafficsim.spec.world import World


class Contraflow(Policy):
    """Give lanes of the opposite direction to some links at some hours: reversible lanes, tidal flow, evacuation.

    Mechanism: the opposite links lose their lanes nearest to the middle ``clearance_s`` before the hours begin, and
    get them back as long after they end. Within the hours the links have as many lanes more at the offside. These
    join the lanes before and beyond where there is one to join, and else begin and end on the links.

    Source: none; places and times are given. Origin: input; what traffic makes of them is emergent.

    Limits: the first 50 m of the opposite link are the taper in which drivers leave a lane that closes, and who is
    stopped on the lane when the clearance time is over is still there. No time is lost for setting up cones, no lower
    limit, no crash effect; signals keep their plan.

    Parameters
    ----------
    on
        Links that get lanes.
    lanes
        Number of lanes.
    hours
        Hours in which they have them, every day.
    clearance_s
        Time in which the lanes are closed to both directions, before and after.
    opposite
        By link, the link that gives lanes; those that are not named here are given lanes by the link between the same
        nodes in the other direction.

    Examples
    --------
    >>> Contraflow(on=Links(ids=("out",)), hours=(Hours(begin_h=15, end_h=19),)).clearance_s
    300.0
    """

    kind: ClassVar[str] = "contraflow"
    phase: ClassVar[PolicyPhase] = "timeline"
    mechanism: ClassVar[str] = (
        "Lanes of the opposite link are closed, emptied and then open for the other direction, until they are emptied "
        "again and given back."
    )
    source: ClassVar[str] = "none: places and times are given by the user"
    grade: ClassVar[str] = "D (what is simulated is given, not predicted)"
    limits: ClassVar[str] = (
        "The first 50 m of the opposite link are the taper. Who is stopped there when the clearance time is over is "
        "still there. No crash effect."
    )
    example: ClassVar[str] = (
        '{ kind = "contraflow", on = { ids = ["out"] }, hours = [{ begin_h = 15, end_h = 19 }] }'
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "lanes": "given by the user; 1: one lane", "hours": "given by the user",
        "clearance_s": "modelling assumption: five minutes",
        "opposite": "given by the user",
    }

    on: Links
    hours: tuple[Hours, ...] = Field(min_length=1)
    lanes: int = Field(default=1, ge=1, le=6)
    clearance_s: float = Field(default=300.0, ge=0, le=7200)
    opposite: dict[str, str] = Field(default_factory=dict)

    def lanes_added(self, world: World) -> tuple[AddedLanes, ...]:
        """Return the lanes that links get at the offside.

        Raises
        ------
        PolicyError
            If a link has no opposite one, or that would lose all its lanes, or would not be empty in time.
        """
        windows = open_windows(self.hours, run_of(world), self.kind)
        pairs = self._pairs(world.network)
        for link, other in pairs.items():
            self._check_lanes(link, other, pairs, world.network)
        return tuple(AddedLanes(self.kind, link, self.lanes, "offside", windows) for link in pairs)

    def lower(self, builder: Builder) -> None:
        """Close the lanes of the opposite links, and those of the links outside the hours."""
        windows = open_windows(self.hours, builder.run_s, self.kind)
        pairs = self._pairs(builder.network)
        close_outside(builder, (AddedLanes(self.kind, link, self.lanes, "offside", windows) for link in pairs))
        for other in pairs.values():
            number = int(builder.network.links[other]["lanes"])
            given = tuple(range(number - self.lanes, number))
            for begin_s, end_s in windows:
                builder.close_lanes(LaneClosing(other, given, begin_s - self.clearance_s, end_s + self.clearance_s))

    def _pairs(self, network: Network) -> dict[str, str]:
        """By link that gets lanes, the one that gives them."""
        links, pairs = network.links, {}
        for link in self.on.resolve(network):
            ends = links[link]["from"], links[link]["to"]
            back = [name for name, one in links.items() if (one["to"], one["from"]) == ends and name != link]
            other = self.opposite.get(link)
            if other is None and len(back) == 1:
                other = back[0]
            if other is None or other not in links or other == link:
                found = f"{other!r} as its opposite, which is no other link" if other is not None else (
                    "no link in the opposite direction" if not back else f"{len(back)} links in the opposite direction")
                raise PolicyError(f"policy {self.kind}: link {link!r}", found, "one link that gives lanes",
                                  f'name it with opposite = {{ "{link}" = "..." }}, or select other links')
            pairs[link] = other
        return pairs

    def _check_lanes(self, link: str, other: str, pairs: Mapping[str, str], network: Network) -> None:
        links = network.links
        where = f"policy {self.kind}: link {link!r}"
        if other in pairs or list(pairs.values()).count(other) > 1:
            found = f"{other!r} gives lanes and gets some" if other in pairs else f"{other!r} gives lanes twice"
            raise PolicyError(where, found, "links that give lanes to one other",
                              "select the links of one direction only")
        if int(links[other]["lanes"]) <= self.lanes:
            raise PolicyError(where, f"all {links[other]['lanes']} lanes of {other!r} closed",
                              "a lane that stays open for the opposite direction",
                              "give fewer lanes, or close the opposite link with the policy closure")
        least_s = float(links[other]["length_m"]) / float(links[other]["speed_limit_kmh"]) * 3.6
        if self.clearance_s < least_s:
            raise PolicyError(f"policy {self.kind}: clearance_s", f"{self.clearance_s:g} s, in which nobody drives the "
                              f"{links[other]['length_m']:g} m of link {other!r}", f"{least_s:.0f} s or more",
                              "give more time, or select shorter links")
