"""Distances along a network by trying every way, as a reference model of the halos of enforcement."""

from __future__ import annotations

from trafficsim.spec.network import Network


def distance_m(network: Network, start: tuple[str, float], end: tuple[str, float]) -> float:
    """Shortest way (m) from one position to another in driving direction, without a U-turn; infinite without any."""
    (link, position_m), (last, last_m) = start, end
    length = {name: float(row["length_m"]) for name, row in network.links.items()}
    if link == last and position_m <= last_m:
        return last_m - position_m
    # shortest way from the position to the start of each link, relaxed until nothing changes
    reach = dict.fromkeys(length, float("inf"))
    changed = True
    while changed:
        changed = False
        for one in network.connections:
            if one.turn != "u_turn":
                from_start = length[link] - position_m if one.from_link == link else float("inf")
                distance = min(from_start, reach[one.from_link] + length[one.from_link]) + one.length_m
                if distance < reach[one.to_link]:
                    reach[one.to_link], changed = distance, True
    return reach[last] + last_m
