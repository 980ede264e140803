"""Signal programs of a fixes file: stages by the names of links become phases of letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from trafficsim.design.inference.fix_report import FixReport, close_names
from trafficsim.design.inference.greens import resolve_phases
from trafficsim.spec.fixes import Fixes, SignalFix
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signals import Phase, SignalProgram


@dataclass(frozen=True)
class Controlled:
    """Movements of a controller: the letters that each connection has, and names of links by way."""

    signal: str
    connections: tuple[Connection, ...]
    ways: Mapping[str, str]

    @property
    def width(self) -> int:
        """How many letters a phase has."""
        return 1 + max(one.signal_index or 0 for one in self.connections)

    def lit(self, green: Iterable[str | int | tuple[str | int, str | int]]) -> set[int]:
        """Return the signal indices that entries of a stage name."""
        found: set[int] = set()
        for entry in green:
            start, end = entry if isinstance(entry, tuple) else (entry, None)
            found |= {one.signal_index or 0 for one in self.connections
                      if self._is(one.from_link, start) and (end is None or self._is(one.to_link, end))}
        return found

    def _is(self, link: str, name: str | int) -> bool:
        return link == name if isinstance(name, str) else str(name) in self.ways.get(link, "").split(";")


class Controllers:
    """Movements of every controller, and the controllers at every node, looked up once for all entries."""

    def __init__(self, network: Network) -> None:
        self.known = {*map(str, network.graph), *(one.id for one in network.signals)}
        self.of_signal: dict[str, list[Connection]] = {}
        self.at_node: dict[str, set[str]] = {}
        self.nodes: dict[str, set[str]] = {}
        for node, row in network.graph.nodes(data=True):
            for name in (str(node), *str(row.get("osm_nodes") or "").split(";")):
                self.nodes.setdefault(name, set()).add(str(node))
        links = network.links
        self.ways = {link: str(row.get("osm_way") or "").replace("-", "") for link, row in links.items()}
        for one in network.connections:
            if one.signal is not None:
                self.of_signal.setdefault(one.signal, []).append(one)
                self.at_node.setdefault(str(links[one.from_link]["to"]), set()).add(one.signal)

    def named(self, name: str, place: str, report: FixReport) -> Controlled | None:
        """Return the movements of the controller with a name, or of the one at a node with this name."""
        nodes = self.nodes.get(name, set())
        if name not in self.of_signal and not nodes:
            report.not_found(place, f"junction or signal {name!r}", close_names(name, self.known))
            return None
        signals = {name} if name in self.of_signal else {one for node in nodes for one in self.at_node.get(node, ())}
        if len(signals) != 1:
            report.impossible(place, f"{len(signals)} controllers at junction {name!r}", "name one that is there")
            return None
        signal = next(iter(signals))
        return Controlled(signal, tuple(self.of_signal[signal]), self.ways)


def with_programs(network: Network, fixes: Fixes, report: FixReport) -> Network:
    """Return the network with the signal programs of fixes; what does not fit is reported."""
    if not fixes.signal:
        return network
    controllers = Controllers(network)
    programs = {one.id: one for one in network.signals}
    set_by: dict[str, str] = {}
    for index, entry in enumerate(fixes.signal):
        place = f"signal[{index}]"
        found = controllers.named(str(entry.junction), place, report)
        phases = () if found is None else _phases(network, found, entry, place, report)
        if found is None or not phases:
            continue
        if found.signal in set_by:
            report.contradicted(place, set_by[found.signal], f"programs of signal {found.signal!r}")
        set_by[found.signal] = place
        programs[found.signal] = SignalProgram(
            id=found.signal, phases=phases, offset_s=entry.offset_s, origin=report.origin(place))
        report.count(place)
    return replace(network, signals=tuple(programs.values()))


def _phases(
    network: Network, found: Controlled, entry: SignalFix, place: str, report: FixReport
) -> tuple[Phase, ...]:
    if not entry.stages:
        width = len(entry.phases[0].state)
        uneven = any(len(phase.state) != width for phase in entry.phases)
        if uneven or width < found.width:
            report.impossible(place, f"{width} letters for {found.width} signal indices of {found.signal!r}",
                              "write one letter per signal index, or stages by the names of links")
            return ()
        return entry.phases
    greens = [found.lit(stage.green) for stage in entry.stages]
    for number, (stage, green) in enumerate(zip(entry.stages, greens, strict=True)):
        unknown = [one for one in stage.green if not found.lit((one,))]
        if unknown or not green:
            report.not_found(f"{place}.stages[{number}]", f"movements of {unknown[0]!r} at signal {found.signal!r}",
                             close_names(str(unknown[0]), {one.from_link for one in found.connections}))
            return ()
    dark = {one.signal_index or 0 for one in found.connections} - set().union(*greens)
    if dark:
        one = next(one for one in found.connections if one.signal_index in dark)
        report.impossible(place, f"no stage gives green from {one.from_link!r} to {one.to_link!r}",
                          "add it to a stage, or ban the turn")
        return ()
    return resolve_phases(network, found.signal, phases_of(entry, greens, found.width)).phases


def phases_of(entry: SignalFix, greens: Sequence[set[int]], width: int) -> tuple[Phase, ...]:
    """Return the phases of stages: green, then yellow and all-red for what loses it.

    Examples
    --------
    >>> stages = ({"green": ["n"], "duration_s": 20}, {"green": ["e"], "duration_s": 9})
    >>> entry = SignalFix.model_validate({"junction": "a", "stages": stages})
    >>> [(phase.duration_s, phase.state) for phase in phases_of(entry, [{0}, {1}], 2)][:3]
    [(20.0, 'Gr'), (3.0, 'yr'), (2.0, 'rr')]
    """
    done = []
    for number, stage in enumerate(entry.stages):
        now, then = greens[number], greens[(number + 1) % len(greens)]
        for duration_s, letter in ((stage.duration_s, "G"), (entry.yellow_s, "y"), (entry.all_red_s, "r")):
            if duration_s > 0.0 and (letter == "G" or now - then):
                state = ("G" if one in now & then else letter if one in now else "r" for one in range(width))
                done.append(Phase(duration_s=duration_s, state="".join(state)))
    return tuple(done)
