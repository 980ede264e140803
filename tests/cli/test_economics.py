"""`[economics]` in a study: priced, stored and shown from end to end; what is wrong with it is one message."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.broken_studies import Desk
from tests.cli.support import Answer
from tests.cli.test_broken_studies import assert_one_message

ECONOMICS = """
[economics]
currency = "EUR"
price_year = 2016
periods_per_year = { value = 4000, low = 3000, high = 5000 }
unit_values = { enforcement_per_h = 60.0 }
discount_rates = [0.01, 0.05]

[economics.casualties_per_year]
deaths = 0.1
serious_injuries = 2
slight_injuries = { value = 12, low = 8, high = 16 }

[economics.measures."limit 30"]
capital = 20000
life_years = 10
operation_per_year = { value = 500, low = 300, high = 900 }
enforcement_hours_per_year = 100
"""
TABLE = """
name = "own"
currency = "PLN"
price_year = 2016
source = "a ministry"
fatality = 2400000
serious_injury = 3300000
slight_injury = 50000
enforcement_per_h = 100

[[time]]
purpose = "all"
per_h = 40
"""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with economics and its results."""
    folder = tmp_path_factory.mktemp("priced")
    desk = Desk(folder)
    desk.study.write_text(desk.study.read_text() + ECONOMICS)
    desk.finish()
    return folder


@pytest.fixture
def desk(sound: Path, tmp_path: Path) -> Desk:
    folder = tmp_path / "desk"
    shutil.copytree(sound, folder)
    found = Desk(folder)
    found.study.write_text((sound / "study.toml").read_text())
    return found


def told(desk: Desk, *options: str) -> dict[str, Any]:
    answer = desk.compare("--resume", "--json", *options)
    assert answer.status == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_cost_has_an_interval_in_json_on_the_terminal_and_on_the_page(desk: Desk) -> None:
    summary = told(desk)
    cost = summary["results"]["cross"]["ca"]["limit 30"]["cost_eur"]
    assert cost["unit"] == "EUR/year"
    assert cost["origin"] == "extrapolated"
    assert cost["low"] < cost["diff"] < cost["high"]
    worth = summary["appraisal"]["results"]["cross"]["ca"]["limit 30"]
    for name in ("npv", "benefit_per_year", "cost_per_year", "benefit_cost_ratio"):
        assert worth[name]["low"] < worth[name]["value"] < worth[name]["high"]
    assert cost["diff"] == pytest.approx(worth["cost_per_year"]["value"] - worth["benefit_per_year"]["value"])
    # the interval is that of the draws: as wide as that of cost less benefit, wider than that of the cost alone
    assert cost["high"] - cost["low"] > worth["cost_per_year"]["high"] - worth["cost_per_year"]["low"]
    shown = desk.compare("--resume", "--all").stdout
    assert "cost_eur" in shown
    assert "net present value" in shown
    report = Answer("report", desk.out)
    assert report.status == 0, report.stderr
    page = (desk.out / "report.html").read_text()
    assert 'id="appraisal"' in page
    assert "benefit–cost ratio" in page


def test_casualties_come_from_free_speeds_and_what_is_missing_is_named(desk: Desk) -> None:
    worth = told(desk)["appraisal"]["results"]["cross"]["ca"]["limit 30"]
    missing = worth["missing"]
    assert set(missing) >= {"fuel", "co2", "nox"}  # no traces are kept
    assert "trajectories.share" in missing["fuel"]
    assert "casualties" in missing or set(worth["casualties_avoided_per_year"]) == {
        "deaths", "serious_injuries", "slight_injuries"}


def test_prices_may_change_after_the_runs(desk: Desk) -> None:
    before = told(desk)
    desk.replace("periods_per_year = { value = 4000, low = 3000, high = 5000 }", "periods_per_year = 8000")
    after = told(desk)
    first, second = (one["appraisal"]["results"]["cross"]["ca"]["limit 30"]["benefits_per_year"]["time"]["value"]
                     for one in (before, after))
    assert second == pytest.approx(2.0 * first)
    assert before["results"]["cross"]["ca"]["limit 30"]["mean_delay_s"] == (
        after["results"]["cross"]["ca"]["limit 30"]["mean_delay_s"])


