"""What a ``tlLogic`` of SUMO says of a controller that reacts: limits of its steps, gaps, detectors, rings.

Names are those of SUMO's documentation ("Traffic Lights", "Traffic Lights with NEMA Phases", version 1.28).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from trafficsim.base.errors import InputError, quoted
from trafficsim.io.sumo.xml import Element

ACTUATED, NEMA, DELAY_BASED, STATIC = "actuated", "NEMA", "delay_based", "static"
REACTING = (ACTUATED, NEMA)
"""Types that become controls; all others run with their fixed durations."""
NO_DETECTOR = "NO_DETECTOR"
MAX_GAP_S, DETECTOR_GAP_S, PASSING_S, JAM_SPACING_M = 3.0, 2.0, 1.9, 7.5
"""SUMO's defaults of ``max-gap``, ``detector-gap``, ``passing-time``, and the length of a vehicle with its gap."""
GREENS = "Gg"
CHANGES = "yuY"
TRUE = ("true", "1", "yes", "on", "t", "x")


class Step(NamedTuple):
    """A ``phase`` element: its place in the file, letters, and limits of its duration."""

    place: int
    state: str
    least_s: float
    most_s: float
    earliest_s: float | None = None
    latest_s: float | None = None

    @property
    def varies(self) -> bool:
        """Whether the controller may vary its duration."""
        return self.most_s > self.least_s

    @property
    def is_green(self) -> bool:
        """Whether somebody has green and nobody yellow: what SUMO calls a green phase."""
        return any(letter in GREENS for letter in self.state) and not any(letter in CHANGES for letter in self.state)


class Stretch(NamedTuple):
    """Steps one after the other that show vehicles the same greens."""

    state: str
    steps: tuple[Step, ...]

    @property
    def least_s(self) -> float:
        """Shortest duration."""
        return sum(step.least_s for step in self.steps)

    @property
    def most_s(self) -> float:
        """Longest duration."""
        return sum(step.most_s for step in self.steps)


def parameters(element: Element) -> dict[str, str]:
    """Return the ``param`` children by key; of two with one key the last."""
    return {child.text("key"): child.get("value") for child in element.all("param")}


def number_of(element: Element, given: Mapping[str, str], key: str, default: float) -> float:
    """Return a parameter as a number of at least 0.

    Raises
    ------
    InputError
        If it is none.
    """
    text = given.get(key, "")
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 86400:
        raise InputError(f"{element.where}: param {key}", quoted(text), "a number from 0 to 86400",
                         f"correct the value of {key}")
    return value


def is_true(text: str) -> bool:
    """Whether SUMO takes a text for true."""
    return text.strip().lower() in TRUE


def steps_of(element: Element, order: Sequence[int]) -> tuple[Step, ...]:
    """Return the steps of a program in the order in which they run.

    Raises
    ------
    InputError
        If a limit is no time, or the longest duration of a step lies under its shortest.
    """
    rows = list(element.all("phase"))
    return tuple(step for place in order if (step := _step(rows[place], place)).most_s > 0)


def _step(row: Element, place: int) -> Step:
    duration_s = row.clock("duration")
    least_s, most_s = row.clock("minDur", duration_s), row.clock("maxDur", duration_s)
    for name, value in (("minDur", least_s), ("maxDur", most_s)):
        if value < 0:
            raise InputError(f"{row.where}: {name}", f"{value:g} s", "a time of at least 0 s", f"correct {name}")
    if most_s < least_s:
        raise InputError(f"{row.where}: maxDur", f"{most_s:g} s under a minDur of {least_s:g} s",
                         "a maxDur of at least the minDur", "raise maxDur, or lower minDur")
    ends = (row.clock(name) if row.get(name) else None for name in ("earliestEnd", "latestEnd"))
    return Step(place, row.text("state"), least_s, most_s, *ends)


def stretches(steps: Sequence[Step], seen: set[int]) -> tuple[Stretch, ...]:
    """Return the steps with green, those of them joined that differ only for people on foot, on bicycles or rails.

    ``seen`` holds the signal indices that vehicles of ours obey.
    """
    found: list[list[Step]] = []
    before: Step | None = None
    for place, step in enumerate(steps):
        stands = step.is_green and not _is_clearance(steps, place)
        if stands and before is not None and _greens(before, seen) == _greens(step, seen):
            found[-1].append(step)
        elif stands:
            found.append([step])
        before = step if stands else None
    return tuple(Stretch(group[0].state, tuple(group)) for group in found)


def _is_clearance(steps: Sequence[Step], place: int) -> bool:
    """Whether a step is part of a change: after yellow, those who are green have been so and stay so, others come."""
    before, step, after = steps[place - 1], steps[place], steps[(place + 1) % len(steps)]
    greens = [{index for index, letter in enumerate(one.state) if letter in GREENS} for one in (before, step, after)]
    return not step.varies and "y" in before.state.lower() and greens[1] <= greens[0] and greens[1] < greens[2]


def _greens(step: Step, seen: set[int]) -> tuple[tuple[int, str], ...]:
    return tuple((index, letter) for index, letter in enumerate(step.state) if index in seen and letter in GREENS)


def nobody_begins(before: str, after: str) -> bool:
    """Whether all who are green in a stage have been so in the one before.

    SUMO shows the change between the two all the same, and the second stage after it. Here nobody has to wait for
    those who end, so that it begins at once: its green lasts as much longer.

    Examples
    --------
    >>> nobody_begins("GgG", "rGG"), nobody_begins("GGr", "rGG")
    (True, False)
    """
    return all(old in GREENS for old, new in zip(before, after, strict=True) if new in GREENS)


def by_lane(given: Mapping[str, str], prefix: str) -> dict[str, str]:
    """Return parameters ``PREFIX:NAME`` by name.

    Examples
    --------
    >>> by_lane({"max-gap:in_0": "2", "max-gap": "3"}, "max-gap")
    {'in_0': '2'}
    """
    return {key.partition(":")[2]: value for key, value in given.items() if key.startswith(f"{prefix}:")}


def listed(element: Element, given: Mapping[str, str], key: str) -> tuple[int, ...]:
    """Return a list of phase numbers ``"1,2,0,4"``.

    Raises
    ------
    InputError
        If it holds anything else.
    """
    text = given.get(key, "")
    return tuple(_numbers(element, key, text))


def _numbers(element: Element, key: str, text: str) -> Iterator[int]:
    for part in text.replace(" ", "").split(",") if text.strip() else ():
        if not (part.isascii() and part.isdigit() and len(part) <= 2):
            raise InputError(f"{element.where}: param {key}", quoted(text), "numbers of phases separated by commas",
                             f"correct the value of {key}")
        yield int(part)
