"""The table ``transfer`` of a study that declares a setting, as a file beside its results."""

from __future__ import annotations

from pathlib import Path

from trafficsim.base.errors import MachineError
from trafficsim.io.practices import load_practices
from trafficsim.outcomes.transfer_table import study_table
from trafficsim.spec.study import Study

FILE = "transfer.csv"


def write_transfer(folder: str | Path, study: Study) -> Path | None:
    """Write ``transfer.csv``: evidence of the practices that the study represents, carried to its setting.

    Parameters
    ----------
    folder
        An existing folder.
    study
        Its alternatives and its setting count; nothing is written without a setting.

    Returns
    -------
    The file written, if any.

    Raises
    ------
    MachineError
        If it cannot be written.
    InputError
        If the practices of an installed package are wrong.
    """
    if study.setting is None:
        return None
    kinds = {name: [policy.kind for policy in policies] for name, policies in study.alternatives.items()}
    path = Path(folder) / FILE
    try:
        study_table(kinds, load_practices(), study.setting).to_csv(path, index=False)
    except OSError as error:
        raise MachineError(str(path), error.strerror or str(error), "a file that can be written",
                           "choose another folder, or free space") from None
    return path
