"""From files to scenarios, studies and worlds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trafficsim.io.load import anchored, load_scenario, load_study, load_world
from trafficsim.io.toml import read_toml
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.study import Study
from trafficsim.spec.world import World

CACHE = ".trafficsim"
"""Folder beside a scenario or study for what need not be worked out twice."""


@dataclass(frozen=True)
class Place:
    """What a message calls a subject, and where relative paths in it start from."""

    label: str
    folder: Path
    cache: Path | None = None
    """Folder for what drivers learnt; only beside files."""


def load(path: str | Path) -> Scenario | Study:
    r"""Read a scenario or study file; paths in it become absolute, so that the result means the same everywhere.

    Parameters
    ----------
    path
        TOML file.

    Raises
    ------
    InputError
        Naming file, key, what was found, what was expected and the remedy.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "town.toml"
    >>> _ = file.write_text('name = "town"\n[network.builder]\nkind = "grid"\narguments = { rows = 2, columns = 3 }')
    >>> load(file).name
    'town'
    """
    path = Path(path)
    if "alternatives" not in read_toml(path):
        return anchored(load_scenario(path), path.parent)
    study = read_study(path)
    scenarios = tuple(_scenario(one, index, path) for index, one in enumerate(study.scenarios))
    return study.model_copy(update={"scenarios": scenarios})


def read_study(path: str | Path) -> Study:
    """Read a study file with all known policies registered.

    Raises
    ------
    InputError
        Naming file, key, what was found, what was expected and the remedy.
    """
    from trafficsim.policies import load_policies

    load_policies()
    return load_study(path)


def build(source: str | Path | Scenario | World) -> World:
    """Resolve a scenario: read every file that it names and run its network builder.

    Parameters
    ----------
    source
        A scenario file, a scenario, or a world, which is returned as it is.

    Raises
    ------
    InputError
        Naming the file, the key, link or vehicle, and the remedy.

    Examples
    --------
    >>> import trafficsim as ts
    >>> maker = ts.BuilderSpec(kind="grid", arguments={"rows": 2, "columns": 2})
    >>> len(ts.build(ts.Scenario(name="town", network=ts.NetworkSource(builder=maker))).network.links) > 4
    True
    """
    return source if isinstance(source, World) else load_world(source)


def place_of(subject: str | Path | Scenario | World | Study) -> Place:
    """Say where relative paths of a subject start from, and what messages call it."""
    if isinstance(subject, str | Path):
        return Place(str(subject), Path(subject).parent, Path(subject).parent / CACHE)
    if isinstance(subject, Study):
        return Place(f"study {subject.name!r}", Path())
    scenario = subject.scenario if isinstance(subject, World) else subject
    return Place(f"scenario {scenario.name!r}", Path())


def _scenario(source: str | Scenario, index: int, study: Path) -> Scenario:
    if isinstance(source, Scenario):
        return anchored(source, study.parent)
    from trafficsim.io.paths import resolve_path

    path = resolve_path(source, study.parent, f"{study}: scenarios[{index}]")
    return anchored(load_scenario(path), path.parent)
