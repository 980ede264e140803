"""In which order tests run: while a process beside them compiles the kernels, first those that need none."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_KERNELS = ("architecture", "outcomes", "design", "people", "spec", "plan")
LONG_FILES = ("docs/test_pages.py", "cli/test_working_directory.py", "report/test_rollout.py", "report/test_page.py",
              "cli/test_killed.py", "cli/test_killed_days.py", "report/test_language.py", "fuzz/test_fuzz.py",
              "verification/test_recovery.py", "verification/test_dynamic_equilibrium.py", "properties/test_road.py",
              "properties/test_alone.py")
"""Files of few tests that take long: begun last, one of them would keep one worker busy while the others have ended."""


def place_of(path: Path) -> int:
    """Return the place of a file of tests in the order; files of one place keep theirs.

    Examples
    --------
    >>> [place_of(ROOT / "tests" / name) for name in ("spec/test_a.py", "cli/test_killed.py", "io/test_a.py")]
    [0, 1, 2]
    """
    name = path.relative_to(ROOT / "tests").as_posix() if path.is_relative_to(ROOT / "tests") else ""
    if name.partition("/")[0] in WITHOUT_KERNELS:
        return 0
    return 1 if name in LONG_FILES else 2
