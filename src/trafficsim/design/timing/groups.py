"""Signal plans as engineers write them: begin and end of green of every signal group, turned into phases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import PolicyError
from trafficsim.design.inference.staging import yellow_s
from trafficsim.design.timing.conflicts import with_right_of_way
from trafficsim.spec.model import Model
from trafficsim.spec.network import Connection, Network, Turn
from trafficsim.spec.signals import Phase, SignalProgram

RED_AMBER_S = 1.0
"""Red-amber before green (RiLSA 2015)."""
LONGEST_CYCLE_S = 3600.0


class GroupMovement(Model):
    """Movements that a signal group controls: all from a link or lane, or those of them with a turn or a target.

    Parameters
    ----------
    link
        Link before the stop line, or one lane of it as ``LINK_LANE`` (lanes from the nearside).
    lane
        Lane, counted from the nearside from 0; all when not given.
    turn
        ``through``, ``left``, ``right`` or ``u_turn``; all when not given.
    to
        Link beyond the junction, or one lane of it as ``LINK_LANE``; all when not given.

    Examples
    --------
    >>> from trafficsim.spec.network import Connection
    >>> left = Connection(from_link="in", from_lane=1, to_link="out", to_lane=0, turn="left")
    >>> GroupMovement(link="in_1").takes(left), GroupMovement(link="in", turn="right").takes(left)
    (True, False)
    """

    link: str = Field(min_length=1)
    lane: int | None = Field(default=None, ge=0)
    turn: Turn | None = None
    to: str | None = None

    def takes(self, one: Connection) -> bool:
        """Whether a connection is one of them."""
        return (self.link in (one.from_link, f"{one.from_link}_{one.from_lane}")
                and self.lane in (None, one.from_lane) and self.turn in (None, one.turn)
                and self.to in (None, one.to_link, f"{one.to_link}_{one.to_lane}"))

    @property
    def text(self) -> str:
        """How messages call it."""
        parts = (self.link, None if self.lane is None else f"lane {self.lane}", self.turn,
                 None if self.to is None else f"to {self.to}")
        return ", ".join(part for part in parts if part)


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
    movements
        Movements that it controls, by lane, turn or target; instead of links, or beside them.
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
    movements: tuple[GroupMovement, ...] = ()
    yellow_s: float | None = Field(default=None, ge=0, le=10)
    red_amber_s: float = Field(default=RED_AMBER_S, ge=0, le=10)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.links and not self.indices and not self.movements:
            raise ValueError(f"group {self.name!r} controls nothing; give it links, movements or indices")
        for begin, end in self.green:
            if min(begin, end) < 0 or max(begin, end) > LONGEST_CYCLE_S:
                raise ValueError(f"group {self.name!r} has a green from {begin:g} to {end:g} s; times count from the "
                                 "begin of the cycle, 0 s")
            if begin == end:
                raise ValueError(f"group {self.name!r} has a green from {begin:g} to {end:g} s: it has no length")
        return self


class SignalGroupTable(Model):
    """A plan by signal groups as a file holds it.

    Parameters
    ----------
    signal
        Name of the junction, as the file has it.
    name
        Name of the program.
    cycle_s, offset_s
        Cycle, and its begin after the begin of the clock.
    groups
        Signal groups with their greens and what they control.

    Examples
    --------
    >>> group = SignalGroup(name="K1", links=("in",), green=((5, 35),))
    >>> SignalGroupTable(signal="j", cycle_s=60.0, groups=(group,)).name
    '0'
    """

    signal: str
    name: str = "0"
    cycle_s: float = Field(gt=0, le=LONGEST_CYCLE_S)
    offset_s: float = 0.0
    groups: tuple[SignalGroup, ...] = Field(min_length=1)

    def program(self, network: Network, signal: str | None = None) -> SignalProgram:
        """Return the program of a signal of a network; of the one that the file names when none is given.

        Raises
        ------
        PolicyError
            If the network has no such signal, a movement is not there, in two groups or in none, or conflicting
            movements of which none gives way have green together.
        """
        there = controlled(network, signal or self.signal)
        where = f"signal {there.signal!r}"
        phases = phases_of_groups(self.groups, self.cycle_s, there, where)
        return SignalProgram(id=there.signal, name=self.name, offset_s=self.offset_s,
                             phases=with_right_of_way(network, there.signal, phases, where))


class Controlled(NamedTuple):
    """What a controller has of signal indices: how many letters, from which links, and how fast people come there."""

    signal: str
    width: int
    of_link: Mapping[str, tuple[int, ...]]
    speed_kmh: Mapping[int, float]
    connections: tuple[Connection, ...] = ()


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
    here = tuple(one for one in network.connections if one.signal == signal and one.signal_index is not None)
    for movement in here:
        index = movement.signal_index or 0
        of_link.setdefault(movement.from_link, []).append(index)
        limit = float(links[movement.from_link]["speed_limit_kmh"])
        speed[index] = max(speed.get(index, 0.0), limit)
    return Controlled(signal, width, {link: tuple(sorted(set(of))) for link, of in of_link.items()}, speed, here)


def phases_of_groups(groups: Sequence[SignalGroup], cycle_s: float, there: Controlled, where: str) -> tuple[Phase, ...]:
    """Turn a plan by groups into phases; greens show as ``G``, who gives way is for the right of way to say.

    Indices that no vehicle sees may be left out of the groups; they show red.

    Raises
    ------
    PolicyError
        If a link or index is unknown, in two groups or in none, or a green leaves the cycle or meets another one.
    """
    of_group = members_of(groups, there, where)
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


def members_of(groups: Sequence[SignalGroup], there: Controlled, where: str) -> dict[str, tuple[int, ...]]:
    """Return the signal indices of every group.

    Raises
    ------
    PolicyError
        If a link, movement or index is unknown, in two groups, or in none.
    """
    owner: dict[int, str] = {}
    for group in groups:
        at = f"{where}: group {group.name!r}"
        for link in group.links:
            if link not in there.of_link:
                raise PolicyError(at, f"link {link!r}, which signal {there.signal!r} does not control",
                                  f"some of {', '.join(list(there.of_link)[:8])}", "correct the link")
        wanted = [*group.indices, *(index for link in group.links for index in there.of_link[link]),
                  *(index for movement in group.movements for index in _indices(movement, there, at))]
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


def _indices(movement: GroupMovement, there: Controlled, at: str) -> tuple[int, ...]:
    """Signal indices of the movements that a group names."""
    found = tuple(one.signal_index or 0 for one in there.connections if movement.takes(one))
    if not found:
        raise PolicyError(at, f"{movement.text}, which signal {there.signal!r} does not control",
                          f"movements from {', '.join(list(there.of_link)[:8])}", "correct the movement or the mapping")
    return found


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
