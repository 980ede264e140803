"""One job: lower one replication of one alternative, run it, check it and make its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trafficsim.base.errors import InputError, MachineError, SimulationError
from trafficsim.engines.registry import engine_named
from trafficsim.plan.arrays import Plan
from trafficsim.plan.free_flow import free_flow_time_s, route_length_m
from trafficsim.plan.lower import Lowered, lower
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.record import COMPLETED, EN_ROUTE, WAITING, Record
from trafficsim.plan.representation import check_representation
from trafficsim.results.frames import Labels
from trafficsim.results.indicators import indicators_table
from trafficsim.results.ledger import ledger_table
from trafficsim.results.reference import Reference
from trafficsim.results.runs import failed_run_table, runs_table
from trafficsim.results.tables import result_tables
from trafficsim.spec.policy import Policy


@dataclass(frozen=True)
class Job:
    """One run: its name and the policies of its alternative."""

    labels: Labels
    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """The tables of a run; a run that failed has an error, and a ``runs`` table only."""

    labels: Labels
    tables: Mapping[str, pd.DataFrame]
    failure: SimulationError | None = None


def do_job(worlds: Mapping[str, Prepared], job: Job) -> Outcome:
    """Run a job. What is wrong with the input or the machine is raised; anything else becomes a row with its reason."""
    try:
        return Outcome(job.labels, simulate(worlds[job.labels.scenario], job))
    except (InputError, MachineError):
        raise
    except Exception as error:  # noqa: BLE001 - one broken replication must not take the others with it
        failure = error if isinstance(error, SimulationError) else _unexpected(error, job.labels)
        return Outcome(job.labels, {"runs": failed_run_table(job.labels, str(failure))}, failure)


def _unexpected(error: Exception, labels: Labels) -> SimulationError:
    return SimulationError(f"run {tuple(labels)}", f"{type(error).__name__}: {error}", "a run that ends",
                           "report the scenario and seed: this is a defect")


def simulate(prepared: Prepared, job: Job) -> dict[str, pd.DataFrame]:
    """Lower, run, check and tabulate.

    Raises
    ------
    PolicyError
        If a policy cannot be lowered, or the engine would lose its effect.
    SimulationError
        If vehicles were lost or a number is not finite.
    """
    engine = engine_named(job.labels.engine)
    lowered = lower(prepared, job.policies, job.labels.replication)
    plan = lowered.plan
    settings = getattr(prepared.world.scenario, job.labels.engine)
    check_representation(lowered.baseline, plan, lowered.ledger, engine.representation(settings))
    record = engine.run(plan, settings)
    check_conservation(plan, record, job.labels)
    reference = reference_under_do_nothing(lowered)
    return {
        **result_tables(plan, record, job.labels, reference),
        "indicators": indicators_table(plan, record, job.labels, reference),
        "ledger": ledger_table(lowered.ledger, job.labels),
        "runs": runs_table(plan, record, job.labels),
    }


def reference_under_do_nothing(lowered: Lowered) -> Reference:
    """Free-flow values of the same people without any policy, in the order of the plan."""
    plan, baseline = lowered.plan, lowered.baseline
    return reference_of(baseline).matched_to(baseline, plan, reference_of(plan))


def reference_of(plan: Plan) -> Reference:
    """Free-flow values of a plan."""
    return Reference(free_flow_time_s(plan), route_length_m(plan), plan.links.free_speed_mean_ms)


def check_conservation(plan: Plan, record: Record, labels: Labels) -> None:
    """Vehicles demanded = waiting + en route + completed, in the totals and in the trips.

    Raises
    ------
    SimulationError
        If a vehicle was lost or counted twice.
    """
    totals = (record.waiting, record.en_route, record.completed)
    counted = tuple(int(np.sum(record.trips.status == code)) for code in (WAITING, EN_ROUTE, COMPLETED))
    trips = len(plan.trips.name)
    if record.demanded != sum(totals) or totals != counted or record.demanded != trips:
        raise SimulationError(
            f"run {tuple(labels)}",
            f"{record.demanded} demanded, {totals} waiting, en route, completed; {counted} by status of {trips} trips",
            "demanded = waiting + en route + completed", "report the scenario and seed: the engine lost a vehicle",
        )
