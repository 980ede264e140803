"""How many examples hypothesis takes of what is slow without the compiler."""

from __future__ import annotations

import os

COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"


def examples(compiled: int) -> int:
    """Return a third where kernels are plain Python: they are the first ones of those that the compiled run takes."""
    return compiled if COMPILED else -(-compiled // 3)
