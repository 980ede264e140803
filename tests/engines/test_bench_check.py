"""The guard of the hot loop's speed, with made-up numbers and with tiny cases. No speed is judged here."""

from __future__ import annotations

import json

import pytest

from tests.experiments.bench_check import BASELINE, judge, ratios, status
from tests.support.tiers import long_without_compiler
from trafficsim.engines.bench import DEFAULT_CASES, reference
from trafficsim.engines.bench.cases import ring_case

BASE = {"ring": 0.02, "grid": 0.001}


@pytest.mark.parametrize(("share", "level", "exit_status"), [
    (1.5, "ok", 0), (1.0, "ok", 0), (0.76, "ok", 0), (0.74, "warning", 0), (0.51, "warning", 0), (0.49, "fail", 1),
])
def test_a_loss_is_warned_of_from_a_quarter_and_fails_from_a_half(share: float, level: str, exit_status: int) -> None:
    verdicts = judge({"ring": 0.02, "grid": share * 0.001}, BASE)
    assert [(verdict.case, verdict.level) for verdict in verdicts] == [("ring", "ok"), ("grid", level)]
    assert status(verdicts) == exit_status


def test_the_verdict_names_the_case_and_the_loss() -> None:
    assert [str(verdict) for verdict in judge({"ring": 0.022, "grid": 0.0007}, BASE)] == [
        "ok: ring is 10% faster than the baseline", "warning: grid is 30% slower than the baseline"]


def test_cases_that_cannot_be_compared_fail() -> None:
    verdicts = judge({"ring": 0.02, "new": 1.0}, BASE)
    assert [(verdict.case, verdict.level) for verdict in verdicts] == [
        ("ring", "ok"), ("grid", "not measured"), ("new", "no baseline")]
    assert status(verdicts) == 1


def test_the_committed_baseline_holds_ratios_of_the_default_cases() -> None:
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    assert set(baseline) == set(DEFAULT_CASES)
    assert all(0.0 < ratio < 1.0 for ratio in baseline.values())  # an update is more work than a hash


@long_without_compiler
def test_every_case_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "ROUNDS", 1)
    found = ratios({"one": ring_case(2, 40, (50, 10)), "other": ring_case(2, 20, (50, 10))})
    assert set(found) == {"one", "other"}
    assert all(ratio > 0 for ratio in found.values())
