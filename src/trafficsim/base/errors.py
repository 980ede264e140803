"""Errors that a user reads: each names the place, what was found, what was expected and the remedy."""

from __future__ import annotations

from typing import Any

MOST_PLACE, MOST_PART = 600, 400
"""Longest place, and longest other part, of a message: what is quoted of a file must not fill a terminal."""
MOST_QUOTED = 120

def shortened(text: str, most: int) -> str:
    """Return a text on one line, with its middle left out where it is longer than ``most``.

    Examples
    --------
    >>> shortened("abcdefghijkl", 9)
    'ab ... kl'
    """
    if len(text) > most:
        half = (most - 5) // 2
        text = f"{text[:half]} ... {text[-half:]}"
    return text if text.isprintable() else "".join(one if one.isprintable() else _escaped(one) for one in text)


def _escaped(character: str) -> str:
    return " " if character.isspace() else ascii(character)[1:-1]


def quoted(value: Any) -> str:
    """Return how a value found in a file is shown: as Python writes it, cut where it is long.

    Examples
    --------
    >>> quoted("fast"), quoted(10**5000)
    ("'fast'", 'a whole number of more than 4,000 digits')
    """
    try:
        return shortened(repr(value), MOST_QUOTED)
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a whole number of more than 4,000 digits"
    except RecursionError:
        return f"a {type(value).__name__} nested too deeply"


class TrafficsimError(Exception):
    """Base of all errors raised on purpose.

    Parameters
    ----------
    where
        File, key, link or vehicle that is at fault.
    found
        What was found there.
    expected
        What would have been right.
    remedy
        What the user can do about it.

    Examples
    --------
    >>> print(InputError("demo.toml: time.warmup_s", "-5", "a number of seconds >= 0", "use 0 or more"))
    demo.toml: time.warmup_s: found -5; expected a number of seconds >= 0. Remedy: use 0 or more.
    """

    exit_status = 2

    def __init__(self, where: str, found: str, expected: str, remedy: str) -> None:
        self.where = shortened(where, MOST_PLACE)
        self.found, self.expected, self.remedy = (shortened(part, MOST_PART) for part in (found, expected, remedy))
        super().__init__(self.where, self.found, self.expected, self.remedy)

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}; expected {self.expected}. Remedy: {self.remedy}."


class InputError(TrafficsimError):
    """A file, key or value that a user wrote is wrong."""


class NetworkError(InputError):
    """The road network cannot carry a run."""


class DemandError(InputError):
    """A trip, flow or route cannot be realised."""


class PolicyError(InputError):
    """A policy, or two policies together, cannot be lowered."""


class BelowResolution(PolicyError):
    """A policy moves a value by less than the engine can represent."""


class UnreadField(PolicyError):
    """A policy sets a field that the chosen engine does not read."""


class SimulationError(TrafficsimError):
    """An invariant of a run was broken; the run cannot be trusted."""

    exit_status = 1


class MachineError(TrafficsimError):
    """The machine is at fault: disk full, folder not writable, worker lost."""

    exit_status = 1
