"""Every page of the documentation that has code cells runs in an empty folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, as_notebook, execute

DOCS = ROOT / "docs"
# Languages of blocks that show what is not code to run.
SHOWN = {"", "text", "{code-cell}", "{toctree}", "{include}", "{eval-rst}"}
MADE_OR_OLD = {"decisions", "generated", "api", "_build"}
WRITTEN = [page for page in sorted(DOCS.rglob("*.md")) if not MADE_OR_OLD & set(page.relative_to(DOCS).parts)]
FENCE = re.compile(r"^```(\S*)", re.MULTILINE)


# The way of a new user runs every time; what every other page shows, when everything is verified.
ALWAYS = ("tutorial", "policy")


@pytest.mark.parametrize("page", [
    pytest.param(page, id=page.stem, marks=() if page.stem in ALWAYS else pytest.mark.long) for page in PAGES])
def test_cells_run(page: Path, tmp_path: Path) -> None:
    executed = execute(as_notebook(page), tmp_path)
    assert all(cell.execution_count for cell in executed.cells)


def test_code_that_is_not_run_says_why() -> None:
    silent = []
    for page in WRITTEN:
        text = page.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            paragraph = text[:match.start()].rstrip().rsplit("\n\n", 1)[-1]
            if match[1] not in SHOWN and "ot executed here" not in paragraph:
                silent.append(f"{page.name}: {match[0]} after {paragraph!r}")
    assert len(WRITTEN) > 20
    assert silent == []
