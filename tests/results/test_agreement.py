"""Engines side by side: signs, sizes, and what may be why they disagree."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from trafficsim.base.errors import InputError
from trafficsim.report.language import load
from trafficsim.report.sections.agreement import agreements
from trafficsim.report.views import Writer
from trafficsim.results.agreement import Agreement, agreement
from trafficsim.results.agreement_view import agreement_view
from trafficsim.results.compare import Comparison, Question, compare

NOISE = np.array([0.1, -0.1, 0.2, -0.2, 0.0])
BASE = 50.0 + np.array([3.0, -2.0, 1.0, 0.0, -2.0])
LIMITS = {"queue": "It knows no lane change."}
# by arm: what is added to the mean delay in ca, and in queue
ARMS = {"same sign": (5.0, 5.1), "another size": (5.0, 1.0), "other sign": (5.0, -5.0), "one open": (5.0, None),
        "both open": (None, None), "nothing": (0.0, 0.0)}
EXPECTED = {"same sign": ("agree", True), "another size": ("agree", False), "other sign": ("disagree", False),
            "one open": ("one undecided", True), "both open": ("both undecided", True), "nothing": ("agree", True)}


def values_of(effect: float | None) -> np.ndarray:
    """Values in five replications; ``None``: an effect that differs so much that nothing is decided."""
    return BASE + (NOISE * 100.0 if effect is None else effect + NOISE * (effect != 0.0))


def comparison_of(engines: tuple[str, ...] = ("ca", "queue")) -> Comparison:
    rows = []
    for row, engine in enumerate(engines):
        for arm, effects in {"do nothing": (0.0, 0.0), **ARMS}.items():
            rows += [{"scenario": "town", "engine": engine, "alternative": arm, "replication": number + 1,
                      "indicator": "mean_delay_s", "value": value, "reason": None}
                     for number, value in enumerate(values_of(effects[row]))]
            rows.append({"scenario": "town", "engine": engine, "alternative": arm, "replication": 1,
                         "indicator": "max_queue_m", "value": None if row else 30.0,
                         "reason": "engine queue does not measure queues" if row else None})
    return compare(pd.DataFrame(rows).astype({"value": "Float64"}), Question())


def tables_of() -> dict[str, pd.DataFrame]:
    movements = pd.DataFrame({
        "scenario": "town", "engine": ["ca", "queue", "queue"], "alternative": "do nothing", "replication": 1,
        "from_link": ["in", "in", "side"], "to_link": "out", "v_c": pd.array([1.0, 0.9, None], "Float64")})
    runs = pd.DataFrame({"scenario": "town", "engine": ["ca", "queue"], "alternative": "do nothing",
                         "status": ["complete", "incomplete"]})
    return {"movements": movements, "runs": runs}


def found() -> Agreement:
    return agreement(comparison_of(), tables_of(), LIMITS)


@pytest.mark.parametrize("arm", ARMS)
def test_signs_and_sizes(arm: str) -> None:
    table = found().table("mean_delay_s").set_index("alternative")
    assert tuple(table.loc[arm, ["agreement", "same_size"]]) == EXPECTED[arm]
    row = table.loc[arm]
    assert (row["engine"], row["other_engine"], row["unit"]) == ("ca", "queue", "s")
    assert row["low"] <= row["diff"] <= row["high"]
    assert row["share"] == pytest.approx(row["diff"] / 50.0)


def test_causes_are_told_only_where_engines_do_not_agree() -> None:
    reasons = found().table("mean_delay_s").set_index("alternative")["reason"]
    assert reasons[["same sign", "both open", "nothing"]].isna().all()
    assert reasons["other sign"] == (
        "ca: 1 movements at capacity, most of all in → out: delays there grow by what engines differ in capacity; "
        "queue: 1 runs ended with vehicles left; queue: It knows no lane change.")
    assert reasons["one open"].startswith("ca: 1 movements at capacity")
    assert "the interval of queue includes zero with 5 replications" in reasons["one open"]


def test_what_one_engine_does_not_measure_has_no_value() -> None:
    table = found().table("max_queue_m")
    assert set(table["agreement"]) == {"no value"}
    assert table["other_diff"].isna().all()
    why = "queue gives no value (engine queue does not measure queues)"
    assert table["reason"].str.contains(why, regex=False).all()


def test_it_is_plain_json() -> None:
    told = json.loads(json.dumps(found().as_json(), allow_nan=False))
    entry = told["town"]["ca, queue"]["other sign"]["mean_delay_s"]
    assert entry["agreement"] == "disagree"
    assert entry["effects"]["queue"]["high"] < 0.0 < entry["effects"]["ca"]["low"]
    assert len(entry["reasons"]) == 3


def test_a_single_engine_is_refused() -> None:
    with pytest.raises(InputError, match="name two of them in the key engines"):
        agreement(comparison_of(("ca",)), tables_of(), LIMITS)


def test_the_terminal_shows_both_effects_and_reasons() -> None:
    console = Console(width=160)
    with console.capture() as shown:
        console.print(agreement_view(found(), "mean_delay_s"))
    text = shown.get()
    assert "other sign in town" in text
    assert "ca: +5 " in text
    assert "agree, sizes differ" in text
    assert "It knows no lane change." in text


@pytest.mark.parametrize(("tag", "word"), [("en", "disagree"), ("ar", "مختلفان")])
def test_the_report_has_a_section(tag: str, word: str) -> None:
    settings = (("town", "ca"), ("town", "queue"))
    material = SimpleNamespace(comparison=comparison_of(), over_days=tables_of(), settings=settings, asked=Question())
    primary, others = agreements(Writer(load(tag), material))  # type: ignore[arg-type]
    rows = {str(group.head): group.rows[0] for group in primary.groups}
    assert rows['<bdi translate="no">other sign</bdi>'][4] == word
    assert len(primary.notes) == 2
    assert others.fold is not None
    alone = SimpleNamespace(settings=(("town", "ca"),))
    assert list(agreements(Writer(load(tag), alone))) == []  # type: ignore[arg-type]
