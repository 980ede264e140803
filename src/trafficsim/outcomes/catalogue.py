"""The catalogue of practices as data: entries of one group or name, as plain values and as a table."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.outcomes.practice import GROUPS, Entry, Evidence

COLUMNS = ("id", "number", "name", "group", "summary", "used", "countries", "mechanism", "acts_on", "grade", "findings",
           "evidence", "caveats", "transferability", "modelled", "policies", "origin")


def of_group(entries: Mapping[str, Entry], group: str | None) -> dict[str, Entry]:
    """Return the entries of a group; all without one.

    Raises
    ------
    InputError
        If there is no such group.
    """
    if group is not None and group not in GROUPS:
        close = difflib.get_close_matches(group, GROUPS, n=1)
        raise InputError(f"group {group!r}", "no such group", f"one of {', '.join(GROUPS)}",
                         f"did you mean {close[0]!r}" if close else "choose one of them")
    return {name: one for name, one in entries.items() if group in (None, one.practice.group)}


def as_plain(entry: Entry) -> dict[str, Any]:
    """Return an entry as values that JSON can hold.

    Returns
    -------
    ``number, name, group, summary, used, mechanism, acts_on, grade, evidence, caveats, transferability, modelled,
    origin``; of each finding also ``cite`` (the publication), ``checked`` (whether it was read) and ``text``.
    """
    practice = entry.practice
    plain = practice.model_dump(mode="json", exclude={"id", "evidence", "modelled"})
    evidence = [{**one.model_dump(mode="json", exclude={"setting"}), "cite": entry.sources[one.source].cite,
                 "checked": entry.sources[one.source].checked, "text": finding_text(one),
                 "setting": one.setting.model_dump(mode="json", exclude_defaults=True)} for one in practice.evidence]
    modelled = {**practice.modelled.model_dump(mode="json"), "text": str(practice.modelled)}
    return {**plain, "evidence": evidence, "modelled": modelled, "origin": entry.origin}


def as_frame(entries: Mapping[str, Entry]) -> pd.DataFrame:
    """Return the entries as a table, one row each, with the columns :data:`COLUMNS`."""
    return pd.DataFrame([_row(one) for one in entries.values()], columns=list(COLUMNS)).astype({"number": "Int64"})


def _row(entry: Entry) -> dict[str, Any]:
    one = entry.practice
    return {
        "id": one.id, "number": one.number, "name": one.name, "group": one.group, "summary": one.summary,
        "used": "; ".join(map(str, one.used)), "countries": tuple(use.country for use in one.used),
        "mechanism": one.mechanism, "acts_on": one.acts_on, "grade": one.grade, "findings": len(one.evidence),
        "evidence": "; ".join(map(finding_text, one.evidence)), "caveats": one.caveats,
        "transferability": one.transferability, "modelled": str(one.modelled), "policies": one.modelled.policies,
        "origin": entry.origin,
    }


def finding_text(one: Evidence) -> str:
    """Write a finding on one line: outcome, value, interval or range, grade.

    Examples
    --------
    >>> finding_text(Evidence(outcome="deaths", value=-14.5, low=-23, high=-6.1, spread="95 % interval", source="x",
    ...                       grade="B"))
    'deaths: -14.5 % (95 % interval -23 to -6.1), grade B'
    """
    unit = "" if one.unit == "elasticity" else f" {one.unit}"
    ends = _ends(one)
    number = f"{one.value:g}{unit}{f' ({ends})' if ends else ''}" if one.value is not None else f"{ends}{unit}".strip()
    doubt = ", unverified" if one.unverified else ""
    said = number if not one.words_only else one.note
    return f"{one.outcome}: {said}, grade {one.grade}{doubt}"


def _ends(one: Evidence) -> str:
    if one.low is not None and one.high is not None:
        name = "95 % interval " if one.spread != "range" else "range " if one.value is not None else ""
        return f"{name}{one.low:g} to {one.high:g}"
    end = one.low if one.high is None else one.high
    return "" if end is None else f"one end of the {one.spread} at {end:g}"
