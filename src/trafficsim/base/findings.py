"""Findings: what a reader or a check repaired, inferred, ignored or objects to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from trafficsim.base.errors import MOST_PART, MOST_PLACE, MOST_QUOTED, TrafficsimError, shortened

Level = Literal["error", "warning", "info"]
MOST_PLACES = 1000
"""Places that a finding keeps; a map of them needs no more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a user should know about an input.

    Attributes
    ----------
    level : ``"error"`` (prevents a run), ``"warning"`` (repaired or doubtful) or ``"info"`` (inferred, unusual)
    code : short kebab-case name of the kind of finding, for example ``"dead-end"``
    where : the file, key, link, junction or vehicle
    message : what was found
    remedy : what to do about it; empty for pure information
    count : number of occurrences; ``where`` then names some of them
    places : more of them than ``where`` names, as it names them; for maps

    Examples
    --------
    >>> Finding("info", "length-inferred", "main", "length from coordinates", "").as_dict()["level"]
    'info'
    """

    level: Level
    code: str
    where: str
    message: str
    remedy: str = ""
    count: int = 1
    places: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        """Cut what is quoted of a file, as errors do."""
        for name, most in (("code", MOST_QUOTED), ("where", MOST_PLACE), ("message", MOST_PART), ("remedy", MOST_PART)):
            text = getattr(self, name)
            if len(text) > most or not text.isprintable():
                object.__setattr__(self, name, shortened(text, most))
        if len(self.places) > MOST_PLACES:
            object.__setattr__(self, "places", self.places[:MOST_PLACES])

    def as_dict(self) -> dict[str, str]:
        """Return the texts of the finding as a plain dictionary, for ``--json``."""
        return {"level": self.level, "code": self.code, "where": self.where, "message": self.message,
                "remedy": self.remedy}


def count_by_code(findings: Iterable[Finding]) -> dict[str, int]:
    """Count findings by code, most frequent first.

    Examples
    --------
    >>> count_by_code([Finding("info", "short-link", "a", ""), Finding("info", "short-link", "b", "")])
    {'short-link': 2}
    """
    return dict(Counter(finding.code for finding in findings).most_common())


def finding_of(error: TrafficsimError, code: str) -> Finding:
    """Turn an error into a finding."""
    return Finding("error", code, error.where, f"found {error.found}; expected {error.expected}", error.remedy)
