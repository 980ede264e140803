"""What must hold for every mutated network: it runs, and nothing is lost, or one message says what is impossible."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

import trafficsim as ts
from trafficsim.base.errors import InputError
from trafficsim.base.repairs import repairs_by_code
from trafficsim.io.load import load_world

LONGEST_MESSAGE = 2000


class Outcome(NamedTuple):
    """How a mutant ended: repairs by code and vehicles, or the message of the refusal."""

    repairs: dict[str, int]
    vehicles: dict[str, int]
    refusal: str = ""


def outcome(file: Path) -> Outcome:
    """Check and run a scenario, and hold both against each other."""
    try:
        found = ts.check(file)
    except InputError as error:
        return _refused(file, error)
    errors = [finding for finding in found if finding.level == "error"]
    if errors:
        return _refused(file, errors[0].message)
    result = ts.run(file).as_json()
    repairs = result.get("repairs", {})
    assert repairs == repairs_by_code(found), "check and run speak of the same repairs"
    vehicles = result["vehicles"]
    assert vehicles["demanded"] == vehicles["waiting"] + vehicles["en_route"] + vehicles["completed"]
    world = load_world(file)
    if not world.demand.flows:
        read = len(world.demand.trips) + len(world.unserved)
        assert read == vehicles["demanded"] + result.get("unserved", {}).get("trips", 0), "no trip is lost in silence"
    return Outcome(repairs, vehicles)


def _refused(file: Path, told: InputError | str) -> Outcome:
    """Check and run refuse alike, with one message that has a remedy."""
    with pytest.raises(InputError) as caught:
        ts.run(file)
    message = str(caught.value)
    assert caught.value.remedy, told
    assert "\n" not in message
    assert len(message) <= LONGEST_MESSAGE
    return Outcome({}, {}, message)
