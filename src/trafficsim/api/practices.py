"""Practices of the catalogue, and how far their evidence carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trafficsim.base.errors import InputError
from trafficsim.spec.setting import Setting
from trafficsim.spec.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from trafficsim.outcomes.practice import Entry
    from trafficsim.run.result import StudyResult

Kinds = Mapping[str, Sequence[str]]


def catalogue(group: str | None = None) -> pd.DataFrame:
    """Return the catalogue of practices: what they are, who does them, on what evidence, and how they are modelled.

    Parameters
    ----------
    group
        ``enforcement``, ``licensing``, ``prevention``, ``infrastructure``, ``signals`` or ``emergency``; all if
        not given.

    Returns
    -------
    One row per practice: ``id, number, name, group, summary, used, countries, mechanism, acts_on, grade``,
    ``findings, evidence, caveats, transferability, modelled, policies, origin``.

    Raises
    ------
    InputError
        If there is no such group, or the practices of an installed package are wrong.

    Examples
    --------
    >>> import trafficsim as ts
    >>> ts.catalogue("signals")["id"].tolist()[:2]
    ['green_wave_retiming', 'mova']
    """
    from trafficsim.outcomes.catalogue import as_frame, of_group

    return as_frame(of_group(_known(), group))


def practice_entries(group: str | None = None) -> dict[str, dict[str, Any]]:
    """Return practices as values that JSON can hold, by id.

    Raises
    ------
    InputError
        If there is no such group, or the practices of an installed package are wrong.
    """
    from trafficsim.outcomes.catalogue import as_plain, of_group

    return {name: as_plain(one) for name, one in of_group(_known(), group).items()}


def transfer(subject: Setting | Study | StudyResult | str | Path, practices: Sequence[str] | None = None
             ) -> pd.DataFrame:
    """Carry the evidence of practices to a setting: name every difference, widen the intervals, or refuse.

    The rule stands in :mod:`trafficsim.outcomes.transfer`: prediction intervals, with the variance between studies.

    Parameters
    ----------
    subject
        A setting; or a study with a setting (the model, its result, its file, its folder of results), of which the
        practices are taken that its policies represent.
    practices
        Only these, by id.

    Returns
    -------
    One row per practice, finding and property of the settings (columns as in
    :func:`trafficsim.outcomes.transfer_table.transfer_table`), for a study after ``alternative`` and ``policy``.

    Raises
    ------
    InputError
        If a practice is unknown, or the study declares no setting.

    Examples
    --------
    >>> import trafficsim as ts
    >>> here = ts.Setting(country="JO", road_class="motorway", limit_kmh=100, driving_side="right")
    >>> found = ts.transfer(here, ["average_speed_control"])
    >>> found.loc[(found["source"] == found["source"].iloc[0]) & (found["property"] == "country"),
    ...           ["outcome", "low", "value", "high"]].round().values.tolist()[0]
    ['all crashes', -49.0, -30.0, -4.0]
    """
    from trafficsim.outcomes.transfer_table import carry_all, study_table, transfer_table

    entries = _known(practices)
    if isinstance(subject, Setting):
        return transfer_table(carry_all(entries.values(), subject))
    label, setting, alternatives = _of_study(subject)
    if setting is None:
        raise InputError(f"{label}: setting", "nothing", "the setting in which the measures shall work",
                         'declare it: [setting] with country = "..", road_class = "urban", limit_kmh = 50')
    return study_table(alternatives, entries, setting)


def _known(practices: Sequence[str] | None = None) -> dict[str, Entry]:
    """Return practices by id, all without names; what they say of policies must be true."""
    from trafficsim.io.practices import load_practices
    from trafficsim.policies import load_policies

    entries, kinds = load_practices(), load_policies()
    for name, entry in entries.items():
        where = f"{entry.origin}: practice {name!r}"
        if name in kinds:
            raise InputError(where, "the kind of a policy as its id", "a name of its own", "rename the practice")
        for kind in entry.practice.modelled.policies:
            if kind not in kinds:
                raise InputError(f"{where}: modelled.policies", f"an unknown policy kind {kind!r}",
                                 f"one of {', '.join(sorted(kinds))}", "correct the kind, or install its package")
    for name in practices or ():
        if name not in entries:
            raise InputError(f"practice {name!r}", "no such practice", f"one of {', '.join(entries)}",
                             "correct the name; all of them: trafficsim policies")
    return entries if practices is None else {name: entries[name] for name in practices}


def _of_study(subject: Study | StudyResult | str | Path) -> tuple[str, Setting | None, Kinds]:
    """Return what messages call a study, its setting, and the kinds of policies of its alternatives."""
    if isinstance(subject, str | Path) and Path(subject).is_dir():
        from trafficsim.report.material import from_folder

        material = from_folder(subject)
        return str(subject), material.setting, {
            name: [str(one["kind"]) for one in policies] for name, policies in material.alternatives.items()}
    from trafficsim.api.reading import read_study

    if isinstance(subject, str | Path):
        study, label = read_study(subject), str(subject)
    else:
        study = subject if isinstance(subject, Study) else subject.study
        label = f"study {study.name!r}"
    return label, study.setting, {
        name: [policy.kind for policy in policies] for name, policies in study.alternatives.items()}
