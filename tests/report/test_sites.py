"""The section on crash history: there where a study has one, with what was matched and what is expected."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trafficsim as ts
from tests.report.studies import world
from trafficsim.outcomes.sites.history import site_history
from trafficsim.results.sites import write_histories


def crashes() -> pd.DataFrame:
    """Many at one signal, few at the other, one nowhere."""
    places = ["j1"] * 20 + ["j2"] * 3 + ["east2"] * 4 + ["elsewhere"]
    severity = ["fatal", *["slight"] * 18, "damage", *["serious"] * 3, *["slight"] * 5]
    return pd.DataFrame({
        "id": [f"c{row}" for row in range(len(places))], "severity": severity, "type": "", "place": places,
        "date": pd.to_datetime("2020-06-01"), "x_m": np.nan, "y_m": np.nan,
        "deaths": [int(one == "fatal") for one in severity],
        "serious_injuries": [int(one == "serious") for one in severity],
        "slight_injuries": [int(one == "slight") for one in severity]})


@pytest.fixture(scope="module")
def told(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Text of the section, of results that got a crash history afterwards."""
    results = tmp_path_factory.mktemp("history") / "small"
    shutil.copytree(folder, results)
    asked = ts.History(crashes="crashes.csv", begin="2020-01-01", end="2021-12-31", expansion_factor=10.0)
    found = site_history(asked, ts.build(world()).network, crashes(), {}, (120.0, 720.0))
    write_histories(results, {"small": found})
    question = json.loads((results / "question.json").read_text())
    (results / "question.json").write_text(json.dumps({**question, "history": asked.model_dump(mode="json")}))
    page = ts.report(results).read_text(encoding="utf-8")
    section = page[page.index('<h2 id="sites">'):page.index('<h2 id="methods">')]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", section))


def test_what_was_matched(told: str) -> None:
    assert "matched 27" in told
    assert "ambiguous (counted at the nearer site) 0" in told
    assert "outside (not counted) 1" in told
    assert "History: 2020-01-01 to 2021-12-31 , 2 years." in told
    assert "no factor for deaths, serious_injuries, slight_injuries" in told


def test_what_is_expected_at_sites(told: str) -> None:
    assert re.search(r"j1 4SG [0-9,]+ / [0-9,]+ 9\.50 ", told)  # 19 injury crashes in two years
    assert "empirical Bayes" in told
    assert "4SG 1 19" in told  # nobody comes from the side street of the other signal: no traffic, no prediction
    assert "0 veh/day: no traffic" in told
    assert "no function for a one-way road" not in told
    assert "seriously injured" in told
    assert "counted in the crash table of the study [C]" in told


def test_without_a_history_there_is_no_section(page: str) -> None:
    assert 'id="sites"' not in page
    assert 'href="#sites"' not in page
