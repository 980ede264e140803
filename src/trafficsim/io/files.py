"""Files as they may be: missing, a device, not readable, larger than they look. What is read is bounded first."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from pathlib import Path
from typing import IO

from trafficsim.base.errors import InputError
from trafficsim.base.memory import require_memory

GZIP_MAGIC = b"\x1f\x8b"
CHUNK_BYTES = 1 << 20
MEBIBYTE = 1 << 20
MOST_RATIO = 200
"""No road network or demand file known to us is packed tighter than a tenth of this (modelling assumption)."""
SMALL_BYTES = 16 * MEBIBYTE
"""So much may be unpacked whatever the ratio."""
MOST_DEPTH = 64
"""Tables and lists within each other; ours need eight."""
REREAD = "write or download the file again"
KINDS = (
    (stat.S_ISDIR, "a directory"), (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"), (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)


def what_is_there(path: Path) -> str:
    """Say what is at a path: ``""`` for a regular file.

    Examples
    --------
    >>> what_is_there(Path("/dev/null")), what_is_there(Path("/no/such/file")), what_is_there(Path("a" * 5000))
    ('a device', 'no such file', 'no such file (File name too long)')
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "no such file"
    except PermissionError:
        return "a file that may not be read"
    except OSError as error:
        return f"no such file ({error.strerror})"
    except ValueError:  # a name with a zero byte
        return "no such file"
    if stat.S_ISREG(mode):
        return ""
    return next((kind for is_kind, kind in KINDS if is_kind(mode)), "no regular file")


def opened(path: Path, where: str = "") -> IO[bytes]:
    """Open a regular file, unpacking gzip, which is recognised by its first bytes and not by its name.

    Raises
    ------
    InputError
        If it is missing, no regular file, or may not be read.
    """
    found = what_is_there(path)
    if found:
        raise InputError(where or str(path), found, "a file that can be read", "correct the path or its permissions")
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == GZIP_MAGIC
        return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]
    except OSError as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError) -> InputError:
    """Say that the system does not let us read a file."""
    found = "a file that may not be read" if isinstance(error, PermissionError) else error.strerror or str(error)
    return InputError(str(path), found, "a file that can be read", "correct the path or its permissions")


class Budget:
    """How much of a file may be unpacked: an absolute number, a multiple of its size, and what the memory holds.

    Parameters
    ----------
    path
        The file.
    most_bytes
        Most that may come out of it.
    memory_per_byte
        Memory that a byte takes once it is read.
    """

    def __init__(self, path: Path, most_bytes: int, memory_per_byte: float) -> None:
        self.path, self.most_bytes, self.memory_per_byte = path, most_bytes, memory_per_byte
        self.packed_bytes = path.stat().st_size
        self.read_bytes = 0

    def spend(self, number: int) -> None:
        """Count bytes that have been read.

        Raises
        ------
        InputError
            If it is more than a file of this kind has.
        MachineError
            If it is more than the memory holds.
        """
        self.read_bytes += number
        if self.read_bytes > self.most_bytes:
            raise InputError(str(self.path), f"more than {self.most_bytes // MEBIBYTE:,} MiB",
                             "a file of plausible size", "check where the file comes from, or split it")
        if self.read_bytes > max(SMALL_BYTES, MOST_RATIO * self.packed_bytes):
            raise InputError(str(self.path), f"a gzip file that unpacks to more than {MOST_RATIO} times its size",
                             "a road network or demand", "check where the file comes from")
        require_memory(str(self.path), f"{self.read_bytes / 1e6:,.0f} MB or more",
                       self.memory_per_byte * self.read_bytes, "split the file")


def read_bytes(path: Path, budget: tuple[int, float]) -> bytes:
    """Return the content of a file, unpacked; ``budget`` is that of :class:`Budget`: most bytes, memory for each.

    Raises
    ------
    InputError
        If it is missing, no regular file, not readable, damaged or too large.
    MachineError
        If the memory does not hold it.
    """
    try:
        with opened(path) as stream:
            left = Budget(path, *budget)
            chunks = []
            while chunk := stream.read(CHUNK_BYTES):
                left.spend(len(chunk))
                chunks.append(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(str(path), f"a truncated or damaged gz file ({error})", "a complete file", REREAD) from None
    except OSError as error:
        raise unreadable(path, error) from None
    return b"".join(chunks)


def nested_deeper(value: object, most: int = MOST_DEPTH) -> bool:
    """Whether tables and lists lie within each other more than ``most`` deep.

    Examples
    --------
    >>> nested_deeper([[1]], 2), nested_deeper([[1]], 1)
    (False, True)
    """
    level = [value]
    for _ in range(most + 1):
        level = [part for one in level if isinstance(one, dict | list)
                 for part in (one.values() if isinstance(one, dict) else one)]
        if not level:
            return False
    return True
