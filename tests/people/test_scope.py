"""Warnings about what the model of behaviour must not be used for."""

from __future__ import annotations

import pytest

from trafficsim.people.scope import outside_scope
from trafficsim.spec.deterrence import Deterrence
from trafficsim.spec.enforcement import Deployment, EnforcementKind, Sanction
from trafficsim.spec.population import Population

TOWN = Population(people=10)


def deployment(kind: EnforcementKind = "patrol", publicity: float = 0.0, **sanction: float) -> Deployment:
    return Deployment(name="one", kind=kind, publicity=publicity, sanction=Sanction(**sanction))  # type: ignore[arg-type]


def codes(one: Deployment, days: int = 100, town: Population = TOWN, today: float = 100.0) -> list[str]:
    return [finding.code for finding in outside_scope(town, [one], days, {"one": today})]


def test_nothing_is_said_about_what_was_fitted() -> None:
    assert codes(deployment(fine_eur=200.0)) == []
    assert outside_scope(TOWN, [], 7000) == []


@pytest.mark.parametrize(("one", "days", "code"), [
    (deployment(), 915, "horizon-beyond-evidence"), (deployment(), 2558, "horizon-beyond-evidence"),
    (deployment("red_light_camera"), 10, "decay-not-fitted"), (deployment(fine_eur=201.0), 10, "fine-beyond-evidence"),
    (deployment(publicity=0.1), 10, "hearing-not-fitted"),
])
def test_each_limit_has_its_warning(one: Deployment, days: int, code: str) -> None:
    assert codes(one, days) == [code]


def test_own_parameters_and_single_people() -> None:
    own = TOWN.model_copy(update={"deterrence": Deterrence(word_of_mouth=1.0), "trip_columns": ("points", "age")})
    assert codes(deployment(), town=own) == ["own-deterrence", "people-depend-on-each-other", "people-are-not-ranked"]


def test_reasons_and_remedies_are_given() -> None:
    found = outside_scope(TOWN, [deployment("feedback_sign", publicity=0.5, fine_eur=900.0)], 3000, {"one": 100.0})
    assert len(found) == 4
    assert all(finding.level == "warning" and finding.message and finding.remedy for finding in found)
