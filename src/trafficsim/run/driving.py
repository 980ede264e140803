"""One run of an engine on the way to routes; what breaks off is named."""

from __future__ import annotations

from trafficsim.base.errors import MachineError, SimulationError, TrafficsimError
from trafficsim.engines.registry import engine_named
from trafficsim.plan.arrays import Plan
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.record import Record


def drive(engine: str, plan: Plan, prepared: Prepared, what: str) -> Record:
    """Run a plan under the settings of its scenario.

    Raises
    ------
    MachineError
        If memory is short.
    SimulationError
        Naming the run, if the engine has a defect.
    """
    try:
        return engine_named(engine).run(plan, engine_named(engine).settings_of(prepared.world))
    except TrafficsimError:
        raise
    except MemoryError:
        raise MachineError(what, "too little memory", "memory for one run of the scenario",
                           "use a smaller scenario") from None
    except Exception as error:  # a defect is named like that of a replication, without a traceback
        raise SimulationError(what, f"{type(error).__name__}: {error}", "a run that ends",
                              "report the scenario and seed: this is a defect") from error
