"""The part of a plan builder that puts up what reacts to traffic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from trafficsim.base.errors import PolicyError
from trafficsim.base.units import kmh_to_ms
from trafficsim.plan.lane_builder import LaneBuilder
from trafficsim.plan.ledger import LedgerRow
from trafficsim.plan.roadside_arrays import METER, SIGN, RoadsideArrays, no_roadside
from trafficsim.spec.behaviour import ResponseRule
from trafficsim.spec.roadside import HarmonisingSigns, MovingJamSigns, RampMeter, Reaction

LIMIT, RATE = "roadside.limit", "roadside.rate"
"""What the ledger calls limits that react, and rates of meters; cells are links, values the extremes."""


class _Device(NamedTuple):
    kind: int
    link: str


def sign_rule_name(reaction: str, link: str) -> str:
    """Name of the rule by which drivers respond to a sign.

    Examples
    --------
    >>> sign_rule_name("A8 east", "east3")
    'sign of A8 east on east3'
    """
    return f"sign of {reaction} on {link}"


class RoadsideBuilder(LaneBuilder):
    """The part of a plan builder that puts up signs and meters."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._reactions: list[tuple[str, Reaction]] = []
        self._reaction_rows: list[LedgerRow] = []

    def react(self, reaction: Reaction) -> None:
        """Let signs or a meter react to traffic.

        Raises
        ------
        PolicyError
            If a link is unknown, the name is taken, or another policy's device of the kind stands on a link.
        """
        for link in _named_links(reaction):
            self._link(link)
        if reaction.name in {other.name for _, other in self._reactions}:
            raise PolicyError(f"policy {self._policy}: {reaction.name!r}", "a second reaction of this name",
                              "names that differ", "give it another name")
        taken = {device: policy for policy, other in self._reactions for device in devices_of(other)}
        for device in devices_of(reaction):
            if device in taken:
                first, second = sorted((taken[device], self._policy))
                what = "a meter" if device.kind == METER else "signs that react"
                raise PolicyError(f"policies {first} and {second}: link {device.link!r}", f"both put {what} there",
                                  "one of them", "let them act on different links, or drop one of them")
        self._reactions.append((self._policy, reaction))
        self._reaction_rows.append(self._reaction_row(reaction))

    def _reaction_row(self, reaction: Reaction) -> LedgerRow:
        cells = tuple(device.link for device in devices_of(reaction))
        if isinstance(reaction, RampMeter):
            return LedgerRow(self._policy, RATE, "veh/h", "react", cells, (reaction.least_veh_h,), (np.nan,),
                             (reaction.least_veh_h,))
        lowest = (float(kmh_to_ms(lowest_kmh(reaction))),) * len(cells)
        before = tuple(float(self._roads.links.speed_limit_ms[self._link(link)]) for link in cells)
        return LedgerRow(self._policy, LIMIT, "m/s", "react", cells, lowest, before, lowest)

    @property
    def reaction_rows(self) -> tuple[LedgerRow, ...]:
        """Rows of the ledger: the lowest value that each device may show."""
        return tuple(self._reaction_rows)

    def roadside(self, rules: Sequence[ResponseRule]) -> RoadsideArrays:
        """Return the roadside of the plan, in the order of names; ``rules`` in that of the plan."""
        reactions = tuple(sorted((one for _, one in self._reactions), key=lambda one: one.name))
        if not reactions:
            return no_roadside()
        row = {rule.name: number for number, rule in enumerate(rules)}
        devices = [(number, device) for number, one in enumerate(reactions) for device in devices_of(one)]
        rule = [row.get(sign_rule_name(reactions[number].name, device.link), -1) for number, device in devices]
        return no_roadside()._replace(
            reactions=reactions, kind=np.array([device.kind for _, device in devices], np.int32),
            link=np.array([self._link(device.link) for _, device in devices], np.int32),
            reaction=np.array([number for number, _ in devices], np.int32), rule=np.array(rule, np.int32))


def devices_of(reaction: Reaction) -> tuple[_Device, ...]:
    """Return the devices of a reaction, in the order in which it decides about them.

    Examples
    --------
    >>> meter = RampMeter(name="m", ramp="on", measured="main", every_s=40, occupancy_percent=20, gain_veh_h=70,
    ...                   least_veh_h=240, most_veh_h=900, effective_length_m=6.5, queue_share=0.8)
    >>> [device.link for device in devices_of(meter)]
    ['on']
    """
    if isinstance(reaction, RampMeter):
        return (_Device(METER, reaction.ramp),)
    return tuple(_Device(SIGN, link) for link in reaction.links)


def lowest_kmh(reaction: HarmonisingSigns | MovingJamSigns) -> float:
    """Lowest limit that signs may show."""
    if isinstance(reaction, MovingJamSigns):
        return reaction.limit_kmh
    return min(step.limit_kmh for step in reaction.steps)


def _named_links(reaction: Reaction) -> tuple[str, ...]:
    return (reaction.ramp, reaction.measured) if isinstance(reaction, RampMeter) else reaction.links
