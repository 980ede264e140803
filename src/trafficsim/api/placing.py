"""Place enforcement in a scenario, or along a rollout of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trafficsim.api.reading import build, place_of, read_study
from trafficsim.base.errors import InputError, quoted
from trafficsim.io.load import naming, with_files
from trafficsim.io.toml import read_toml
from trafficsim.spec.crashes import History
from trafficsim.spec.rollout import Candidate
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.study import Study
from trafficsim.spec.world import World

if TYPE_CHECKING:
    from trafficsim.design.siting.choice import Method
    from trafficsim.results.rollout import Programme
    from trafficsim.run.siting.place import Objective, Placement

Candidates = Sequence[Candidate | tuple[str, float] | Mapping[str, Any]] | str | Path
Subject = str | Path | Scenario | World | Study


def place(  # noqa: PLR0913 - what is to be placed is named one by one for those who call it
    subject: Subject, kind: str = "speed_camera", *, budget: float, by: Objective = "expected casualties",
    candidates: Candidates | None = None, every_m: float = 250.0, cost: float = 1.0, method: Method = "greedy",
    parameters: Mapping[str, Any] | None = None, history: History | None = None,
) -> Placement:
    """Choose where enforcement stands under a budget, and say how far the choice can be from the best.

    On every stretch of road the strongest of the places that its drivers pass counts, and counts once. Traffic and
    routes are those of the design day; a place acts only on drivers whose route passes it.

    Parameters
    ----------
    subject
        A scenario file, a scenario, a world, or a study (file or model) with one scenario, whose crash history and
        casualty models are then used.
    kind
        Kind of a policy with places.
    budget
        Most that the places may cost together; their number, if no costs are given.
    by
        ``"expected casualties"``: killed and seriously injured avoided per year, expected crashes (empirical Bayes)
        by the speed model with the kernel of the policy; ``"citations"``: per hour, who is cited twice on a trip counts
        once; ``"coverage"``: vehicle-km per hour times the strength that is felt.
    candidates
        Places: ``(link, position in m)``, :class:`Candidate`, or a CSV file with ``link``, ``position_m`` and, where
        wanted, ``cost`` and ``area``. Without it they stand along all links.
    every_m
        Distance of places along links.
    cost
        Cost of candidates without one of their own.
    method
        ``"greedy"`` (at least 63 % of the best if all cost the same, usually far closer, see ``bound``), ``"exact"``
        (mixed-integer program, up to 400 places), or ``"exact or greedy"``.
    parameters
        Further parameters of the policy.
    history
        Crash history, instead of that of the study.

    Returns
    -------
    Places in order with ``gain`` and ``value``, ``bound``, and ``policy``, ready for a study.

    Raises
    ------
    InputError
        If nothing can be placed: no candidate, a budget below every cost, no crash history, an unknown place or kind.

    Examples
    --------
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=900)
    >>> road = ts.Scenario(name="road", network=ts.corridor([2000, 3000]), demand=ts.Demand(flows=(flow,)))
    >>> found = ts.design.place(road, "speed_camera", budget=2, by="coverage")
    >>> found.table["name"].tolist(), found.share_of_bound > 0.63
    (['east1 1625 m', 'east2 1375 m'], True)
    >>> found.policy.kind
    'speed_camera'
    """
    from trafficsim.plan.prepare import prepare
    from trafficsim.results.casualties import models_of
    from trafficsim.run.crash_history import read_histories
    from trafficsim.run.rehearsal import rehearsed
    from trafficsim.run.siting.place import Request, candidates_along, placed
    from trafficsim.spec.casualties import Casualties

    study = _study_of(subject)
    label = place_of(subject)
    with naming(label.label):
        world = _world_of(subject, study)
        prepared = rehearsed(prepare(world), cache=label.cache)
        asked = Study(scenarios=(world.scenario,), alternatives={"do nothing": ()}) if study is None else study
        if history is not None:
            asked = with_files(asked.model_copy(update={"history": history}), Path())
        histories = read_histories(asked, {world.scenario.name: world})
        places = candidates_along(world.network, every_m) if candidates is None else _candidates(candidates)
        return placed(prepared, places, Request(kind, by, budget, method, parameters or {}), cost=cost,
                      history=histories.get(world.scenario.name), models=models_of(asked.casualties or Casualties()))


def rollouts(subject: str | Path | Study) -> tuple[Programme, ...]:
    """Work out the rollouts of a study, what is built when, what it costs and avoids; nothing is simulated.

    Parameters
    ----------
    subject
        A study with ``rollout`` and ``history``, or its file.

    Returns
    -------
    One programme per scenario and rollout, with tables ``sites``, ``years``, ``curve`` and ``orders``.

    Raises
    ------
    InputError
        If the study has no rollout, or one cannot be.

    Examples
    --------
    >>> import trafficsim as ts
    >>> ts.rollouts(ts.Study(scenarios=("a.toml",), alternatives={"do nothing": ()}))
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: study 'study': rollout: found nothing; expected at least one rollout. \
Remedy: add [[rollout]] with candidates and budget_per_year.
    """
    from trafficsim.run.crash_history import read_histories
    from trafficsim.run.rehearsal import rehearsed_worlds
    from trafficsim.run.runner import load_worlds, prepare_worlds
    from trafficsim.run.siting.rollout import plan_rollouts

    where = place_of(subject)
    with naming(where.label):
        study = with_files(subject, Path()) if isinstance(subject, Study) else read_study(subject)
        if not study.rollout:
            raise InputError("rollout", "nothing", "at least one rollout",
                             "add [[rollout]] with candidates and budget_per_year")
        worlds = load_worlds(study, where.folder)
        histories = read_histories(study, worlds)
        prepared = rehearsed_worlds(prepare_worlds(worlds), study.engines[0], where.cache)
        return plan_rollouts(study, prepared, histories)


def _study_of(subject: Subject) -> Study | None:
    if isinstance(subject, str | Path) and "alternatives" in read_toml(Path(subject)):
        return read_study(subject)
    return with_files(subject, Path()) if isinstance(subject, Study) else None


def _world_of(subject: Subject, study: Study | None) -> World:
    if study is None:
        return build(subject)  # type: ignore[arg-type]
    from trafficsim.run.runner import load_worlds

    worlds = load_worlds(study, place_of(subject).folder)
    if len(worlds) > 1:
        raise InputError("scenarios", f"{len(worlds)} scenarios", "one: places belong to one network",
                         "place in each scenario by itself")
    return next(iter(worlds.values()))


def _candidates(given: Candidates) -> tuple[Candidate, ...]:
    if isinstance(given, str | Path):
        from trafficsim.io.candidates import read_candidates

        return read_candidates(Path(given))
    return tuple(map(_candidate, given))


def _candidate(one: Candidate | tuple[str, float] | Mapping[str, Any]) -> Candidate:
    if isinstance(one, Candidate):
        return one
    try:
        return Candidate.model_validate(
            one if isinstance(one, Mapping) else dict(zip(("link", "position_m"), one, strict=True)))
    except (TypeError, ValueError):
        raise InputError("candidates", quoted(one), "a link and a position in m, from 0",
                         'write ("link", 150.0), or ts.Candidate(link=..., position_m=...)') from None
