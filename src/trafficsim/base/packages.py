"""What installed packages add: entry points of a group, imported so that what they register is known."""

from __future__ import annotations

from importlib.metadata import entry_points

from trafficsim.base.errors import TrafficsimError


def load_entry_points(group: str, error: type[TrafficsimError]) -> None:
    """Import all entry points of a group.

    Raises
    ------
    TrafficsimError
        Of the given type, naming an entry point that cannot be imported.

    Examples
    --------
    >>> load_entry_points("trafficsim.nothing", TrafficsimError)
    """
    for entry in entry_points(group=group):
        try:
            entry.load()
        except error:
            raise
        except Exception as problem:  # a foreign package may fail in any way; name it instead of a traceback
            raise error(f"entry point {entry.name!r} = {entry.value!r}", f"{type(problem).__name__}: {problem}",
                        "a module or class that can be imported", "repair or uninstall that package") from problem
