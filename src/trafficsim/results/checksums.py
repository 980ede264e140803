"""Checksums of the files of a run, written with them: whatever changes a byte later is noticed when they are read.

The lines are those of ``sha256sum``, which can check them too. Folders of older versions have none and are read as they
are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from trafficsim.base.errors import InputError

TABLE = "checksums"
SUFFIX = "sha256"


def checksum(content: bytes) -> str:
    """Return the SHA-256 of the content of a file."""
    return hashlib.sha256(content).hexdigest()


def written(sums: Mapping[str, str]) -> str:
    r"""Return the text of a file of checksums by file name.

    Examples
    --------
    >>> written({"trips@a.parquet": "00ff"})
    '00ff  trips@a.parquet\n'
    """
    return "".join(f"{checksum}  {name}\n" for name, checksum in sorted(sums.items()))


def checksums_file(path: Path) -> Path:
    """Return the file of checksums that belongs to a file of a run.

    Examples
    --------
    >>> checksums_file(Path("out/trips@a@b@1@ca.parquet")).name
    'checksums@a@b@1@ca.sha256'
    """
    return path.with_name(f"{TABLE}@{path.stem.partition('@')[2]}.{SUFFIX}")


def expected(path: Path) -> str | None:
    """Return what the checksum of a file has to be, ``None`` where none was written with its run.

    Raises
    ------
    InputError
        If the checksums of the run are damaged, or do not name the file.
    """
    sums = checksums_file(path)
    try:
        lines = sums.read_bytes().decode().splitlines()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(sums, str(error)) from None
    for line in lines:
        wanted, _, name = line.partition("  ")
        if name == path.name:
            return wanted
    raise _damaged(sums, f"no line for {path.name}")


def _damaged(path: Path, why: str) -> InputError:
    return InputError(str(path), f"a damaged file ({why})", "the checksums of a run",
                      "delete it if the tables beside it are known to be sound, else delete the file 'runs' of the run "
                      "and go on with --resume")
