"""What a study asked, beside its results: the words of the question and how runs are judged.

The manifest (:mod:`trafficsim.run.manifest`) holds what runs depend on and never changes; this file may: the same runs
can be judged anew, and the last judgement is kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from trafficsim.base.errors import InputError
from trafficsim.results.question import TABLES, Question
from trafficsim.results.store import read_manifest, write_manifest
from trafficsim.spec.setting import Setting
from trafficsim.spec.study import Study

ASKED = "question.json"


def write_asked(folder: Path | None, study: Study, replications: int) -> None:
    """Write what the study asks; nothing without a folder.

    Raises
    ------
    MachineError
        If the folder cannot be written or the disk is full.
    """
    if folder is None:
        return
    judged = ("question", "baseline", "primary", "confidence", "equivalence_margins", "precision", "setting", *TABLES)
    content = study.model_dump(mode="json", include=set(judged))
    write_manifest(folder, {**content, "alternatives": list(study.alternatives), "replications": replications}, ASKED)


def network_path(folder: Path, scenario: str) -> Path:
    """Return the file of a scenario's network beside its results.

    Examples
    --------
    >>> network_path(Path("out"), "main road").name
    'network@main%20road.json.gz'
    """
    return folder / f"network@{quote(scenario, safe='')}.json.gz"


def read_asked(folder: Path) -> dict[str, Any] | None:
    """Read what :func:`write_asked` wrote; ``None`` if it is not there.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    return read_manifest(folder, ASKED)


def question_from(asked: dict[str, Any]) -> Question:
    """Return the question that comparisons are asked.

    Examples
    --------
    >>> question_from({"baseline": "do nothing", "primary": ["mean_delay_s"]}).confidence
    0.95
    """
    return Question(
        baseline=str(asked["baseline"]), primary=tuple(asked.get("primary", ())),
        confidence=float(asked.get("confidence", 0.95)), margins=dict(asked.get("equivalence_margins", {})),
        precision=dict(asked.get("precision", {})),
        outcomes={name: kind.model_validate(asked[name]) for name, kind in TABLES.items() if asked.get(name)},
    ).with_outcomes()


def setting_of(folder: Path) -> Setting | None:
    """Return the setting that the study beside results declares; ``None`` if it declares none.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    written = (read_asked(folder) or {}).get("setting")
    try:
        return None if written is None else Setting.model_validate(written)
    except ValidationError:
        raise InputError(str(folder / ASKED), "a damaged setting", "the setting that the study declares",
                         "remove the file: the usual question is assumed then") from None
