"""Let SUMO's netconvert make a network of plain XML, where it is on the path."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from trafficsim.base.errors import MachineError

OPTIONS = (
    "--no-turnarounds", "true", "--offset.disable-normalization", "true", "--junctions.join", "false",
    "--roundabouts.guess", "false", "--geometry.remove", "false", "--ramps.guess", "false", "--tls.guess", "false",
    "--tls.discard-simple", "false", "--no-warnings", "true", "--precision", "3",
)
"""Nothing is guessed that the files say: no turnarounds, no joined junctions, no ramps or signals."""
LONGEST_S = 600.0


def made_network(files: Mapping[str, Path], left_hand_traffic: bool) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Run netconvert on plain XML.

    Parameters
    ----------
    files
        Paths by kind: ``nod``, ``edg``, ``con``, ``tll``, ``typ``, and ``net``, which is written.
    left_hand_traffic
        Whether vehicles keep to the left.

    Returns
    -------
    The network file, if there is a netconvert, and a note where there is none.

    Raises
    ------
    MachineError
        With what netconvert says, if it fails.
    """
    program = shutil.which("netconvert")
    if program is None:
        return (), ("no netconvert on the path, so that no .net.xml was made of the plain files",)
    names = {"nod": "node", "edg": "edge", "con": "connection", "tll": "tllogic", "typ": "type"}
    command = [program, *(part for kind, name in names.items() for part in (f"--{name}-files", str(files[kind]))),
               "--output-file", str(files["net"]), *OPTIONS, "--lefthand", "true" if left_hand_traffic else "false"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST_S,
                              stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MachineError(program, str(error), "netconvert of SUMO, which makes the network",
                           "use the plain files, which were written") from None
    if done.returncode != 0 or not files["net"].exists():
        told = next((line for line in done.stderr.splitlines() if line.startswith("Error")), done.stderr.strip())
        raise MachineError(program, told or f"exit status {done.returncode}", "a network of the plain files",
                           "use the plain files, which were written, or another version of SUMO")
    return (files["net"],), ()
