"""What the small numbers of a program can hold: more is refused, never cut."""

from __future__ import annotations

import pytest

from tests.support.worlds import link, make_network, make_plan, make_world, through
from trafficsim.base.errors import InputError, NetworkError
from trafficsim.engines.ca import limits, trips
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.plan.arrays import Plan
from trafficsim.spec.demand import Trip


def two_links() -> Plan:
    rows = [link("a", 100.0), link("b", 100.0)]
    trip = Trip(id="t", depart_s=0.0, route=("a", "b"))
    return make_plan(make_world(make_network(rows, through("a", "b")), trips=[trip]))


def test_a_route_position_is_the_number_of_its_manoeuvre() -> None:
    compiled = compile_plan(two_links(), CellularAutomaton()).trips
    manoeuvres = compiled.manoeuvre[compiled.route]
    assert [(int(one.turn), int(one.wanted), int(one.feasible)) for one in manoeuvres] == [
        (0, 1, 1),
        (255, 1, 1),
    ]


def test_more_manoeuvres_than_numbers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trips, "MOST_MANOEUVRES", 1)
    with pytest.raises(NetworkError, match="routes: found 2 different turns and choices of lanes"):
        compile_plan(two_links(), CellularAutomaton())


def test_more_classes_than_numbers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CLASSES", 2)
    with pytest.raises(InputError, match=r"vehicle classes: .*at most 2"):
        compile_plan(two_links(), CellularAutomaton())
