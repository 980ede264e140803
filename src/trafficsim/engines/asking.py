"""Whether an engine offers what it is asked to measure, and represents what it is asked to run."""

from __future__ import annotations

from collections.abc import Iterable

from trafficsim.base.errors import InputError
from trafficsim.engines.descriptor import Engine
from trafficsim.engines.registry import engines
from trafficsim.plan.arrays import Plan
from trafficsim.plan.outputs import FEATURES, OUTPUTS, needed_features, requested_outputs


def check_asked(engine: Engine, plan: Plan) -> None:
    """Refuse a plan that asks an engine for what it does not offer, or has in it what it does not represent.

    Raises
    ------
    InputError
        Naming who asks, and the engines that can.
    """
    check_offered(engine, requested_outputs(plan))
    for feature, where in needed_features(plan):
        if feature not in engine.represents:
            able = [name for name, one in engines().items() if feature in one.represents]
            raise InputError(f"engine {engine.name!r}: {where}", f"an engine that does not represent {feature}",
                             f"an engine that represents {FEATURES[feature]}",
                             f"choose {_one_of(able)}, or a scenario without {feature}")


def check_offered(engine: Engine, asked: Iterable[tuple[str, str]]) -> None:
    """Refuse outputs (with who asks for each) that an engine does not offer.

    Raises
    ------
    InputError
        Naming who asks, and the engines that offer the output.

    Examples
    --------
    >>> from trafficsim.engines.registry import DEFAULT_ENGINE, engine_named
    >>> check_offered(engine_named(DEFAULT_ENGINE), [("queues", "indicator 'max_queue_m'")])
    """
    for output, where in asked:
        if output not in engine.measures:
            able = [name for name, one in engines().items() if output in one.measures]
            raise InputError(f"engine {engine.name!r}: {where}", f"an engine that does not measure {output}",
                             f"an engine that measures {OUTPUTS[output]}",
                             f"choose {_one_of(able)}, or do not ask for it")


def _one_of(names: Iterable[str]) -> str:
    return f"engine {' or '.join(map(repr, sorted(names))) or '(there is none)'}"
