"""Scenarios and results written for other programs."""

from __future__ import annotations

from pathlib import Path

from trafficsim.api.reading import build
from trafficsim.base.errors import InputError
from trafficsim.io.exports import Export, Exported, export_named
from trafficsim.io.formats import read
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World


def export(name: str, subject: str | Path | Scenario | World | Network, out: str | Path) -> Exported:
    """Write a scenario or results for other programs.

    Parameters
    ----------
    name
        What to write: ``"sumo"`` for SUMO plain XML of a scenario, ``"links"`` for results per link; the reference page
        on formats has all.
    subject
        A scenario (or a file of one, or a network file of any format that is read), or a folder of results.
    out
        A new file, or a folder.

    Returns
    -------
    The files written, and notes on what was left out or renamed.

    Raises
    ------
    InputError
        If there is no such export, or it cannot be made of the subject.
    MachineError
        If the disk refuses.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> import trafficsim as ts
    >>> done = ts.export("sumo", ts.grid(2, 2), mkdtemp())
    >>> sorted(path.name for path in done.files)[:4]
    ['network.con.xml', 'network.edg.xml', 'network.nod.xml', 'network.rou.xml']
    """
    form, out = export_named(name), Path(out)
    form.check_out(out)
    if form.takes == "scenario":
        return form.write(_world(subject), out)
    return form.write(_folder(subject, form), out)


def _world(subject: str | Path | Scenario | World | Network) -> World:
    if isinstance(subject, str | Path) and Path(subject).suffix != ".toml":
        found = read(subject)
        name = "".join(one if one.isalnum() or one in "_.+-" else "_" for one in Path(subject).name.partition(".")[0])
        return build(Scenario(name=name or "network", network=found.network, demand=found.demand,
                              vehicle_classes=found.vehicle_classes))
    if isinstance(subject, Network):
        subject = Scenario(name="network", network=subject)
    return build(subject)


def _folder(subject: object, form: Export) -> Path:
    if not isinstance(subject, str | Path) or not Path(subject).is_dir():
        found = repr(str(subject)) if isinstance(subject, str | Path) else f"a {type(subject).__name__}"
        raise InputError(f"export {form.name}", f"{found}, which is no folder", "a folder of results",
                         "give the folder that --out of compare named")
    return Path(subject)
