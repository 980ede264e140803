"""What is wrong with a controller on its network: movements, detectors and routes that are not there, and conflicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trafficsim.base.findings import Finding
from trafficsim.spec.control import ControlPhase, SignalControl, SignalDetector
from trafficsim.spec.network import Connection, Network

MOST_NAMED = 5
Links = Mapping[str, Mapping[str, Any]]


def check_controls(network: Network) -> Iterator[Finding]:
    """Yield what is wrong with the controllers that react, after how many there are.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> list(check_controls(ring(1000)))
    []
    """
    widths = {one.id: len(one.phases[0].state) for one in network.signals}
    for name, times in Counter(one.id for one in network.controls).items():
        if times > 1:
            yield _error("duplicate-control", f"signal {name!r}", f"{times} controls of this signal",
                         "keep one of them")
    if network.controls:
        yield Finding("info", "signals-react", "network", reacting(network.controls), "")
    failing = [f"{one.id} ({one.fault.replace('_', ' ')})" for control in network.controls for one in control.detectors
               if one.fault != "none"]
    if failing:
        more = f" and {len(failing) - MOST_NAMED} more" if len(failing) > MOST_NAMED else ""
        yield Finding("info", "detectors-fail", "network", f"detectors that fail during the run: "
                      f"{', '.join(failing[:MOST_NAMED])}{more}", "")
    links = network.links if network.controls else {}
    for control in network.controls:
        where = f"signal {control.id!r}"
        if control.id not in widths:
            known = ", ".join(list(widths)[:8])
            yield _error("unknown-signal", f"{where}: id", "a control of a signal that the network does not have",
                         f"correct the id; the network has {known or 'no signals'}")
            continue
        yield from _letters(control, widths[control.id], where)
        yield from _conflicts(control, network, where)
        yield from _times(control, where)
        for one in control.detectors:
            at = f"{where}: detector {one.id!r}"
            found = list(_detector(one, links, at))
            yield from found or _idle(one, control, network, at)


def check_crossings(network: Network) -> Iterator[Finding]:
    """Yield the crossings for pedestrians to which no signal shows anything of their own.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> list(check_crossings(ring(1000)))
    []
    """
    widths = {one.id: len(one.phases[0].state) for one in network.signals}
    taken = {(one.signal, one.signal_index) for one in network.connections}
    for name, times in Counter(one.id for one in network.crossings).items():
        if times > 1:
            yield _error("duplicate-crossing", f"crossing {name!r}", f"{times} crossings of this name",
                         "give each its own")
    for one in network.crossings:
        where = f"crossing {one.id!r}"
        if one.signal not in widths:
            yield _error("unknown-signal", f"{where}: signal", f"no signal {one.signal!r}", "correct the name")
        elif one.signal_index >= widths[one.signal]:
            yield Finding("warning", "crossing-without-signal", where, f"{widths[one.signal]} letters of signal "
                          f"{one.signal!r}, none for index {one.signal_index}: its delay is not worked out",
                          "correct signal_index, or give the program a letter for it")
        elif (one.signal, one.signal_index) in taken:
            yield _error("crossing-shared", where, f"signal index {one.signal_index} of {one.signal!r}, which vehicles "
                         "obey", "give pedestrians an index of their own, or leave the crossing out")


def _error(code: str, where: str, found: str, remedy: str) -> Finding:
    return Finding("error", code, where, found, remedy)


def _letters(control: SignalControl, width: int, where: str) -> Iterator[Finding]:
    """Phases have a letter for each signal index."""
    for phase in control.phases:
        if len(phase.green) != width:
            yield _error("phase-letters", f"{where}: {named(phase)}", f"{len(phase.green)} letters, where its program "
                         f"has {width}", "write one letter for each signal index")


def named(phase: ControlPhase) -> str:
    """Name a phase in a message.

    Examples
    --------
    >>> named(ControlPhase(number=2, green="G", name="main"))
    "phase 2 'main'"
    """
    return f"phase {phase.number}" + (f" {phase.name!r}" if phase.name else "")


def _times(control: SignalControl, where: str) -> Iterator[Finding]:
    """Walks fit into greens, and the offset into the cycle."""
    for phase in control.phases:
        walk_s = phase.walk_s + phase.ped_clearance_s
        if walk_s > phase.max_green_s:
            yield _error("walk-too-long", f"{where}: {named(phase)}", f"walk and pedestrian clearance of {walk_s:g} s, "
                         f"longer than its max_green_s of {phase.max_green_s:g} s",
                         "raise max_green_s, or shorten walk_s or ped_clearance_s")
    for what, cycle_s, offset_s in _cycles(control):
        if cycle_s is not None and not 0 <= offset_s < cycle_s:
            yield _error("offset-outside", f"{where}: {what}", f"{offset_s:g} s in a cycle of {cycle_s:g} s",
                         f"give an offset_s from 0 up to the cycle: {offset_s % cycle_s:g} is the same")


def _cycles(control: SignalControl) -> Iterator[tuple[str, float | None, float]]:
    if control.method == "coordinated":
        yield "offset_s", control.cycle_s, control.offset_s
    for number, plan in enumerate(control.plans):
        yield f"plans[{number}].offset_s", plan.cycle_s, plan.offset_s


def _conflicts(control: SignalControl, network: Network, where: str) -> Iterator[Finding]:
    """Movements that cross must not have ``G`` together, and need an intergreen where intergreens are given."""
    here = [one for one in network.connections if one.signal == control.id and one.signal_index is not None]
    pairs = {tuple(sorted((one.signal_index or 0, other.signal_index or 0)))
             for one in here for place in one.crosses if place < len(network.connections)
             for other in (network.connections[place],)
             if other.signal == control.id and not _merge(one, other)}
    together = list(_greens_together(control))
    for first, second in sorted(pairs):
        for what, greens in together:
            if first in greens and second in greens and first != second:
                yield _error("conflicting-stages", f"{where}: {what}", f"green for the signal indices {first} and "
                             f"{second}, which cross", "give one of them r, or g if it gives way")
        # A matrix that a person writes is complete; importers add some to what yellow and red clearance give.
        given = {(one.before, one.after) for one in control.intergreens if not control.origin}
        for before, after in ((first, second), (second, first)):
            if given and (before, after) not in given and first != second:
                yield _error("intergreen-missing", where, f"no intergreen from signal index {before} to {after}, which "
                             "cross", "add it, or leave intergreens out: yellow and red clearance then hold")


def _merge(one: Connection, other: Connection) -> bool:
    return (one.to_link, one.to_lane) == (other.to_link, other.to_lane)


def _greens_together(control: SignalControl) -> Iterator[tuple[str, set[int]]]:
    """Sets of signal indices with priority at a time: of each phase, and of phases that run beside each other."""
    greens = {one.number: {place for place, letter in enumerate(one.green) if letter == "G"} for one in control.phases}
    for number, one in enumerate(control.phases):
        yield named(one), greens[one.number]
        for other in control.phases[number + 1:]:
            if other.ring != one.ring and other.barrier == one.barrier:
                yield (f"{named(one)} beside {named(other)}, in another ring before the same barrier",
                       greens[one.number] | greens[other.number])


def _detector(one: SignalDetector, links: Links, where: str) -> Iterator[Finding]:
    link = links.get(one.link)
    if link is None:
        yield _error("unknown-link", where, f"an unknown link {one.link!r}", "correct its link")
        return
    if one.lane is not None and one.lane >= int(link["lanes"]):
        yield _error("unknown-lane", where, f"lane {one.lane} on link {one.link!r} with lanes 0 to "
                     f"{int(link['lanes']) - 1}", "correct its lane; lanes count from 0 on the nearside")
    elif one.distance_m >= float(link["length_m"]):
        yield _error("detector-outside", where, f"{one.distance_m:g} m before the end of link {one.link!r}, which has "
                     f"{float(link['length_m']):g} m", "correct its distance_m, or put it on the link before")


def _idle(one: SignalDetector, control: SignalControl, network: Network, where: str) -> Iterator[Finding]:
    """A detector away from the stop lines of its signal must say for which phases it works."""
    here = {(each.from_link, each.from_lane) for each in network.connections if each.signal == control.id}
    mine = any(link == one.link and one.lane in (None, lane) for link, lane in here)
    if one.link in network.links and not one.phases and not mine:
        yield _error("detector-idle", where, f"no phases, and lane {one.lane} of link {one.link!r} does not lead to "
                     "the signal", "say in phases for which it calls, or put it on a lane before the signal")


def reacting(controls: Iterable[SignalControl]) -> str:
    """Say how many signals react, and how.

    Examples
    --------
    >>> phases = (ControlPhase(number=1, green="Gr"), ControlPhase(number=2, green="rG", position=1))
    >>> reacting([SignalControl(id="a", phases=phases), SignalControl(id="b", phases=phases)])
    '2 signals react to traffic: 2 actuated'
    """
    methods = Counter(one.method.replace("_", " ") for one in controls)
    total = sum(methods.values())
    listed = ", ".join(f"{count} {method}" for method, count in methods.items())
    return f"{total} signal{'s react' if total != 1 else ' reacts'} to traffic: {listed}"
