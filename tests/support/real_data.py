"""Where real networks, demand and reference results are, and the error that tells that they are not there."""

from __future__ import annotations

import os
from pathlib import Path

DATA_VARIABLE = "TRAFFICSIM_DATA"
ROOT = Path(__file__).resolve().parents[2]


class NoData(Exception):
    """A folder or file of real data is not there: a test is skipped and shows this, a command ends with it."""


def data_folder() -> Path:
    """Return the folder of real data.

    Raises
    ------
    NoData
        If it is not there.
    """
    folder = Path(os.environ.get(DATA_VARIABLE, ROOT / ".." / "shared" / "data")).resolve()
    if not folder.is_dir():
        raise NoData(f"REAL DATA ABSENT: no folder {folder}; name it in the environment variable {DATA_VARIABLE}")
    return folder


def require_data(*paths: Path) -> None:
    """Ask for files of the folder.

    Raises
    ------
    NoData
        Naming the first that is not there.
    """
    for path in paths:
        if not path.is_file():
            raise NoData(f"REAL DATA ABSENT: no file {path}")
