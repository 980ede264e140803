"""What became of the entries of a fixes file: applied and where, or not and why."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

from trafficsim.base.findings import Finding
from trafficsim.base.repairs import repair

MOST_COMPARED = 20_000
"""Names that a misspelt one is compared with letter by letter; more take seconds."""
MOST_SUGGESTED = 3


@dataclass
class FixReport:
    """Collects what became of every entry.

    Attributes
    ----------
    source : what the file is called
    applied : entries by their place, with the number of links or junctions that each changed
    """

    source: str
    applied: dict[str, int] = field(default_factory=dict)
    _findings: list[Finding] = field(default_factory=list)

    def origin(self, entry: str) -> str:
        """Return the origin of a value that an entry sets."""
        return f"fixed: {self.source}, entry {entry}"

    def count(self, entry: str, times: int = 1) -> None:
        """Count what an entry changed."""
        self.applied[entry] = self.applied.get(entry, 0) + times

    def not_found(self, entry: str, sought: str, nearest: Iterable[str] = ()) -> None:
        """Report an entry whose links or junction are not there."""
        close = ", ".join(nearest)
        self._add("fix-not-found", entry, f"sought {sought}; " + (f"nearest: {close}" if close else "nothing near"),
                  "correct the entry, or delete it if the extract has changed")

    def needless(self, entry: str, what: str) -> None:
        """Report an entry that changes nothing."""
        self._add("fix-needless", entry, what, "delete it; the extract has caught up")

    def contradicted(self, entry: str, other: str, what: str) -> None:
        """Report two entries of which one can hold."""
        self._add("fix-contradicted", f"{other} and {entry}", what, "delete one of the two entries")

    def impossible(self, entry: str, why: str, remedy: str) -> None:
        """Report an entry that the network cannot take."""
        self._add("fix-impossible", entry, why, remedy)

    def told_of(self, entry: str) -> bool:
        """Tell whether an entry was reported already."""
        return any(entry in one.where for one in self._findings)

    def note(self, code: str, where: str, message: str) -> None:
        """Report what followed from an entry."""
        self._findings.append(Finding("info", code, where, message))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for all that was applied, and one for every entry that was not."""
        if not self.applied:
            return tuple(self._findings)
        places = ", ".join(list(self.applied)[:5]) + (" ..." if len(self.applied) > 5 else "")
        entries, things = len(self.applied), sum(self.applied.values())
        told = (f"{entries} {'entry' if entries == 1 else 'entries'} applied to {things} links, junctions, turns and "
                "signals")
        return (Finding("info", "fixed", f"{self.source}: {places}", told, count=things), *self._findings)

    def _add(self, code: str, entry: str, found: str, remedy: str) -> None:
        self._findings.append(repair(code, [f"{self.source}: {entry}"], found, remedy=remedy))


def close_names(name: str, known: Iterable[str]) -> list[str]:
    """Return known names like one that is not known.

    Examples
    --------
    >>> close_names("Main Stret", ["Main Street", "Mill Lane"])
    ['Main Street']
    """
    names = list(dict.fromkeys(known))
    if len(names) > MOST_COMPARED:
        names = [one for one in names if one[:3] == name[:3]][:MOST_COMPARED]
    return difflib.get_close_matches(name, names, n=MOST_SUGGESTED, cutoff=0.6)
