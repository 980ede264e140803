"""Whether the question of a study makes sense: told by ``check``, and before anything runs."""

from __future__ import annotations

from collections.abc import Mapping

from trafficsim.base.errors import InputError
from trafficsim.engines.asking import check_offered
from trafficsim.engines.registry import engine_named
from trafficsim.results.appraisal import check_economics
from trafficsim.results.indicators import COST, PATH_TIME
from trafficsim.results.offered import outputs_of
from trafficsim.run.result import question_of
from trafficsim.spec.study import Study
from trafficsim.spec.world import World


def check_question(study: Study) -> None:
    """Refuse indicators, prices and engines that do not go together; no scenario is read for it.

    Raises
    ------
    InputError
        Naming the key of the study.
    """
    question_of(study).check()
    check_economics(study.economics)
    known = None if study.economics is None else study.economics.indicator
    for name in _indicators(study):
        if COST.fullmatch(name) and name != known:
            raise InputError(f"study: indicator {name!r}", "no [economics] in this currency",
                             known or "a study with [economics]", "add [economics], or name another indicator")
    for engine in study.engines:
        check_offered(engine_named(engine), outputs_of(_indicators(study)))


def check_named(study: Study, worlds: Mapping[str, World]) -> None:
    """Refuse paths that a scenario does not have, and weighted links that none has.

    Parameters
    ----------
    study
        The question.
    worlds
        Its scenarios by name.

    Raises
    ------
    InputError
        Naming the path or link.
    """
    for name in _indicators(study):
        match = PATH_TIME.fullmatch(name)
        for scenario, world in worlds.items():
            paths = sorted(world.network.paths)
            if match and match[1] not in paths:
                raise InputError(f"study: indicator {name!r}", f"no path {match[1]!r} in scenario {scenario!r}",
                                 f"one of {paths}" if paths else "a scenario with [network.paths]", "correct the name")
    links = {link for world in worlds.values() for link in world.network.links}
    unknown = [link for link in (study.casualties.weights if study.casualties else ()) if link not in links]
    if unknown:
        raise InputError(f"study: casualties.weights.{unknown[0]}", "no such link in any scenario",
                         "links of the network", "correct the name of the link")


def _indicators(study: Study) -> tuple[str, ...]:
    """Return the indicators that a study names."""
    return tuple(dict.fromkeys((*study.primary, *study.equivalence_margins, *study.precision)))
