"""Where each attribute came from, as far as the network and what was found while it was made can tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trafficsim.base.findings import MOST_PLACES, Finding
from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES

KINDS = ("read", "inferred", "repaired", "designed", "fixed", "default", "given", "built")
"""How a text of origin begins, or what is told without one."""
INFERRED_BY: dict[str, tuple[str, ...]] = {
    "length_m": ("length-inferred", "length-read"),
    "lanes": ("lanes-guessed", "lanes-halved", "lanes-read"),
    "speed_limit_kmh": ("speed-limit-guessed", "speed-limit-read"),
    "road_class": ("rural-guessed", "road-class-read"),
    "priority": ("road-class-read",),
    "id": ("id-inferred",),
    "control": ("control-read", "turning-place"),
    "x_m": ("coordinates-projected", "coordinates-read"),
    "y_m": ("coordinates-projected", "coordinates-read"),
}
"""Codes of findings that tell how an attribute was inferred."""
READERS_INFER = {"road class of an edge": "road_class"}
"""What findings of readers say beside a code."""


@dataclass(frozen=True)
class Sources:
    """Tells where an attribute of a link or node came from.

    Parameters
    ----------
    findings
        Of the network, and of the check.
    builder
        Name of the builder that made the network; empty for one that was read.
    """

    findings: tuple[Finding, ...]
    builder: str = ""
    _by_code: dict[str, Finding] = field(init=False, default_factory=dict)
    _by_readers: dict[str, Finding] = field(init=False, default_factory=dict)
    _places: dict[str, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the findings by code, and those of readers by the attribute of which they speak."""
        self._by_code.update({finding.code: finding for finding in reversed(self.findings)})
        self._places.update({code: _named(finding) for code, finding in self._by_code.items()})
        for finding in self.findings:
            for text, name in READERS_INFER.items():
                if finding.code.endswith("-inferred") and text in finding.message:
                    self._by_readers.setdefault(name, finding)

    def of(self, name: str, value: Any, attributes: Mapping[str, Any], place: str) -> str:
        """Return a text that begins with one of :data:`KINDS` and a colon.

        Examples
        --------
        >>> told = Sources(())
        >>> told.of("lanes", 1, {}, "a"), told.of("lanes", 3, {"origins": {"lanes": "read: way 1, lanes=3"}}, "a")
        ('default: ', 'read: way 1, lanes=3')
        """
        told = attributes.get("origins")
        if isinstance(told, Mapping) and name in told:
            return str(told[name])
        if value == DEFAULTS.get(name, ...):
            return "default: "
        inferred = self._inferred(name, place)
        if inferred is not None:
            return f"inferred: {inferred.code}"
        return f"built: {self.builder}" if self.builder else "given: "

    def _inferred(self, name: str, place: str) -> Finding | None:
        """The finding that tells how an attribute of this place was inferred, if it may mean the place."""
        codes = INFERRED_BY.get(name, ())
        known = (self._by_code[code] for code in codes if code in self._by_code)
        named = next((finding for finding in known if self._may_mean(finding, place)), None)
        return named or self._by_readers.get(name)

    def of_signal(self, program: Any, written: Iterable[str]) -> str:
        """Return where a signal program came from."""
        told = str(getattr(program, "origin", "") or "")
        if told:
            return told
        if program.id in set(written):
            return "given: "
        default = self._by_code.get("signal-program-default")
        if default is not None and self._may_mean(default, program.id):
            return "designed: signal-program-default"
        return f"built: {self.builder}" if self.builder else "given: "

    def _may_mean(self, finding: Finding, place: str) -> bool:
        """Whether a finding names a place, or has more places than it names."""
        cut = len(finding.places) == MOST_PLACES if finding.places else finding.where.endswith(" ...")
        return cut or place in self._places[finding.code]

    def of_movements(self) -> str:
        """Return where connections and their right of way came from."""
        if self.builder:
            return f"built: {self.builder}"
        return "inferred: movements-inferred" if "movements-inferred" in self._by_code else "given: "


DEFAULTS: dict[str, Any] = {one.name: one.default for one in (*NODE_ATTRIBUTES, *EDGE_ATTRIBUTES)
                            if one.default is not None}


def _named(finding: Finding) -> frozenset[str]:
    return frozenset(finding.places or finding.where.removesuffix(" ...").split(", "))
