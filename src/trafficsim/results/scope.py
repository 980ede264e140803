"""Warnings of a study, kept with its results: what it asks of a model beyond the evidence behind the model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from trafficsim.base.errors import InputError
from trafficsim.base.findings import Finding
from trafficsim.results.store import read_manifest, write_manifest

FILE = "outside_evidence.json"


def write_warnings(folder: Path | None, warnings: Iterable[Finding]) -> None:
    """Write warnings beside the results; nothing without a folder, or without warnings.

    Raises
    ------
    MachineError
        If the folder cannot be written or the disk is full.
    """
    found = [one.as_dict() for one in warnings]
    if folder is not None and found:
        write_manifest(folder, {"warnings": found}, FILE)


def read_warnings(folder: Path) -> tuple[Finding, ...]:
    """Read what :func:`write_warnings` wrote.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    content = read_manifest(folder, FILE) or {"warnings": []}
    try:
        return tuple(Finding(**one) for one in content["warnings"])
    except (KeyError, TypeError) as error:
        raise InputError(str(folder / FILE), f"a damaged file ({error})", "warnings of a study",
                         "run the study again with --resume: finished runs are kept") from None
