"""Which tests wait for ``make verify``: cities but one, and long simulations when kernels are run by Python itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest

SMALL_CITY = "cologne3"
"""The real city of ``make test``: three signals, 4,494 vehicles with the routes of the file."""
COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"


def long_without_compiler(test: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a test that simulates for long.

    Reference models of kernels run in both modes every time, this one when compiled.
    """
    return test if COMPILED else pytest.mark.long(test)


def one_city_now(names: Iterable[str]) -> list[Any]:
    """Return cities as values of a parameter; all but :data:`SMALL_CITY` are marked long."""
    return [name if name == SMALL_CITY else pytest.param(name, marks=pytest.mark.long) for name in names]
