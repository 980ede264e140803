"""Which tests wait for ``make verify`` when kernels are run by Python itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"


def long_without_compiler(test: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a test that simulates for long; twins of kernels run in both modes every time, this one when compiled."""
    return test if COMPILED else pytest.mark.long(test)
