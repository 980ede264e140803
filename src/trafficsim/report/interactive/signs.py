"""What a driver sees at the end of a link: a signal, a sign, or nothing."""

from __future__ import annotations

from trafficsim.spec.network import Connection, Network

SIGNS = ("none", "signal", "stop", "all_way_stop", "give_way", "roundabout", "right_before_left")
"""In the order in which the map numbers them."""


def signs(network: Network) -> dict[str, str]:
    """Return the right of way at the end of every link from which a connection leads on.

    A link has a signal or a stop sign when one of its connections has; it gives way when all of its connections but
    U-turns do. At roundabouts those who enter give way.

    Examples
    --------
    >>> from trafficsim.design.synthetic import junction
    >>> sorted(set(signs(junction(control="all_way_stop")).values()))
    ['all_way_stop']
    """
    leaving: dict[str, list[Connection]] = {}
    for movement in network.connections:
        leaving.setdefault(movement.from_link, []).append(movement)
    control = {str(one["id"]): str(network.graph.nodes[head].get("control", ""))
               for _, head, one in network.graph.edges(data=True)}
    return {link: _sign(movements, control.get(link, "")) for link, movements in leaving.items()}


def _sign(movements: list[Connection], control: str) -> str:
    if any(movement.signal is not None for movement in movements):
        return "signal"
    if any(movement.first_come for movement in movements):
        return "all_way_stop"
    if any(movement.must_stop for movement in movements):
        return "stop"
    onward = [movement for movement in movements if movement.turn != "u_turn"] or movements
    if control == "right_before_left":
        return "right_before_left" if any(movement.yields_to for movement in onward) else "none"
    if not all(movement.yields_to for movement in onward):
        return "none"
    return "roundabout" if control == "roundabout" else "give_way"
