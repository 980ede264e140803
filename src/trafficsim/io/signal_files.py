"""The files with signal plans that policies name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trafficsim.design.timing.groups import SignalGroupTable
from trafficsim.io.paths import resolve_path
from trafficsim.spec.signals import SignalProgram


@dataclass(frozen=True)
class SignalFiles:
    """Reads plans from files; relative paths start from a folder."""

    folder: Path

    def __call__(self, file: str, program: str | None) -> tuple[SignalProgram, ...]:
        """Return the programs of a SUMO file: those of a name, or the last of each signal."""
        from trafficsim.io.sumo import read_programs

        return read_programs(resolve_path(file, self.folder, "file"), program)

    def groups(self, file: str, mapping: str | None) -> SignalGroupTable:
        """Return a table of signal groups, with the mapping of a second file if one is named."""
        from trafficsim.io.signal_groups import read_signal_groups

        return read_signal_groups(resolve_path(file, self.folder, "file"),
                                  None if mapping is None else resolve_path(mapping, self.folder, "mapping"))
