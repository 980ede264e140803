"""One job: lower one replication of one alternative, run it, check it and make its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from trafficsim.base.codes import COMPLETED, EN_ROUTE, WAITING
from trafficsim.base.errors import InputError, MachineError, SimulationError
from trafficsim.engines.asking import check_asked
from trafficsim.engines.registry import engine_named
from trafficsim.plan.arrays import Plan
from trafficsim.plan.experience import with_routes
from trafficsim.plan.free_flow import free_flow
from trafficsim.plan.lower import DESIGN_DAY, Lowered, lower
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.record import Record
from trafficsim.plan.representation import check_representation
from trafficsim.plan.routes import RouteTable
from trafficsim.results.convergence import convergence_table
from trafficsim.results.frames import Labels
from trafficsim.results.indicators import indicators_table
from trafficsim.results.ledger import ledger_table
from trafficsim.results.observed import validation_table
from trafficsim.results.offered import as_offered
from trafficsim.results.reference import Reference
from trafficsim.results.routes import as_driven
from trafficsim.results.runs import failed_run_table, runs_table
from trafficsim.results.store import write_failure, write_tables
from trafficsim.results.tables import result_tables
from trafficsim.results.unserved import unserved_table
from trafficsim.results.validation import TABLE as VALIDATION
from trafficsim.run.clearing import passes, with_blocked_times
from trafficsim.spec.policy import Policy

TRACE_S = 900.0
"""Length of the traces along named routes that a study keeps of its first replication, for time-space diagrams."""


@dataclass(frozen=True)
class Setting:
    """What all jobs of a study share.

    Attributes
    ----------
    worlds : by name of the scenario
    demand_variation : coefficient of variation of demand from one replication to another
    routes : by scenario and alternative, where each alternative has routes of its own
    out : folder that whoever does a job writes its tables into; ``None`` gives them back in the outcome
    """

    worlds: Mapping[str, Prepared]
    demand_variation: float = 0.0
    out: Path | None = None
    routes: Mapping[tuple[str, str], RouteTable] = field(default_factory=dict)

    def world_of(self, labels: Labels) -> Prepared:
        """Return the world of a run, with the routes of its alternative."""
        prepared, own = self.worlds[labels.scenario], self.routes.get((labels.scenario, labels.alternative))
        return prepared if own is None else with_routes(prepared, own)


@dataclass(frozen=True)
class Job:
    """One run: its name, the policies of its alternative, and whether vehicles on named routes leave a trace."""

    labels: Labels
    policies: tuple[Policy, ...] = ()
    trace_paths: bool = False


@dataclass(frozen=True)
class Outcome:
    """The tables of a run, none if they are in files; a run that failed has an error, and a ``runs`` table only."""

    labels: Labels
    tables: dict[str, pd.DataFrame]
    failure: SimulationError | None = None


def do_job(setting: Setting, job: Job) -> Outcome:
    """Run a job. What is wrong with the input or the machine is raised; anything else becomes a row with its reason."""
    prepared = setting.world_of(job.labels)
    outcome = attempted(job.labels, lambda: simulate(prepared, job, setting.demand_variation))
    return outcome if setting.out is None else stored(outcome, setting.out)


def attempted(labels: Labels, run: Callable[[], dict[str, pd.DataFrame]]) -> Outcome:
    """Make the tables of a run; a run that fails becomes a row with its reason.

    Raises
    ------
    InputError, MachineError
        If the input or the machine is wrong.
    """
    try:
        return Outcome(labels, run())
    except (InputError, MachineError):
        raise
    except MemoryError:
        raise MachineError(f"run {labels}", "too little memory", "memory for each worker",
                           "use fewer workers, or a smaller scenario") from None
    except Exception as error:  # noqa: BLE001 - one broken replication must not take the others with it
        failure = error if isinstance(error, SimulationError) else _unexpected(error, labels)
        return Outcome(labels, {"runs": failed_run_table(labels, str(failure))}, failure)


def stored(outcome: Outcome, out: Path) -> Outcome:
    """Write the tables of a run to a folder and let go of them.

    Raises
    ------
    MachineError
        If the folder cannot be written or the disk is full.
    """
    if outcome.failure is None:
        write_tables(out, outcome.labels, outcome.tables)
    else:
        write_failure(out, outcome.labels, outcome.tables["runs"])
    return replace(outcome, tables={})


def _unexpected(error: Exception, labels: Labels) -> SimulationError:
    return SimulationError(f"run {labels}", f"{type(error).__name__}: {error}", "a run that ends",
                           "report the scenario and seed: this is a defect")


def simulate(prepared: Prepared, job: Job, demand_variation: float = 0.0) -> dict[str, pd.DataFrame]:
    """Lower, run, check and tabulate.

    Raises
    ------
    InputError
        If the replication is the design day, or a policy cannot be lowered, or the engine would lose its effect.
    SimulationError
        If vehicles were lost or a number is not finite.
    """
    if job.labels.replication <= DESIGN_DAY:
        raise InputError("replication", str(job.labels.replication), "a whole number >= 1",
                         f"leave {DESIGN_DAY} to designs: what is judged is never what was designed on")
    lowered = lowered_for(prepared, job, demand_variation)
    for _ in range(passes(lowered.plan, prepared.world.scenario)):
        known, prepared = prepared.blocked_s, with_blocked_times(prepared, lowered.plan, job.labels.engine)
        if prepared.blocked_s == known:
            break
        lowered = lowered_for(prepared, job, demand_variation)
    return tables_of(prepared, lowered, job)


def tables_of(prepared: Prepared, lowered: Lowered, job: Job) -> dict[str, pd.DataFrame]:
    """Run a plan, check it and tabulate.

    Raises
    ------
    SimulationError
        If vehicles were lost or a number is not finite.
    """
    engine = engine_named(job.labels.engine)
    traced = job.trace_paths and "trajectories" in engine.measures
    plan = with_path_traces(lowered.plan, prepared) if traced else lowered.plan
    return tables_of_record(prepared, lowered, job, engine.run(plan, engine.settings_of(prepared.world)), plan)


def tables_of_record(prepared: Prepared, lowered: Lowered, job: Job, record: Record, plan: Plan,
                     ) -> dict[str, pd.DataFrame]:
    """Check and tabulate what a run of a plan gave back.

    Raises
    ------
    SimulationError
        If vehicles were lost or a number is not finite.
    """
    engine = engine_named(job.labels.engine)
    check_conservation(plan, record, job.labels)
    plan = as_driven(plan, record)
    reference, learnt = reference_under_do_nothing(lowered), prepared.routes.rehearsals
    told = {"convergence": convergence_table(learnt.iterations, job.labels)} if learnt.iterations else {}
    wish = prepared.world.scenario.validation
    if wish is not None:
        told[VALIDATION] = validation_table(wish, prepared.world.observations, plan, record, job.labels)
    return as_offered({
        **result_tables(plan, record, job.labels, reference),
        "indicators": indicators_table(plan, record, job.labels, reference),
        "ledger": ledger_table(lowered.ledger, job.labels),
        "runs": runs_table(plan, record, job.labels, learnt),
        "unserved": unserved_table(prepared.unserved, job.labels), **told,
    }, engine.measures, engine.name)


def lowered_for(prepared: Prepared, job: Job, demand_variation: float = 0.0) -> Lowered:
    """Lower a job for its engine.

    Raises
    ------
    PolicyError
        If a policy cannot be lowered, or the engine would lose its effect.
    InputError
        If the engine does not measure what is asked for, or does not represent what is there.
    """
    lowered = lower(prepared, job.policies, job.labels.replication, demand_variation=demand_variation)
    check_lowered(prepared, lowered, job.labels.engine)
    return lowered


def check_lowered(prepared: Prepared, lowered: Lowered, name: str) -> None:
    """Refuse a plan whose policies the engine of this name would lose, or that asks for what it does not measure.

    Raises
    ------
    PolicyError, InputError
        Naming what is lost.
    """
    engine = engine_named(name)
    check_asked(engine, lowered.plan)
    represented = engine.representation(engine.settings_of(prepared.world))
    check_representation(lowered.baseline, lowered.plan, lowered.ledger, represented)


def with_path_traces(plan: Plan, prepared: Prepared) -> Plan:
    """Let all vehicles on the links of named routes leave a trace in the first minutes of the analysis period.

    A scenario that asks for traces of its own keeps to those, and one without named routes has none.
    """
    paths = prepared.world.network.paths
    if not paths or plan.trajectory_share > 0.0:
        return plan
    links = {prepared.network.link_index[link] for path in paths.values() for link in path}
    return replace(plan, trajectory_share=1.0, trace_link=tuple(sorted(links)), trace_begin_s=plan.analysis_begin_s,
                   trace_end_s=plan.analysis_begin_s + TRACE_S)


def reference_under_do_nothing(lowered: Lowered) -> Reference:
    """Free-flow values of the same travellers without any policy, in the order of the plan."""
    plan, baseline = lowered.plan, lowered.baseline
    return reference_of(baseline).matched_to(baseline, plan, reference_of)


def reference_of(plan: Plan) -> Reference:
    """Free-flow values of a plan."""
    return Reference(free_flow(plan), plan.links.free_speed_mean_ms)


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
            f"run {labels}",
            f"{record.demanded} demanded, {totals} waiting, en route, completed; {counted} by status of {trips} trips",
            "demanded = waiting + en route + completed", "report the scenario and seed: the engine lost a vehicle",
        )
