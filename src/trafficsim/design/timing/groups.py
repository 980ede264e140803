"""Signal plans as engineers write them: begin and end of green of every signal group, turned into phases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import PolicyError
from trafficsim.design.inference.staging import yellow_s
from trafficsim.spec.model import Model
from trafficsim.spec.network import Network
from trafficsim.spec.signals import Phase

RED_AMBER_S = 1.0
"""Red-amber before green (RiLSA 2015)."""
LONGEST_CYCLE_S = 3600.0


class SignalGroup(Model):
    """A signal group: signals that always show the same, with their greens in the cycle.

    Parameters
    ----------
    name
        As on the plan, for messages.
    green
        Begin and end of every green, in s from the begin of the cycle; an end before its begin runs over into the next
        cycle.
    links
        Links whose stop lines the group controls, with all their movements.
    indices
        Signal indices (positions in the state letters) that it controls; instead of links, or beside them.
    yellow_s
        Yellow after green; ``None``: 3 s up to 50 km/h, 4 s up to 60, 5 s above (RiLSA 2015), by the fastest link.
    red_amber_s
        Red-amber before green.

    Examples
    --------
    >>> SignalGroup(name="K1", links=("in",), green=((5, 35),)).red_amber_s
    1.0
    """

    name: str = Field(min_length=1)
    green: tuple[tuple[float, float], ...]
    links: tuple[str, ...] = ()
    indices: tuple[int, ...] = ()
    yellow_s: float | None = Field(default=None, ge=0, le=10)
    red_amber_s: float = Field(default=RED_AMBER_S, ge=0, le=10)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.links and not self.indices:
            raise ValueError(f"group {self.name!r} controls nothing; give it links or indices")
        for begin, end in self.green:
            if min(begin, end) < 0 or max(begin, end) > LONGEST_CYCLE_S:
                raise ValueError(f"group {self.name!r} has a green from {begin:g} to {end:g} s; times count from the "
                                 "begin of the cycle, 0 s")
            if begin == end:
                raise ValueError(f"group {self.name!r} has a green from {begin:g} to {end:g} s: it has no length")
        return self


class Controlled(NamedTuple):
    """What a controller has of signal indices: how many letters, from which links, and how fast people come there."""

    signal: str
    width: int
    of_link: Mapping[str, tuple[int, ...]]
    speed_kmh: Mapping[int, float]


def controlled(network: Network, signal: str) -> Controlled:
    """Collect the signal indices of a controller.

    Raises
    ------
    PolicyError
        If there is no such signal.
    """
    width = next((len(one.phases[0].state) for one in network.signals if one.id == signal), None)
    if width is None:
        raise PolicyError(f"signal {signal!r}", "no such signal", "a signal of the network", "correct the name")
    links, of_link, speed = network.links, dict[str, list[int]](), dict[int, float]()
    for movement in network.connections:
        if movement.signal == signal and movement.signal_index is not None:
            of_link.setdefault(movement.from_link, []).append(movement.signal_index)
            limit = float(links[movement.from_link]["speed_limit_kmh"])
            speed[movement.signal_index] = max(speed.get(movement.signal_index, 0.0), limit)
    return Controlled(signal, width, {link: tuple(sorted(set(of))) for link, of in of_link.items()}, speed)


def phases_of_groups(groups: Sequence[SignalGroup], cycle_s: float, there: Controlled, where: str) -> tuple[Phase, ...]:
    """Turn a plan by groups into phases; greens show as ``G``, who gives way is for the right of way to say.

    Indices that no vehicle sees may be left out of the groups; they show red.

    Raises
    ------
    PolicyError
        If a link or index is unknown, in two groups or in none, or a green leaves the cycle or meets another one.
    """
    of_group = _members(groups, there, where)
    indications = {
        name: _indications(group, cycle_s, there, of_group[name], where)
        for name, group in _named(groups, where).items()
    }
    cuts = sorted(
        {
            0.0,
            cycle_s,
            *(time for indication in indications.values() for begin, end, _ in indication for time in (begin, end)),
        }
    )
    phases: list[Phase] = []
    for begin, end in pairwise(cuts):
        letters = ["r"] * there.width
        for name, indication in indications.items():
            shown = next((letter for first, last, letter in indication if first <= begin and end <= last), "r")
            for index in of_group[name]:
                letters[index] = shown
        state = "".join(letters)
        if phases and phases[-1].state == state:
            phases[-1] = Phase(duration_s=phases[-1].duration_s + end - begin, state=state)
        else:
            phases.append(Phase(duration_s=end - begin, state=state))
    return tuple(phases)


def _named(groups: Sequence[SignalGroup], where: str) -> dict[str, SignalGroup]:
    named = {group.name: group for group in groups}
    if len(named) < len(groups):
        raise PolicyError(f"{where}: groups", "two groups of one name", "a name of its own for each", "rename one")
    return named


def _members(groups: Sequence[SignalGroup], there: Controlled, where: str) -> dict[str, tuple[int, ...]]:
    """Signal indices of every group."""
    owner: dict[int, str] = {}
    for group in groups:
        at = f"{where}: group {group.name!r}"
        for link in group.links:
            if link not in there.of_link:
                raise PolicyError(at, f"link {link!r}, which signal {there.signal!r} does not control",
                                  f"some of {', '.join(list(there.of_link)[:8])}", "correct the link")
        wanted = [*group.indices, *(index for link in group.links for index in there.of_link[link])]
        for index in dict.fromkeys(wanted):
            if not 0 <= index < there.width:
                raise PolicyError(at, f"signal index {index}", f"0 to {there.width - 1}", "correct the index")
            if index in owner:
                raise PolicyError(at, f"signal index {index}, which group {owner[index]!r} has already",
                                  "every index in one group", "take it out of one of them")
            owner[index] = group.name
    left = sorted(set(there.speed_kmh) - set(owner))
    if left:
        links = [link for link, of in there.of_link.items() if set(of) & set(left)]
        raise PolicyError(f"{where}: groups", f"no group for signal index {', '.join(map(str, left))} (links "
                          f"{', '.join(links)})", "every signal index in one group", "add a group for them")
    return {group.name: tuple(index for index, name in owner.items() if name == group.name) for group in groups}


def _indications(group: SignalGroup, cycle_s: float, there: Controlled, members: Sequence[int], where: str
                 ) -> list[tuple[float, float, str]]:
    """Begin, end and letter of all that is not red, within the cycle."""
    at = f"{where}: group {group.name!r}"
    fastest = max((there.speed_kmh.get(index, 0.0) for index in members), default=0.0)
    yellow = yellow_s(fastest) if group.yellow_s is None else group.yellow_s
    spans: list[tuple[float, float, str]] = []
    for begin, end in group.green:
        if max(begin, end) > cycle_s:
            raise PolicyError(at, f"green from {begin:g} to {end:g} s", f"times within the cycle of {cycle_s:g} s",
                              "correct the times, or cycle_s")
        last = end if end > begin else end + cycle_s
        spans.append((begin, last, "G"))
        if last - begin < cycle_s:  # always green needs no change
            spans += [(last, last + yellow, "y"), (begin - group.red_amber_s, begin, "u")]
    pieces = [piece for span in spans for piece in _within(span, cycle_s)]
    for (_, end, _), (begin, _, _) in pairwise(sorted(pieces)):
        if begin < end:
            raise PolicyError(at, f"a change at {begin:g} s while what was before lasts until {end:g} s",
                              "greens with room for yellow and red-amber between them",
                              "move the greens apart, or join them into one")
    return pieces


def _within(span: tuple[float, float, str], cycle_s: float) -> list[tuple[float, float, str]]:
    """Cut what runs over the begin or end of the cycle in two."""
    begin, end, letter = span
    moved = [(begin + shift, end + shift) for shift in (-cycle_s, 0.0, cycle_s)]
    cut = [(max(first, 0.0), min(last, cycle_s)) for first, last in moved]
    return [(first, last, letter) for first, last in cut if last > first]
