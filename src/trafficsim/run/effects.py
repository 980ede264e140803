"""Whether the policies of a study can be lowered, and whether they do anything: told before anything has run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from trafficsim.base.errors import PolicyError, TrafficsimError
from trafficsim.base.findings import Finding
from trafficsim.io.load import naming
from trafficsim.people.duty import on_duty
from trafficsim.plan.deploying import HOURS_IN_FORCE
from trafficsim.plan.ledger import LedgerRow, policy_labels
from trafficsim.plan.lower import DESIGN_DAY, Lowered
from trafficsim.plan.prepare import Prepared
from trafficsim.results.frames import Labels
from trafficsim.run.jobs import Job, lowered_for
from trafficsim.spec.calendar import Days
from trafficsim.spec.study import Study

NO_OPERATION = "recorded no operation here"
NO_CHANGE = "leaves every value as it was"


class Effect(NamedTuple):
    """What one policy of an alternative did to a scenario.

    Attributes
    ----------
    cells : cells that it named in its operations
    changed : those of them whose value (or letters, of a phase) are others with all policies than without any
    """

    scenario: str
    engine: str
    alternative: str
    policy: str
    cells: int
    changed: int


def check_policies(study: Study, worlds: Mapping[str, Prepared]) -> tuple[Effect, ...]:
    """Lower every alternative once, on the design day: a policy that is wrong is told before anything has run.

    Raises
    ------
    PolicyError
        If a policy cannot be lowered.
    """
    effects: list[Effect] = []
    for alternative, policies in study.alternatives.items():
        for name, prepared in worlds.items():
            for engine in study.engines:
                job = Job(Labels(name, alternative, DESIGN_DAY, engine), policies)
                with naming(f"alternative {alternative!r}"):
                    lowered = _try_to_lower(prepared, job)
                    effects += _effects(lowered, job, standing_on_any_day(lowered, study.days))
    return tuple(effects)


def without_effect(effects: Sequence[Effect]) -> tuple[Finding, ...]:
    """Warn of policies that change nothing in a scenario; refuse those that recorded no operation in any.

    A policy that sets what was there already is a fair alternative (the middle of a series of limits, say), and one
    that finds nothing to do in one of several scenarios is, too: they run, and are named. A policy that never says
    anything to the builder would be judged *equivalent* for nothing.

    Raises
    ------
    PolicyError
        Naming the alternative and the policy.

    Examples
    --------
    >>> without_effect([Effect("town", "ca", "limit 50", "speed_limit", 3, 0)])[0].message
    'leaves every value as it was'
    """
    spoken = {(one.alternative, one.policy) for one in effects if one.cells}
    for one in effects:
        if (one.alternative, one.policy) not in spoken:
            raise PolicyError(
                f"alternative {one.alternative!r}: policy {one.policy}", "no operation recorded in any scenario",
                "a policy that changes something: what does nothing would be called equivalent",
                "correct what it selects, or its method 'lower'; or drop it")
    return tuple(_warning(one) for one in effects if not one.changed)


def without_effect_json(effects: Iterable[Effect]) -> list[dict[str, str]]:
    """Put policies that changed nothing into the form of ``compare --json``.

    Examples
    --------
    >>> without_effect_json([Effect("town", "ca", "limit 50", "speed_limit", 3, 0)])[0]["reason"]
    'leaves every value as it was'
    """
    return [{"scenario": one.scenario, "engine": one.engine, "alternative": one.alternative, "policy": one.policy,
             "reason": _reason(one)} for one in effects if not one.changed]


def _reason(one: Effect) -> str:
    return NO_CHANGE if one.cells else NO_OPERATION


def _warning(one: Effect) -> Finding:
    where = f"scenario {one.scenario!r}: alternative {one.alternative!r}: policy {one.policy}"
    return Finding("warning", "no-effect", where, _reason(one),
                   "read 'equivalent' as 'the same', or correct the policy")


def standing_on_any_day(lowered: Lowered, days: Days | None) -> frozenset[str]:
    """Names of the deployments that stand on some day of a study over days; none without days."""
    found: set[str] = set()
    for day in range(1, 1 + (days.number if days is not None and lowered.deployments else 0)):
        assert days is not None
        stand = on_duty(lowered.deployments, day, days.weekday(day), lowered.plan.seed_key)
        found |= {one.name for one, here in zip(lowered.deployments, stand, strict=True) if here}
        if len(found) == len(lowered.deployments):
            break
    return frozenset(found)


def _effects(lowered: Lowered, job: Job, standing: frozenset[str]) -> list[Effect]:
    labels, ledger = job.labels, lowered.ledger
    return [
        Effect(labels.scenario, labels.engine, labels.alternative, policy,
               sum(len(row.cells) for row in ledger if row.policy == policy),
               sum(_changed(row, standing) for row in ledger if row.policy == policy))
        for policy in policy_labels(job.policies)
    ]


def _changed(row: LedgerRow, standing: frozenset[str]) -> int:
    """Cells whose value is another one, or whose letters are; deployments that stand on another day than the first."""
    if row.field == HOURS_IN_FORCE and standing.intersection(row.cells):
        return len(row.cells)
    values = [before != after for before, after in zip(row.before, row.after, strict=True)]
    letters = [before != after for before, after in zip(row.state_before, row.state_after, strict=True)]
    return sum(value or letter for value, letter in zip(values, letters or values, strict=True))


def _try_to_lower(prepared: Prepared, job: Job) -> Lowered:
    try:
        return lowered_for(prepared, job)
    except TrafficsimError:
        raise
    except Exception as error:  # a policy of somebody else may fail in any way; name it instead of a traceback
        raise PolicyError("policies", f"{type(error).__name__}: {error}", "policies that can be lowered",
                          "correct the method 'lower' of the policy") from error

