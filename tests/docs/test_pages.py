"""Every page of the documentation that has code cells runs in an empty folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, as_notebook, execute

DOCS = ROOT / "docs"
# Languages of blocks that show what is not code to run.
SHOWN = {"", "text", "{code-cell}", "{toctree}", "{include}", "{eval-rst}"}
FENCE = re.compile(r"^```(\S*)", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_cells_run(page: Path, tmp_path: Path) -> None:
    executed = execute(as_notebook(page), tmp_path)
    assert all(cell.execution_count for cell in executed.cells)


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_code_that_is_not_run_says_why(page: Path) -> None:
    if {"decisions", "generated", "api", "_build"} & set(page.relative_to(DOCS).parts):
        return
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        if match[1] not in SHOWN:
            paragraph = text[:match.start()].rstrip().rsplit("\n\n", 1)[-1]
            assert "ot executed here" in paragraph, f"{match[1]} block without a reason after: {paragraph}"
