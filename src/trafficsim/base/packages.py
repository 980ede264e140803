"""What installed packages add: entry points of a group, imported so that what they register is known."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from trafficsim.base.errors import TrafficsimError


def load_entry_points(
    group: str, error: type[TrafficsimError], take: Callable[[Any], object] | None = None,
    expected: str = "a module or class that can be imported",
) -> None:
    """Import all entry points of a group.

    Parameters
    ----------
    group
        Name of the group.
    error
        What is raised about an entry point.
    take
        Called with what each of them names; without it importing is enough.
    expected
        What an entry point of this group names.

    Raises
    ------
    TrafficsimError
        Of the given type, naming an entry point that cannot be imported or taken.

    Examples
    --------
    >>> load_entry_points("trafficsim.nothing", TrafficsimError)
    """
    for entry in entry_points(group=group):
        try:
            found = entry.load()
            if take is not None:
                take(found)
        except error:
            raise
        except Exception as problem:  # a foreign package may fail in any way; name it instead of a traceback
            raise error(f"entry point {entry.name!r} = {entry.value!r}", f"{type(problem).__name__}: {problem}",
                        expected, "repair or uninstall that package") from problem
