"""Paths as people write them: relative to the file that names them, or inside an installed package."""

from __future__ import annotations

from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

from trafficsim.base.errors import InputError, quoted
from trafficsim.io.files import what_is_there

PACKAGE_PREFIX = "package://"
# How to get a package whose plain installation would be wrong: of this one only the data are needed, and its
# dependencies include a whole simulator and a learning framework.
INSTALL_COMMANDS = {"sumo_rl": "pip install --no-deps sumo-rl==1.4.5"}


def resolve_path(text: str, base_dir: Path, where: str) -> Path:
    """Turn a path as written into an existing file.

    Parameters
    ----------
    text
        A path, absolute or relative to ``base_dir``, or ``package://NAME/PATH``.
    base_dir
        Folder of the file in which the path is written.
    where
        File and key, for messages.

    Raises
    ------
    InputError
        If there is no such file or package.
    """
    path = _package_path(text, where) if text.startswith(PACKAGE_PREFIX) else base_dir / at_home(text, where)
    return require_file(path, where, shown=text)


def at_home(text: str, where: str) -> Path:
    """Return a path with a leading ``~`` replaced.

    Raises
    ------
    InputError
        If there is no such user.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise InputError(where, f"a home folder that is not known in {quoted(text)}", "a file that can be read",
                         "write the path out") from None


def require_file(path: Path, where: str, shown: str = "") -> Path:
    """Return the path if it is a file that exists; otherwise raise an ``InputError`` that says what is there."""
    found = what_is_there(path)
    if not found:
        return path
    named = f" at {quoted(shown)}" if shown else ""
    inside = "" if what_is_there(path / "scenario.toml") else f"; did you mean {path / 'scenario.toml'}"
    raise InputError(where, f"{found}{named}", "a file that can be read", f"correct the path{inside}")


def _package_path(text: str, where: str) -> Path:
    name, _, inside = text.removeprefix(PACKAGE_PREFIX).partition("/")
    if not name.isidentifier() or not inside:
        raise InputError(where, quoted(text), "package://NAME/PATH with the import name of a package",
                         "write for example package://sumo_rl/nets/RESCO/cologne1/cologne1.net.xml")
    found = _found(name)
    if found is None or not found.submodule_search_locations:
        command = INSTALL_COMMANDS.get(name, f"pip install {name}")
        raise InputError(where, f"package {name!r} is not installed", f"a package that holds {inside}",
                         f"install it into this environment: {command}")
    root = Path(next(iter(found.submodule_search_locations)))
    if Path(inside).is_absolute() or ".." in Path(inside).parts:
        raise InputError(where, quoted(text), "a path inside the package", "remove '..' and double slashes")
    return root / inside


def _found(name: str) -> ModuleSpec | None:
    """Find a package without running any of it."""
    try:
        return find_spec(name)
    except (ImportError, ValueError):  # such as __main__, which is no package
        return None
