"""Crossings for pedestrians of a SUMO network, as far as they have a signal of their own."""

from __future__ import annotations

from collections.abc import Iterator

from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.models import make
from trafficsim.io.sumo.net import Net
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.crossing import PedestrianCrossing
from trafficsim.spec.network import Network


def read_crossings(net: Net, network: Network, ledger: Ledger) -> tuple[PedestrianCrossing, ...]:
    """Return the crossings whose signal index is that of no vehicle.

    In SUMO the connection from a walking area to a crossing has the signal index; one for the way back
    (``linkIndex2``) usually shows the same and is left out.
    """
    widths = {one.id: len(one.phases[0].state) for one in network.signals}
    taken = {(one.signal, one.signal_index) for one in network.connections}
    edges = net.root.all("edge")
    crossings = {element.get("id"): element for element in edges if element.get("function") == "crossing"}
    found: dict[str, PedestrianCrossing] = {}
    for element in _entries(net, crossings):
        signal, index = element.get("tl"), element.whole("linkIndex")
        if (signal, index) in taken or index >= widths.get(signal, 0):
            continue
        name = element.get("to")
        length_m = max((lane.number("length") for lane in crossings[name].all("lane")), default=0.0)
        found.setdefault(name, make(PedestrianCrossing, element, id=name, signal=signal, signal_index=index,
                                    length_m=length_m))
        ledger.note("read", "crossing for pedestrians with a signal", element.where)
    return tuple(found.values())


def _entries(net: Net, crossings: dict[str, Element]) -> Iterator[Element]:
    for element in net.root.all("connection"):
        if element.get("to") in crossings and element.get("tl") and element.get("linkIndex"):
            yield element
