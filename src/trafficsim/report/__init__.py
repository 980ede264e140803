"""Figures and the report: the only room that draws.

The room itself can be called, so that ``ts.report(results, "report.html")`` works although its modules live here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trafficsim.run.result import StudyResult


class _Room(ModuleType):
    """A package that is a function too."""

    def __call__(
        self, results: StudyResult | str | Path, out: str | Path | None = None, *, language: str = "en",
        digits: str = "latin",
    ) -> Path:
        """Write the report of a study; see :func:`trafficsim.report.page.report`."""
        from trafficsim.report.page import report

        return report(results, out, language=language, digits=digits)


sys.modules[__name__].__class__ = _Room
