"""Errors that a user reads: each names the place, what was found, what was expected and the remedy."""

from __future__ import annotations


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
        self.where, self.found, self.expected, self.remedy = where, found, expected, remedy
        super().__init__(where, found, expected, remedy)

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
