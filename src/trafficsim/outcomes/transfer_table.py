"""The table ``transfer``: practice, finding, difference, widened interval; one row per difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from trafficsim.outcomes.catalogue import finding_text
from trafficsim.outcomes.practice import Entry
from trafficsim.outcomes.transfer import Carried, carry
from trafficsim.spec.setting import Setting

COLUMNS = (
    "practice", "row", "outcome", "unit", "grade", "source", "published", "value", "low", "high", "status", "reason",
    "tau", "tau_basis", "counted", "property", "here", "there", "difference",
)
NUMBERS = ("value", "low", "high", "tau")


def represented_by(entries: Mapping[str, Entry], kinds: Iterable[str]) -> Iterator[tuple[str, Entry]]:
    """Yield the practices that policies of some kinds represent, each with the first such kind."""
    known = list(dict.fromkeys(kinds))
    for entry in entries.values():
        fitting = [kind for kind in known if kind in entry.practice.modelled.policies]
        if fitting:
            yield fitting[0], entry


def study_table(alternatives: Mapping[str, Sequence[str]], entries: Mapping[str, Entry], target: Setting
                ) -> pd.DataFrame:
    """Return the table of a study: that of :func:`transfer_table` after ``alternative`` and ``policy``.

    Parameters
    ----------
    alternatives
        Kinds of their policies, by name.
    entries
        Practices that may be represented.
    target
        Setting of the study.
    """
    parts = [pd.DataFrame(columns=["alternative", "policy", *COLUMNS])]
    for name, kinds in alternatives.items():
        for kind, entry in represented_by(entries, kinds):
            part = transfer_table(carry_all([entry], target))
            part.insert(0, "alternative", name)
            part.insert(1, "policy", kind)
            parts.append(part)
    whole = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    return whole.astype(dict.fromkeys(NUMBERS, "Float64"))


def carry_all(entries: Iterable[Entry], target: Setting) -> Iterator[Carried]:
    """Carry all findings of practices to a setting."""
    for entry in entries:
        for evidence in entry.practice.evidence:
            yield carry(entry, evidence, target)


def transfer_table(carried: Iterable[Carried]) -> pd.DataFrame:
    """Return findings carried to another setting, one row per property of the settings.

    Returns
    -------
    ``practice, row, outcome, unit, grade, source, published`` (the finding in words), ``value, low, high`` (effect and
    widened interval here, empty where refused), ``status`` (carried, flagged, refused) and ``reason``, ``tau`` and on
    what it rests, ``counted`` (number of differences that widen), and of each ``property`` the value ``here`` and
    ``there`` and the ``difference`` (same, different, beyond, refused, not declared, not stated).
    """
    rows = [row for one in carried for row in _rows(one)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(NUMBERS, "Float64"))


def _rows(one: Carried) -> Iterator[dict[str, Any]]:
    between = one.between
    facts = {
        "practice": one.practice, "row": one.evidence.row, "outcome": one.evidence.outcome, "unit": one.evidence.unit,
        "grade": one.evidence.grade, "source": one.cite, "published": finding_text(one.evidence), "value": one.value,
        "low": one.low, "high": one.high, "status": one.status, "reason": one.reason,
        "tau": None if between is None else between.tau, "tau_basis": "" if between is None else between.basis,
        "counted": one.counted,
    }
    for each in one.differences:
        yield {**facts, "property": each.quantity, "here": each.here, "there": each.there, "difference": each.verdict}
