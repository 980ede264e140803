"""The acceptance cases: their form, the rule of inside and outside, and what can be said without running."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from trafficsim.base.errors import InputError
from trafficsim.cli import app
from trafficsim.evidence.cases import CASES, Case, as_json, run_cases
from trafficsim.evidence.page import markdown
from trafficsim.evidence.prediction import PROGRAMMES
from trafficsim.evidence.prediction import markdown as predictions
from trafficsim.evidence.row import KEYS, Row, odds_percent

MODELLED = {f"G{number}" for number in range(16)}
QUICK = ["G15", *sorted(CASES.keys() - MODELLED)]


def test_the_form_of_the_json() -> None:
    done = CliRunner().invoke(app, ["evidence", *QUICK, "--json"])
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert list(found) == ["cases"]
    assert list(found["cases"]) == [name for name in CASES if name in QUICK]
    for case in found["cases"].values():
        assert list(case) == ["rows"]
        assert all(tuple(row) == KEYS for row in case["rows"])
    assert [row["status"] for row in found["cases"]["G15"]["rows"]] == ["inside"] * 4


def test_the_modelled_cases_are_named() -> None:
    assert {name for name, case in CASES.items() if case.module} == MODELLED
    assert len(CASES) == 16


def test_an_unknown_case_is_refused() -> None:
    with pytest.raises(InputError, match="G99"):
        run_cases(["G99"])
    assert CliRunner().invoke(app, ["evidence", "G99"]).exit_code == 2


@pytest.mark.parametrize(("row", "status"), [
    (Row("", "input", 0.0, -1.0, 1.0, 0.5, -2.0, 3.0), "inside"),
    (Row("", "input", 5.0, 1.0, 9.0, 5.0, -1.0, 11.0), "outside"),
    (Row("", "input", 5.0, 1.0, 9.0, 5.0, 0.5, 9.5), "inside"),
    (Row("", "input", 5.0, 1.0, 9.0, 10.0, 9.5, 10.5), "outside"),
    (Row("", "input", None, None, 0.0, -3.0, -4.0, -2.0), "inside"),
    (Row("", "input", None, None, None, 3.0, 2.0, 4.0), "report only"),
    (Row("", "input", 1.0, 0.0, 2.0), "outside"),
    (Row("", "input", 1.0, 0.0, 2.0, modelled=False), "not modelled"),
])
def test_inside_needs_value_and_sign(row: Row, status: str) -> None:
    assert row.status == status


def test_odds_by_hand() -> None:
    # 0.5 -> 1/3: odds 1 -> 0.5
    assert odds_percent(np.array([0.5]), np.array([1.0 / 3.0])) == pytest.approx([-50.0])


def test_the_page_says_what_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Row("m", "input", 1.0, 0.0, 2.0, 3.0, 2.9, 3.1, source="S", note="tried: nothing helped")]
    text = markdown({"G1": rows})
    assert "| m | input | 1 | 0 to 2 | 3 | 2.9 to 3.1 | outside | S |" in text
    assert "- m (outside): tried: nothing helped" in text
    monkeypatch.setitem(CASES, "G99", Case("flying cars", missing="wings"))  # type: ignore[attr-defined]
    assert "| G99 | flying cars | wings |" in markdown(run_cases(["G99"]))


def test_predictions_by_hand_and_misses_stay() -> None:
    by_name: dict[str, Any] = {one.name: one for one in PROGRAMMES}
    wales = by_name["Wales, 20 mph: casualties"]
    assert wales.predicted()[0] == pytest.approx(100.0 * ((24.9 / 28.7) ** 1.4 - 1.0))
    vienna = by_name["Vienna, Kaisermühlen tunnel: injury crashes"]
    assert vienna.predicted()[0] == pytest.approx(100.0 * ((77.0 / 92.0) ** 1.6 - 1.0))
    assert not vienna.hit
    assert wales.hit
    table = predictions()
    assert table.count("MISS") == sum(not one.hit for one in PROGRAMMES)
    for place in ("Wales", "Vienna", "Flanders", "Norway", "Naples"):
        assert place in table


def test_json_holds_plain_numbers() -> None:
    json.dumps(as_json(run_cases(["G15"])), allow_nan=False)
