"""The ministry's study over three years, with two replications: every package has casualties, a rank, and a page."""

from __future__ import annotations

from pathlib import Path

import pytest

import trafficsim as ts

pytestmark = pytest.mark.long
STUDY = Path(__file__).parents[2] / "scenarios" / "ministry" / "study.toml"


def test_five_packages_are_ranked_and_a_page_says_so(tmp_path: Path) -> None:
    results = ts.compare(STUDY, replications=2, out=tmp_path / "results")
    table = results.comparison.table("ksi_rel").set_index("alternative")
    assert len(table) == 5
    assert table["diff"].notna().all()
    assert results.appraisal is not None
    (worths,) = results.appraisal.worths.values()
    ranks = {one.alternative: one.rank for one in worths if one.rank is not None}
    assert sorted(rank.place for rank in ranks.values()) == [1, 2, 3, 4, 5]
    assert sum(rank.p_best for rank in ranks.values()) <= 1.0 + 1e-9
    assert ranks["zones 30 with feedback signs"].place == 1
    for language in ("en", "ar"):
        page = ts.report(tmp_path / "results", tmp_path / f"{language}.html", language=language).read_text()
        first, _, _ = page.partition('<section class="appendix"')
        assert first.count('<ol class="arms">') == 1
        assert all(name in first for name in ranks)
