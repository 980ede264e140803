"""Where processes look for modules: never in the working directory before the installed ones.

A folder of a scenario may hold anything, a ``pickle.py`` among it. Python puts the working directory first on the path
of ``python -c`` and ``python -m``. The command line and the helpers that compile do not look there at all;
workers, which may need modules of users, look there last, if the process that started them looks there.
"""

from __future__ import annotations

# As little as possible: with "python -m" this is still looked for on the path that is to be mended.
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

SAFE_PATH = "PYTHONSAFEPATH"
"""Keeps the working directory off the path of a new interpreter (Python 3.11, the same as ``-P``)."""


def forget_working_directory() -> None:
    """Take the working directory off the path of this process, unless the package itself lies there."""
    sys.path[:] = without_working_directory(sys.path)


def without_working_directory(path: Iterable[str]) -> list[str]:
    """Return a path without the working directory, unless the package itself lies in it.

    Examples
    --------
    >>> without_working_directory(["", "/usr/lib/python3"])
    ['/usr/lib/python3']
    """
    return [entry for entry in path if not _is_working_directory(entry)]


def working_directory_last() -> None:
    """Look into the working directory after everything that is installed: modules of users are still found."""
    sys.path[:] = ordered(sys.path)


def ordered(path: Iterable[str]) -> list[str]:
    """Return a path with the working directory last; where the package itself lies in it, nothing moves.

    Examples
    --------
    >>> ordered(["", "/usr/lib/python3"])[0]
    '/usr/lib/python3'
    """
    entries = list(path)
    return sorted(entries, key=_is_working_directory)


@contextmanager
def safe_path() -> Iterator[None]:
    """Let the processes that are started meanwhile begin without the working directory on their path."""
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        os.environ.pop(SAFE_PATH)
        if before is not None:
            os.environ[SAFE_PATH] = before


def _is_working_directory(entry: str) -> bool:
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:  # the folder is gone: an empty entry leads nowhere, but later it may
        return entry == ""
    return os.path.realpath(entry) == here and _home() != here


def _home() -> str:
    """Return the folder from which the package was imported."""
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
