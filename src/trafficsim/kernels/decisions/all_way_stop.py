"""The all-way stop: first come, first served; the headway grows with the number of approaches where somebody is."""

from __future__ import annotations

from trafficsim.kernels.jit import scalar

ALONE_S, FACING_S, ACROSS_S, TWO_S, MOST_S = 3.9, 4.7, 5.8, 7.0, 9.6
"""Departure headways (s) with nobody else, one facing, one across, two and three other approaches (HCM 2016 ch. 21)."""
MOST_SHARE = MOST_S / ALONE_S
FOUR_SHARE = MOST_SHARE / 4.0
"""Over the headway of an approach that is alone: the largest, and that of conflicting departures, which four share."""


@scalar
def stop_headway(others, conflicts):
    """Return the departure headway by degree of conflict, over the one of an approach that is alone.

    ``others`` is the number of other approaches where somebody is, ``conflicts`` whether one of them is in the way.
    """
    if others >= 3:
        return MOST_SHARE
    if others == 2:
        return TWO_S / ALONE_S
    if others == 1:
        return ACROSS_S / ALONE_S if conflicts else FACING_S / ALONE_S
    return 1.0


@scalar
def came_first(stood, waited, has_priority):
    """Whether another who has ``stood`` so long goes before one who has ``waited``; of two at once one has priority."""
    return has_priority if stood == waited else stood > waited
