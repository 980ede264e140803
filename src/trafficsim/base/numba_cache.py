"""Where compiled kernels are kept: one folder per state of the sources and version of the compiler.

The compiler's own cache looks only at the file of the compiled function: a caller stays stale when a function that it
calls changes in another file, and would go on giving the old results. A folder named by the hash of all kernel sources
and the compiler's version cannot be stale.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

VARIABLE = "NUMBA_CACHE_DIR"
_PACKAGE = Path(__file__).resolve().parent.parent
_ROOMS = ("kernels",)


def use_keyed_cache() -> str:
    """Choose the compiler's cache folder, unless the user has chosen one, and return it.

    To be called before the first kernel is defined; it imports no compiler. Workers inherit the folder.

    Examples
    --------
    >>> import os
    >>> use_keyed_cache() == os.environ["NUMBA_CACHE_DIR"]
    True
    """
    root = cache_root()
    chosen = os.environ.get(VARIABLE)
    if chosen and root not in Path(chosen).parents:
        return chosen
    folder = str(root / source_key(_kernel_sources(), compiler_version()))
    os.environ[VARIABLE] = folder
    compiler = sys.modules.get("numba")
    if compiler is not None:  # the user imported it first: it has read its environment already
        compiler.config.reload_config()
    return folder


def cache_root() -> Path:
    """Return the folder, in the user's cache directory, that holds all our cache folders."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/.cache")
    return Path(base).absolute() / "trafficsim" / "numba"


def source_key(sources: Iterable[Path], compiler: str) -> str:
    """Hash source files (names and contents) and the compiler's version to 16 hexadecimal digits."""
    digest = hashlib.blake2b(compiler.encode(), digest_size=8)
    for source in sorted(sources):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def compiler_version() -> str:
    """Return the installed version of Numba, without importing it."""
    try:
        return version("numba")
    except PackageNotFoundError:
        return "none"


def _kernel_sources() -> list[Path]:
    return [source for room in _ROOMS for source in (_PACKAGE / room).rglob("*.py")]
