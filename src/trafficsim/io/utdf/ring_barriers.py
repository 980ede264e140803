"""Ring-barrier timing of UTDF as it stands, without making programs of it."""

from __future__ import annotations

from pathlib import Path

from trafficsim.io.ledger import Ledger
from trafficsim.io.utdf.roads import read_roads
from trafficsim.io.utdf.sections import read_utdf_sections
from trafficsim.io.utdf.timing import read_timing
from trafficsim.spec.ring_barrier import RingBarrier


def read_ring_barriers(path: str | Path) -> dict[str, RingBarrier]:
    """Read rings, barriers and phases of every signal of a combined UTDF file of Synchro.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Timing by node.

    Raises
    ------
    InputError
        If the file is missing, damaged or of another kind, or holds a value that cannot be used.

    Examples
    --------
    >>> read_ring_barriers("nowhere.csv")
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: nowhere.csv: found no such file; expected a file that can be read. \
Remedy: correct the path or its permissions.
    """
    ledger = Ledger("utdf")
    utdf = read_utdf_sections(Path(path), ledger)
    return read_timing(utdf, read_roads(utdf, ledger), ledger)
