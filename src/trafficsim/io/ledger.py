"""What an import read, inferred, repaired and ignored: counted by kind, with the first place of each."""

from __future__ import annotations

from typing import Literal

from trafficsim.base.findings import MOST_PLACES, Finding, Level
from trafficsim.base.repairs import repair

Act = Literal["read", "inferred", "repaired", "ignored"]
ACTS: tuple[Act, ...] = ("read", "inferred", "repaired", "ignored")


class Ledger:
    """Counts by act and thing.

    Parameters
    ----------
    source
        Name of the format; codes of findings begin with it.

    Examples
    --------
    >>> ledger = Ledger("sumo")
    >>> ledger.note("ignored", "attribute color", "demo.rou.xml, line 3: vehicle 'a'")
    >>> ledger.note("ignored", "attribute color", "demo.rou.xml, line 4: vehicle 'b'")
    >>> ledger.counts()["ignored"], ledger.findings()[0].message
    ({'attribute color': 2}, 'ignored 2 x attribute color')
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._counts: dict[Act, dict[str, int]] = {act: {} for act in ACTS}
        self._places: dict[tuple[Act, str], list[str]] = {}
        self._first: dict[tuple[Act, str], tuple[str, Level | None]] = {}
        self._single: list[Finding] = []
        self._repairs: dict[str, list[str]] = {}

    def note(self, act: Act, what: str, where: str = "", *, times: int = 1, level: Level | None = None) -> None:
        """Count one thing; ``level`` overrides the level of its finding (repaired: warning, others: info)."""
        counts = self._counts[act]
        counts[what] = counts.get(what, 0) + times
        self._first.setdefault((act, what), (where, level))
        if act != "read" and where:
            self._remember(self._places.setdefault((act, what), []), where)

    def repair(self, code: str, where: str) -> None:
        """Count one repair, whose rule stands in :data:`trafficsim.base.repairs.REPAIRS`."""
        counts, places = self._counts["repaired"], self._repairs.setdefault(code, [])
        counts[code] = counts.get(code, 0) + 1
        self._remember(places, where)

    @staticmethod
    def _remember(places: list[str], where: str) -> None:
        if len(places) < MOST_PLACES:
            places.append(where)

    def warn(self, code: str, where: str, message: str, remedy: str) -> None:
        """Report one thing by itself, as a warning."""
        self._single.append(Finding("warning", code, where, message, remedy))

    def counts(self) -> dict[Act, dict[str, int]]:
        """Return the counts by act and thing."""
        return {act: dict(things) for act, things in self._counts.items()}

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding per act and thing, after the single warnings."""
        repaired = (repair(code, places, count=self._counts["repaired"][code])
                    for code, places in self._repairs.items())
        noted = (self._finding(act, what) for act in ACTS for what in self._counts[act] if what not in self._repairs)
        return (*self._single, *repaired, *noted)

    def _finding(self, act: Act, what: str) -> Finding:
        where, level = self._first[act, what]
        default: Level = "warning" if act == "repaired" else "info"
        count = self._counts[act][what]
        return Finding(level or default, f"{self.source}-{act}", where, f"{act} {count} x {what}", count=count,
                       places=tuple(self._places.get((act, what), ())))
