"""What `check` says about people."""

from __future__ import annotations

import pytest

from tests.plan.test_people import town
from trafficsim.spec.check_people import check_people
from trafficsim.spec.population import PersonGroup, Population


def found(population: Population | None) -> dict[str, str]:
    return {one.code: one.message for one in check_people(town(population))}


def test_nothing_is_said_without_people() -> None:
    assert found(None) == {}


def test_who_there_is_and_what_is_assumed_is_said() -> None:
    codes = found(Population(people=50_000))
    assert set(codes) == {"people"}
    for part in ("50,000 people", "'novice' 0.02", "any of them may make any trip", "groups (", "alcohol (",
                 "licence ("):
        assert part in codes["people"]
    given = Population(people=50_000, alcohol=(), groups=(PersonGroup(name="all", share=1.0),))
    assert "alcohol (" not in found(given)["people"]


@pytest.mark.parametrize(("population", "code", "says"), [
    (Population(people=100), "few-people", "100 people for about 600 trips"),
    (Population(people=40), "rare-group", "0.02 of 40 people"),
    (Population(people=9000, groups=(PersonGroup(name="a", share=1.0, age_years=(18, 20), licence_months=(240, 300)),)),
     "licence-before-age", "240 months of licence at 20 years"),
    (Population(people=9000, groups=(PersonGroup(name="a", share=1.0, licensed_share=0.99),)),
     "drive-without-licence", "0.01 have no licence"),
    (Population(people=9000, groups=(PersonGroup(name="a", share=1.0, points={0: 0.9, 12: 0.1}),)),
     "drive-without-licence", "0.1 have it suspended"),
])
def test_what_is_doubtful_is_a_warning(population: Population, code: str, says: str) -> None:
    assert says in found(population)[code]
