"""Casualties of a crash history enter the appraisal where the economics of a study give none."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.results.test_sites import FLOW, LINKS, PERIOD, found
from trafficsim.results.money_of_history import SOURCE, casualties_of, with_history
from trafficsim.results.question import Question
from trafficsim.spec.casualties import Casualties
from trafficsim.spec.economics import CasualtiesPerYear, Economics

MONEY = Economics(currency="EUR", price_year=2016, periods_per_year=1)


def tables(*scenarios: str) -> dict[str, pd.DataFrame]:
    """Runs of scenarios, and links with the volumes of the history."""
    links = pd.DataFrame([
        {"scenario": name, "engine": "ca", "alternative": "do nothing", "replication": 1, "link": link,
         "begin_s": PERIOD[0], "end_s": PERIOD[1], "entered": FLOW[link], "flow_veh_h": FLOW[link]}
        for name in scenarios for link in LINKS])
    runs = pd.DataFrame([{"scenario": name, "engine": "ca"} for name in scenarios])
    return {"links": links, "runs": runs}


def test_casualties_and_weights_are_those_of_the_history() -> None:
    asked = with_history(tables("town"), Question(outcomes={"economics": MONEY}), {"town": found()})
    baseline = found().judged(FLOW).baseline
    money, models = asked.outcomes["economics"], asked.outcomes["casualties"]
    assert isinstance(money, Economics)
    assert isinstance(models, Casualties)
    given = money.casualties_per_year
    assert given is not None
    assert given.deaths.value == pytest.approx(baseline.total("deaths"))
    assert given.deaths.source == SOURCE
    assert sum(models.weights.values()) == pytest.approx(float(baseline.crashes["crashes"].sum()))
    for one in (given.deaths, given.serious_injuries, given.slight_injuries):
        assert one.low is not None
        assert one.high is not None
        assert one.low < one.value < one.high
    assert casualties_of(baseline) == given


def test_what_the_study_gives_stays() -> None:
    given = MONEY.model_copy(update={"casualties_per_year": CasualtiesPerYear(deaths=1)})
    own = Question(outcomes={"economics": given})
    assert with_history(tables("town"), own, {"town": found()}) is own
    plain = Question()
    assert with_history(tables("town"), plain, {"town": found()}) is plain


def test_without_one_history_nothing_is_put_in() -> None:
    asked = Question(outcomes={"economics": MONEY})
    assert with_history(tables("town"), asked, {}) is asked
    assert with_history(tables("town", "city"), asked, {"town": found()}) is asked
