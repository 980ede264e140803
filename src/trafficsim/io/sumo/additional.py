"""Write signal programs as a SUMO additional file, to run them on the network that they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import quoteattr

from trafficsim.base.errors import MachineError
from trafficsim.spec.signals import SignalProgram


def write_programs(programs: Iterable[SignalProgram], path: str | Path, program_id: str) -> None:
    """Write static ``tlLogic`` elements; SUMO runs the program of a controller that it loads last.

    Letters stand in the order of the source network's link indices, so the file fits that network unchanged.

    Parameters
    ----------
    programs
        Programs to write.
    path
        ``.add.xml`` file.
    program_id
        Name of the programs; characters other than letters, digits, ``.``, ``-`` become ``_``. A program of that very
        name in the network gets a ``_`` behind, because SUMO refuses two of one name.

    Raises
    ------
    MachineError
        If the file cannot be written.
    """
    name = re.sub(r"[^A-Za-z0-9.-]+", "_", program_id) or "_"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<additional>"]
    for program in programs:
        lines += _element(program, f"{name}_" if program.name == name else name)
    lines.append("</additional>")
    try:
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise MachineError(str(path), error.strerror or str(error), "a file that can be written",
                           "choose another folder, or free space") from None


def _element(program: SignalProgram, name: str) -> list[str]:
    head = (f"    <tlLogic id={quoteattr(program.id)} type=\"static\" programID={quoteattr(name)} "
            f"offset=\"{_number(program.offset_s)}\">")
    phases = [f"        <phase duration=\"{_number(phase.duration_s)}\" state=\"{phase.state}\"/>"
              for phase in program.phases]
    return [head, *phases, "    </tlLogic>"]


def _number(value: float) -> str:
    """Write whole numbers without a point, others in full."""
    return str(int(value)) if value == int(value) else repr(value)
