"""How much memory is left, and the refusal of what would not fit into it."""

from __future__ import annotations

import resource
from pathlib import Path

from trafficsim.base.errors import MachineError

GIGABYTE = 1.0e9
KIBIBYTE = 1024
_MEMORY, _STATUS = Path("/proc/meminfo"), Path("/proc/self/statm")
_GROUP = Path("/sys/fs/cgroup")


def free_memory_bytes() -> float:
    """Return the bytes that this process can still take; infinite where the system does not say.

    The least of what the machine has available, what the control group leaves, and what the limit of the address space
    (``ulimit -v``) leaves.

    Examples
    --------
    >>> free_memory_bytes() > 0
    True
    """
    return min(_of_machine(), _of_group(), _of_address_space())


def require_memory(where: str, what: str, needed_bytes: float, remedy: str) -> None:
    """Refuse what needs more memory than is left, before it is taken.

    Parameters
    ----------
    where, what
        Place, and what was found there, with its number.
    needed_bytes
        Estimate of the memory that it takes.
    remedy
        What to do about it.

    Raises
    ------
    MachineError
        If it does not fit.

    Examples
    --------
    >>> require_memory("demand", "12 trips", 12 * 1000, "ask for fewer trips")
    """
    free = free_memory_bytes()
    if needed_bytes > free:
        raise MachineError(where, f"{what}, about {needed_bytes / GIGABYTE:,.1f} GB of memory",
                           f"no more than the {free / GIGABYTE:,.1f} GB that are free", remedy)


def _of_machine() -> float:
    for line in _lines(_MEMORY):
        if line.startswith("MemAvailable:"):
            return float(line.split()[1]) * KIBIBYTE
    return float("inf")


def _of_group() -> float:
    limit, used = _lines(_GROUP / "memory.max"), _lines(_GROUP / "memory.current")
    if limit and used and limit[0].isdigit():
        return max(float(limit[0]) - float(used[0]), 0.0)
    return float("inf")


def _of_address_space() -> float:
    limit, pages = resource.getrlimit(resource.RLIMIT_AS)[0], _lines(_STATUS)
    if limit == resource.RLIM_INFINITY or not pages:
        return float("inf")
    return max(float(limit) - float(pages[0].split()[0]) * resource.getpagesize(), 0.0)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
