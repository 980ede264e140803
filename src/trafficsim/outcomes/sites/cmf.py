"""Crash modification factors of the Highway Safety Manual: what a junction has that the base condition lacks."""

from __future__ import annotations

from collections.abc import Mapping

from trafficsim.base.errors import InputError

MOST_FACTORS = 3
"""Factors are not independent: no more than this many are multiplied (Highway Safety Manual, part C, section C.7)."""
PER_APPROACH: Mapping[str, Mapping[str, float]] = {
    "left_turn_lane": {"3ST": 0.67, "4ST": 0.73, "3SG": 0.93, "4SG": 0.90},
    "right_turn_lane": {"3ST": 0.86, "4ST": 0.86, "3SG": 0.96, "4SG": 0.96},
    "protected_left": {"3SG": 0.94, "4SG": 0.94},
    "protected_permitted_left": {"3SG": 0.99, "4SG": 0.99},
    "no_right_on_red": {"3SG": 0.98, "4SG": 0.98},
}
"""Tables 12-24 to 12-26 and equation 12-35, for each approach that has it; left and right in right-hand traffic."""
NIGHT_SHARE = {"3ST": 0.238, "4ST": 0.229, "3SG": 0.235, "4SG": 0.235}
"""Share of crashes at night without lighting, table 12-27."""
LIGHTING = 0.38
"""Share of the crashes at night that lighting saves, equation 12-36."""


def junction_factor(kind: str, approaches: Mapping[str, int] | None = None, *, lighting: bool = False) -> float:
    """Multiply the modification factors of a junction.

    Parameters
    ----------
    kind
        ``"3ST"``, ``"4ST"``, ``"3SG"`` or ``"4SG"``.
    approaches
        Number of approaches by feature: ``left_turn_lane``, ``right_turn_lane``, ``protected_left``,
        ``protected_permitted_left``, ``no_right_on_red``.
    lighting
        Whether the junction is lit.

    Raises
    ------
    InputError
        If a feature or the type is unknown, a number of approaches is wrong, or more than three features are given.

    Examples
    --------
    >>> round(junction_factor("4SG", {"left_turn_lane": 2}, lighting=True), 4)
    0.7377
    """
    if kind not in NIGHT_SHARE:
        raise InputError("modification factors", f"type {kind!r}", f"one of {', '.join(NIGHT_SHARE)}",
                         "correct the type")
    given = {name: number for name, number in (approaches or {}).items() if number}
    if len(given) + lighting > MOST_FACTORS:
        raise InputError(f"{kind}: modification factors", f"{len(given) + lighting} features",
                         f"at most {MOST_FACTORS}: their effects are not independent", "keep those that matter most")
    factor = 1.0 - LIGHTING * NIGHT_SHARE[kind] if lighting else 1.0
    for name, number in given.items():
        known = sorted(one for one, values in PER_APPROACH.items() if kind in values)
        if name not in known:
            raise InputError(f"{kind}: modification factors", f"{name!r}", f"one of {', '.join(known)}",
                             "correct the name")
        if not 0 < number <= int(kind[0]):
            raise InputError(f"{kind}: {name}", f"{number} approaches", f"1 to {kind[0]}", "correct the number")
        factor *= PER_APPROACH[name][kind] ** number
    return factor
