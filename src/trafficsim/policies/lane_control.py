"""Lane control signals: lanes are closed ahead of the place at which an incident, or works, block them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import floor, inf
from typing import ClassVar

from pydantic import Field

from trafficsim.base.errors import PolicyError
from trafficsim.policies.roadside import one_road
from trafficsim.spec.lane_closing import BlockedPlace, LaneClosing
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.selectors import Links


class LaneControl(Policy):
    """Close lanes with signals on gantries upstream of a blocked place, so that drivers leave them earlier.

    Mechanism: ``detection_s`` after an incident begins (and while works block lanes) the lanes that it blocks show a
    red cross at the last ``gantries`` gantries before it. From there on nobody drives in them until the place is free;
    drivers merge before the first of them, as at the end of a lane.

    Source: none in the evidence base for its effect; gantries about a kilometre apart, and arrows before crosses, are
    common on motorways in Germany, the Netherlands and Britain. Origin: input; what traffic makes of it is emergent.

    Limits: everybody obeys; engines cannot have some drivers pass a closed stretch. No warning and no lower limit goes
    with the signs (``line_control`` shows limits). A link before which the number of lanes changes is the last one that
    is signed. In the queue engine, which has no merging, a link with closed lanes carries what is left over all its
    length: hardly anything changes.

    Parameters
    ----------
    on
        Links of one road with signals over its lanes.
    spacing_m
        From one gantry to the next; the first one stands where the road begins.
    gantries
        Gantries before the place that close lanes.
    detection_s
        From the begin of an incident until its lanes are closed upstream.

    Examples
    --------
    >>> LaneControl(on=Links(group="A5")).spacing_m
    1000.0
    """

    kind: ClassVar[str] = "lane_control"
    phase: ClassVar[PolicyPhase] = "timeline"
    mechanism: ClassVar[str] = (
        "Lanes that an incident or works block are closed from gantries upstream on; drivers leave them before."
    )
    source: ClassVar[str] = "none for the effect: what is signed is given, what traffic makes of it is emergent"
    grade: ClassVar[str] = "D (no published effect was found to hold it against)"
    limits: ClassVar[str] = (
        "Everybody obeys. Nothing but closed lanes is shown. In the queue engine, which has no merging, hardly "
        "anything changes."
    )
    example: ClassVar[str] = '{ kind = "lane_control", on = { group = "A5" }, gantries = 1 }'
    numbers: ClassVar[Mapping[str, str]] = {
        "spacing_m": "modelling assumption: one gantry per kilometre",
        "gantries": "modelling assumption: the last one before the place",
        "detection_s": "modelling assumption: found by the drop of speed and seen by an operator",
    }

    on: Links
    spacing_m: float = Field(default=1000.0, ge=100, le=10_000)
    gantries: int = Field(default=1, ge=1, le=10)
    detection_s: float = Field(default=180.0, ge=0, le=7200)

    def lower(self, builder: Builder) -> None:
        """Close the lanes upstream.

        Raises
        ------
        PolicyError
            If nothing blocks a lane on these links.
        """
        road = one_road(builder, self.on, self.kind)
        places = builder.blocked_places(road)
        if not places:
            raise PolicyError(f"policy {self.kind}: on", "links on which no incident and no works block a lane",
                              "a blocked lane ahead of which to close it",
                              "select other links, or add incidents or works to the scenario")
        for place in places:
            begin_s = place.begin_s + (self.detection_s if place.is_incident else 0.0)
            if begin_s < min(place.end_s, builder.run_s[1]) and place.end_s > builder.run_s[0]:
                for link, from_m, to_m in self._upstream(builder, road, place):
                    builder.close_lanes(LaneClosing(link, place.lanes, begin_s, place.end_s, from_m, to_m,
                                                    place.name if place.is_incident else ""))

    def _upstream(self, builder: Builder, road: tuple[str, ...], place: BlockedPlace,
                  ) -> Iterator[tuple[str, float, float]]:
        """Yield the stretches from the first gantry that closes lanes to the place, the last one first."""
        links = builder.network.links
        length_m = [float(links[link]["length_m"]) for link in road]
        row = road.index(place.link)
        here_m = sum(length_m[:row]) + place.from_m
        first_m = (floor(max(here_m - 1.0, 0.0) / self.spacing_m) - (self.gantries - 1)) * self.spacing_m
        number, to_m = links[place.link]["lanes"], place.from_m
        while row >= 0 and links[road[row]]["lanes"] == number:
            from_m = first_m - sum(length_m[:row])
            if to_m > max(from_m, 0.0):
                yield road[row], max(from_m, 0.0), to_m
            if from_m >= 0.0:
                return
            row, to_m = row - 1, inf
