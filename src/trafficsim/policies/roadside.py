"""What policies on motorways share: the order of their links, and drivers who follow signs."""

from __future__ import annotations

from trafficsim.base.errors import PolicyError
from trafficsim.plan.roadside_builder import sign_rule_name
from trafficsim.spec.behaviour import Response, ResponseRule, Zone
from trafficsim.spec.policy import Builder
from trafficsim.spec.selectors import Links

TRAIT = "variable_speed_limit"
"""Who follows signs: the same drivers under all policies on variable limits."""


def one_road(builder: Builder, on: Links, kind: str) -> tuple[str, ...]:
    """Return selected links in driving order.

    Raises
    ------
    PolicyError
        If they are not one road from end to end.
    """
    chosen, roads = on.resolve(builder.network), builder.network.links
    begins = {roads[link]["from"]: link for link in chosen}
    ends = {roads[link]["to"] for link in chosen}
    first = [link for link in chosen if roads[link]["from"] not in ends]
    order = first[:1]
    while order and roads[order[-1]]["to"] in begins and len(order) < len(chosen):
        order.append(begins[roads[order[-1]]["to"]])
    if len(first) != 1 or len(order) < len(chosen) or len(begins) < len(chosen):
        left = next((link for link in chosen if link not in order), chosen[0])
        raise PolicyError(f"policy {kind}: on", f"link {left!r} does not lie on one road with the others",
                          "links that follow each other, without a gap, a fork or a circle",
                          "select one road, and use one policy for each")
    return tuple(order)


def put_up(builder: Builder, links: tuple[str, ...], reaction: str, response: Response) -> None:
    """Let drivers respond to a sign on every link while it shows a limit."""
    roads = builder.network.links
    for link in links:
        zone = Zone(link=link, begin_m=0.0, end_m=float(roads[link]["length_m"]), strength=1.0)
        builder.respond(ResponseRule(name=sign_rule_name(reaction, link), link=link, response=response, along=(link,),
                                     zones=(zone,)))