def test_a_table_of_another_country(desk: Desk) -> None:
    (desk.folder / "values.toml").write_text(TABLE)
    desk.replace('currency = "EUR"', 'currency = "PLN"\nvalues = "values.toml"')
    summary = told(desk)
    assert summary["appraisal"]["currency"] == "PLN"
    assert summary["results"]["cross"]["ca"]["limit 30"]["cost_pln"]["unit"] == "PLN/year"
    again = Answer("report", desk.out)  # the table went into the folder: the page needs no other file
    (desk.folder / "values.toml").unlink()
    assert (again.status, Answer("report", desk.out).status) == (0, 0)


BROKEN = {
    "price year missing": ("price_year = 2016\n", "", ("economics", "price_year")),
    "price year of the deflator missing": ("price_year = 2016", "price_year = 2022", ("gdp_deflator", "2016", "2022")),
    "currency without a table": ('currency = "EUR"', 'currency = "PLN"', ("PLN", "exchange_rate", "values")),
    "currency in words": ('currency = "EUR"', 'currency = "euro"', ("economics.currency",)),
    "table that is not there": ("price_year = 2016", 'price_year = 2016\nvalues = "nowhere.toml"',
                                ("economics.values", "nowhere.toml")),
    "table with an unknown name": ("price_year = 2016", 'price_year = 2016\nvalues = "eu_handbook_2018"',
                                   ("economics.values", "eu_handbook_2019")),
    "casualty worth nothing": ("enforcement_per_h = 60.0", "fatality = 0", ("fatality", "0")),
    "low above high": ("low = 3000, high = 5000", "low = 5000, high = 3000", ("periods_per_year", "in order")),
    "one end of an interval": ("low = 3000, high = 5000", "low = 3000", ("periods_per_year", "low and high")),
    "year without periods": ("{ value = 4000, low = 3000, high = 5000 }", "0", ("periods_per_year",)),
    "hours without a price": ("unit_values = { enforcement_per_h = 60.0 }\n", "",
                              ("limit 30", "enforcement_hours_per_year", "enforcement_per_h")),
    "unknown unit value": ("enforcement_per_h", "police_per_h", ("police_per_h",)),
    "cost of no alternative": ('measures."limit 30"', 'measures."limit 20"', ("limit 20", "limit 30")),
    "cost of the baseline": ('measures."limit 30"', 'measures."do nothing"', ("do nothing", "baseline")),
    "measure without capital": ("capital = 20000\n", "", ("capital",)),
    "negative capital": ("capital = 20000", "capital = -20000", ("capital",)),
    "rate in per cent": ("discount_rates = [0.01, 0.05]", "discount_rate = 3", ("discount_rate",)),
    "draws that are no power of two": ("price_year = 2016", "price_year = 2016\ndraws = 10000", ("draws", "4096")),
    "number in quotes": ("capital = 20000", 'capital = "20000"', ("capital",)),
    "negative deaths": ("deaths = 0.1", "deaths = -0.1", ("deaths",)),
    "unknown severity": ("serious_injuries = 2", "grave_injuries = 2", ("grave_injuries",)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_economics_are_one_message_and_lose_nothing(name: str, desk: Desk) -> None:
    old, new, says = BROKEN[name]
    desk.replace(old, new)
    before = desk.contents()
    assert_one_message(desk.compare("--resume"), 2, says)
    assert desk.contents() == before, "nothing is touched"


def test_a_cost_needs_economics_in_its_currency(desk: Desk) -> None:
    plain = desk.study.read_text().partition("[economics]")[0]
    named = re.sub(r"(?m)^primary = .*\n", "", plain)
    desk.study.write_text('primary = ["cost_eur"]\n' + named)
    assert_one_message(desk.compare("--resume"), 2, ("cost_eur", "[economics]"))
    desk.study.write_text('primary = ["cost_usd"]\n' + named + ECONOMICS)
    assert_one_message(desk.compare("--resume"), 2, ("cost_usd", "cost_eur"))
