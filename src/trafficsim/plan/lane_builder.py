"""The part of a plan builder that closes lanes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import F8
from trafficsim.plan.closures import RoadBuilder
from trafficsim.plan.ledger import LedgerRow
from trafficsim.plan.timeline import check_times
from trafficsim.spec.happenings import Works
from trafficsim.spec.lane_closing import BlockedPlace, LaneClosing
from trafficsim.spec.world import World

SHUT = "lane.closed"
"""What the ledger calls closed lanes; cells are ``link/lane``."""
DURATION = "incident.duration_s"


class LaneBuilder(RoadBuilder):
    """The part of a plan builder that closes lanes for a time.

    Attributes
    ----------
    lanes_closed : what was closed, in the order in which policies did it
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._lanes_closed: list[tuple[str, LaneClosing]] = []

    def value(self, field: str, cells: tuple[str, ...]) -> F8:
        """Return the values of a field after the policies of all earlier phases."""
        raise NotImplementedError

    @property
    def lanes_closed(self) -> tuple[LaneClosing, ...]:
        """All lanes that policies close, in the order of links, lanes and times, whoever came first."""
        return tuple(sorted((one for _, one in self._lanes_closed),
                            key=lambda one: (one.link, one.lanes, one.begin_s, one.end_s, one.from_m or 0.0)))

    def close_lanes(self, closing: LaneClosing) -> None:
        """Let nobody drive on lanes of a link between two clock times.

        Who is there when they close drives off.

        Raises
        ------
        PolicyError
            If the link or a lane is unknown, all lanes of the link would be closed as a whole, or the times are none
            of the run.
        """
        where = f"policy {self._policy}: link {closing.link!r}"
        link = self._link(closing.link)
        number = int(self._roads.links.lane_start[link + 1] - self._roads.links.lane_start[link])
        unknown = [lane for lane in closing.lanes if not 0 <= lane < number]
        if unknown or not closing.lanes:
            raise PolicyError(where, f"lane {unknown[0]}" if unknown else "no lanes to close",
                              f"lanes 0 to {number - 1}, from the nearside", "correct the lanes")
        check_times((closing.begin_s, closing.end_s), self._between_s, where)
        self._require_open(closing, number, where)
        self._lanes_closed.append((self._policy, closing))

    def _require_open(self, closing: LaneClosing, number: int, where: str) -> None:
        """Refuse closing the last lane of a link."""
        if not closing.is_whole:
            return
        shut, policies = set(closing.lanes), {self._policy}
        for policy, other in self._lanes_closed:
            if other.link == closing.link and other.is_whole and (
                    other.begin_s < closing.end_s and closing.begin_s < other.end_s):
                shut |= set(other.lanes)
                policies.add(policy)
        if len(shut) == number:
            raise PolicyError(where, f"all {number} lanes closed by {' and '.join(sorted(policies))}",
                              "a lane that stays open", "close fewer lanes, or the link with the policy closure")

    def blocked_places(self, links: Sequence[str]) -> tuple[BlockedPlace, ...]:
        """Return where incidents and works block lanes of some links."""
        found = []
        incidents, name = self._incidents, self._roads.link_id
        for row, lanes in enumerate(incidents.lanes):
            if lanes and name[incidents.link[row]] in links:
                begin_s, from_m = float(incidents.begin_s[row]), float(incidents.position_m[row])
                end_s = begin_s + float(self.value(DURATION, (incidents.name[row],))[0])
                found.append(BlockedPlace(incidents.name[row], name[incidents.link[row]], lanes, from_m,
                                          from_m + float(incidents.length_m[row]), begin_s, end_s, True))
        return (*found, *(place for works in self._works() for place in self._at_works(works, links)))

    def _works(self) -> tuple[Works, ...]:
        world: World | None = self._world
        return () if world is None else world.scenario.works

    def _at_works(self, works: Works, links: Sequence[str]) -> list[BlockedPlace]:
        found = []
        for link in works.on.resolve(self.network) if works.on is not None and works.lanes else ():
            if link in links:
                length_m = float(self._roads.links.length_m[self._link(link)])
                to_m = length_m if works.length_m is None else works.from_m + works.length_m
                begin_s, end_s = (-np.inf if works.begin_s is None else works.begin_s,
                                  np.inf if works.end_s is None else works.end_s)
                found.append(BlockedPlace(works.id, link, tuple(sorted(works.lanes)), works.from_m, to_m, begin_s,
                                          end_s, False))
        return found

    @property
    def closing_rows(self) -> tuple[LedgerRow, ...]:
        """Rows of the ledger, those of closed movements and of emergency response among them."""
        return (*super().closing_rows, *(_row(policy, one) for policy, one in self._lanes_closed))


def _row(policy: str, one: LaneClosing) -> LedgerRow:
    ones = (1.0,) * len(one.lanes)
    return LedgerRow(policy, SHUT, "1", "close", tuple(f"{one.link}/{lane}" for lane in one.lanes), ones,
                     (0.0,) * len(ones), ones, begin_s=one.begin_s if np.isfinite(one.begin_s) else None,
                     end_s=one.end_s if np.isfinite(one.end_s) else None)
