"""All acceptance cases by name; those that the code cannot represent yet say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from trafficsim.base.errors import InputError
from trafficsim.evidence.row import Row, not_modelled


@dataclass(frozen=True)
class Case:
    """An acceptance case.

    Attributes
    ----------
    title : what it is about
    module : module with its function ``rows``; empty while it is not modelled
    missing : what there is no model of yet
    """

    title: str
    module: str = ""
    missing: str = ""

    def rows(self) -> list[Row]:
        """Run the case."""
        if not self.module:
            return [not_modelled(self.title, f"not modelled yet: {self.missing}")]
        function: Callable[[], list[Row]] = import_module(f"trafficsim.evidence.{self.module}").rows
        return function()


CASES: Mapping[str, Case] = {
    "G0": Case("signal delay of one approach", "signal_delay"),
    "G1": Case("spot camera on a motorway", "camera"),
    "G2": Case("section control over 3 km", "section"),
    "G3": Case("patrol halo", "patrol_halo"),
    "G4": Case("red-light camera and longer yellow", "red_light"),
    "G5": Case("30 km/h zone", "zone"),
    "G6": Case("variable speed limits against moving jams", "moving_jams"),
    "G7": Case("green wave", "wave"),
    "G8": Case("actuated against fixed-time signals", "actuated"),
    "G9": Case("max-pressure against fixed time", "max_pressure"),
    "G10": Case("pre-emption for emergency vehicles", "preemption"),
    "G11": Case("incident clearance", "incident_clearance"),
    "G12": Case("novice drivers and licensing", "novices"),
    "G13": Case("random breath testing", "breath_testing"),
    "G14": Case("demerit points", "demerit_points"),
    "G15": Case("speed model beside a published calculation", "formulas"),
}


def chosen(names: Sequence[str]) -> dict[str, Case]:
    """Return the cases of these names, in the order of the list; all without any.

    Raises
    ------
    InputError
        If a name is unknown.

    Examples
    --------
    >>> list(chosen(["G15", "g1"]))
    ['G1', 'G15']
    """
    wanted = {name.upper() for name in names}
    unknown = sorted(wanted - CASES.keys())
    if unknown:
        raise InputError(f"evidence {unknown[0]!r}", "no such case", f"some of {', '.join(CASES)}", "correct the name")
    return {name: case for name, case in CASES.items() if not wanted or name in wanted}


def run_cases(names: Sequence[str] = ()) -> dict[str, list[Row]]:
    """Run cases by name; all without any.

    Raises
    ------
    InputError
        If a name is unknown.

    Examples
    --------
    >>> [row.status for row in run_cases(["G15"])["G15"]]
    ['inside', 'inside', 'inside', 'inside']
    """
    return {name: case.rows() for name, case in chosen(names).items()}


def as_json(found: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """Return the object of ``evidence --json``."""
    return {"cases": {name: {"rows": [row.as_json() for row in rows]} for name, rows in found.items()}}
