"""The acceptance cases that simulate: every row has a value, and rows that were inside stay inside."""

from __future__ import annotations

import pytest

from trafficsim.evidence.cases import run_cases
from trafficsim.evidence.row import Row

pytestmark = pytest.mark.long
OUTSIDE = {
    "G0": set[str](), "G2": set[str](), "G4": set[str](), "G5": set[str](), "G12": set[str](), "G14": set[str](),
    "G11": set[str](),
    "G1": {"mean speed at the camera, all vehicles, km/h"},
    "G3": {"mean speed of the road, patrol there, km/h", "weeks until below a tenth of the peak"},
    "G6": {"effect where 20 % follow, of that where all do (jams resolved), %",
           "rear-end conflicts (braking at 3 m/s2 and more, per vehicle-km), %"},
    "G8": {"delay, %, X = 0.95, engine ca", "delay, %, X = 0.95, engine queue",
           "delay, %, X = 0.95, maximum greens are the fixed ones, engine queue"},
    "G9": {f"mean delay against Webster, %, {name}, engine {engine}" for name in ("acyclic, slots of 40 s", "cyclic")
           for engine in ("ca", "queue")},
    "G10": {"mean travel time of all others, %, engine ca", "mean travel time of all others, %, engine queue"},
    "G13": {"alcohol crashes, months 2 to 6, %"},
    "G7": {"travel time of the road, 1 lane(s), progression 50 km/h, %",
           "delay, whole network, 1 lane(s), progression 50 km/h, %",
           "stops per trip, 1 lane(s), progression 50 km/h, %", "stops per trip, 2 lane(s), progression 50 km/h, %",
           "stops per trip, 2 lane(s), progression 40 to 50 km/h, %"},
}
"""Rows that are known to lie outside; each says on the page what was tried."""


@pytest.mark.parametrize("name", sorted(OUTSIDE))
def test_a_case(name: str) -> None:
    rows = run_cases([name])[name]
    modelled = [row for row in rows if row.status != "not modelled"]
    assert all(row.value is not None and row.ci_low is not None for row in modelled)
    outside = {row.metric: row for row in modelled if row.status == "outside"}
    assert set(outside) == OUTSIDE[name]
    assert all(row.note for row in outside.values()), "what was tried is told"


def test_incident_delay_is_that_of_the_queue_formula_in_both_engines() -> None:
    rows = {row.metric: row for row in run_cases(["G11"])["G11"]}
    for engine in ("ca", "queue"):
        check_incident(rows, engine)


def check_incident(rows: dict[str, Row], engine: str) -> None:
    level, change = (rows[f"{name}, engine {engine}"] for name in (
        "delay of 60 min against the queue, %", "delay of 45 min instead of 60, %"))
    assert (level.low, level.high, change.low, change.high) == (-15.0, 15.0, -52.0, -36.0)
    assert (level.status, change.status) == ("inside", "inside")
