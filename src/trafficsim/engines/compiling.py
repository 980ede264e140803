"""Compiling the kernels of an engine for the first time: said, in one process at a time.

Processes that write to the same cache at once can damage it; and who waits finds the kernels there.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from numba import config

from trafficsim.base.numba_cache import VARIABLE

LOG = logging.getLogger("trafficsim")


@contextlib.contextmanager
def compiling(kernel: Callable[..., Any]) -> Iterator[bool]:
    """Compile, or load, the kernels of an engine; yield whether they are going to be compiled.

    Parameters
    ----------
    kernel
        The last of them to be compiled.
    """
    with one_at_a_time(), without_collection():
        cold = is_cold(kernel)
        if cold:
            LOG.info("compiling the kernels, once")
        yield cold
        if cold:
            LOG.info("running")


def is_cold(kernel: Any) -> bool:
    """Whether a kernel is going to be compiled, and neither this process nor one before has done it."""
    if config.DISABLE_JIT or kernel.signatures:  # type: ignore[attr-defined]  # made when Numba is imported
        return False
    name = kernel.py_func.__qualname__
    return not any(cache_folder(kernel).glob(f"{kernel.py_func.__module__.rpartition('.')[2]}.{name}-*.nbi"))


def cache_folder(kernel: Any) -> Path:
    """Return where the compiler keeps a kernel."""
    return Path(str(kernel.stats.cache_path))


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other process compiles into the same cache; where files can not be locked, go on at once."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(ImportError, OSError):
            fcntl = import_module("fcntl")
            folder = Path(os.environ[VARIABLE])
            folder.mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context(open(folder / "compiling.lock", "w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Keep garbage until the end: a compiler makes little, and looking for it takes a seventh of its time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
