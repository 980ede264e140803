"""The ranking on the first screen: one sentence for each alternative, in both languages, where it was asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.outcomes.test_ranking import case
from tests.report.html import Page
from trafficsim.outcomes.economics.appraisal import appraise
from trafficsim.report.language import load
from trafficsim.report.sections.ranking import Ranking, ranked
from trafficsim.report.views import Writer
from trafficsim.results.appraisal import Appraisal

PLACE = ("town", "ca")


def view(speeds: dict[str, float], language: str = "en", primary: tuple[str, ...] = ("ksi_rel",)) -> Ranking | None:
    given = case(speeds)
    asked = SimpleNamespace(primary=primary, confidence=0.95)
    material: Any = SimpleNamespace(appraisal=Appraisal(given.economics, {PLACE: appraise(given)}), asked=asked)
    return ranked(Writer(load(language), material), PLACE)


def texts(speeds: dict[str, float], language: str = "en") -> list[str]:
    found = view(speeds, language)
    assert found is not None
    return [Page(f"<p>{line}</p>").visible() for line in found.lines]


def test_the_best_first_in_one_sentence_each() -> None:
    found = texts({"cameras": 49.0, "zones": 45.0})
    assert found[0].startswith("zones : avoids")
    assert found[0].endswith("best choice with a probability of 100 %.")
    assert found[1].startswith("cameras : avoids")


def test_what_adds_casualties_says_so() -> None:
    assert texts({"cameras": 51.0, "zones": 45.0})[1].startswith("cameras : adds")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_row_with_regret_for_each(language: str) -> None:
    found = view({"cameras": 49.0, "zones": 45.0}, language)
    assert found is not None
    (group,) = found.table.groups
    assert [len(row) for row in group.rows] == [6, 6]
    assert len(texts({"cameras": 49.0, "zones": 45.0}, language)) == 2


def test_who_has_no_cost_is_told_apart() -> None:
    found = view({"cameras": 49.0, "zones": 45.0, "free of charge": 40.0})
    assert found is not None
    assert len(found.lines) == 2
    assert "add economics.measures" in str(found.unranked[0])


def test_no_ranking_where_none_was_asked_for() -> None:
    assert view({"cameras": 49.0, "zones": 45.0}, primary=("mean_delay_s",)) is None
    assert view({"cameras": 49.0}) is None
