"""Secondary crashes: how their probability grows with the time that an incident is on the scene."""

from __future__ import annotations

from trafficsim.outcomes.sourced import Sourced

PER_MINUTE = Sourced("secondary crash per minute on scene", 0.0042, "1/min",
                     "Goodall 2017, Transportation Research Record 2635:11-18: one percentage point per 2 to 3 min at "
                     "high volumes", "B", "extrapolated", 0.0033, 0.005)
"""Growth of the probability that another crash follows from an incident, on a motorway with much traffic."""


def secondary_probability(minutes: float, at_once: float = 0.0, per_minute: float = PER_MINUTE.value) -> float:
    """Return the probability of a secondary crash, ``p = p0 + r T``; 1 at most.

    Parameters
    ----------
    minutes
        Time on scene T.
    at_once
        Probability p0 of one that follows at once (given by the user; without it what the time on scene adds).
    per_minute
        Growth r.

    Examples
    --------
    >>> round(secondary_probability(60.0) - secondary_probability(45.0), 4)
    0.063
    """
    return min(at_once + per_minute * minutes, 1.0)
