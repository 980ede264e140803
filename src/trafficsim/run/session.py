"""A run that is open: it goes on as far as it is told to, can go back to a checkpoint, and ends in results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.findings import Finding
from trafficsim.base.repairs import repairs_by_code
from trafficsim.control.observation import Observation
from trafficsim.control.python import Requests, Stage
from trafficsim.engines.memento import Memento
from trafficsim.engines.open_run import OpenRun
from trafficsim.engines.registry import check_engine, engine_named
from trafficsim.engines.several import Several
from trafficsim.plan.arrays import Plan
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.plan.record import Record
from trafficsim.results.frames import Labels
from trafficsim.run.jobs import Job, lowered_for, tables_of_record
from trafficsim.run.rehearsal import rehearsed
from trafficsim.run.result import RunResult
from trafficsim.spec.policy import Policy
from trafficsim.spec.world import World

OPEN = "open run"
"""What the alternative of an open run is called in its tables."""


class Session:
    """An open run of either engine. :func:`trafficsim.open_run` makes it.

    Parameters
    ----------
    prepared
        The world.
    job
        Engine, replication and policies.
    findings
        What checking the world found.
    """

    def __init__(self, prepared: Prepared, job: Job, findings: Sequence[Finding] = ()) -> None:
        self._prepared, self._job, self._findings = prepared, job, findings
        self._lowered = lowered_for(prepared, job)
        engine = engine_named(job.labels.engine)
        self._run: OpenRun = engine.begin(self._lowered.plan, engine.settings_of(prepared.world))

    @property
    def plan(self) -> Plan:
        """What is run, lowered: links, signals, trips."""
        return self._run.plan

    @property
    def time_s(self) -> float:
        """Clock time at which the run is."""
        return self._run.time_s

    def times_after(self, step_s: float, steps: int) -> NDArray[np.float64]:
        """Return the clock times now and after steps: those at the nearest ticks, and not after the end."""
        return self._run.times_after(step_s, steps)

    @property
    def ended(self) -> bool:
        """Whether the run is at its end, or everybody has arrived."""
        return self._run.ended

    def advance(self, to_s: float) -> None:
        """Go on to a clock time (the nearest tick of the engine), or to the end of the run.

        Raises
        ------
        InputError
            If the run is closed: its results have been taken before its end.

        Examples
        --------
        >>> import trafficsim as ts
        >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
        >>> road = ts.Scenario(name="road", time=ts.Time(analysis_s=60), network=ts.corridor([300, 200]),
        ...                    demand=ts.Demand(flows=(flow,)))
        >>> run = ts.open_run(road, engine="queue")
        >>> run.advance(run.time_s + 5.0)
        >>> run.time_s
        5.0
        """
        self._run.advance(to_s)

    @property
    def completed(self) -> int:
        """Trips that have arrived."""
        return self._run.completed

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of the signals that react."""
        return tuple(self._run.requests.views)

    def observe(self) -> Observation:
        """Return what is seen of all signals that react, read only."""
        return self._run.observe()

    def request(self, signal: str, stage: Stage) -> None:
        """Ask a signal for a stage, by its place from 0 or its name; the plant brings it there from the next tick on.

        Raises
        ------
        InputError
            If no such signal takes requests, or it has no such stage.

        Examples
        --------
        >>> import trafficsim as ts
        >>> net = ts.corridor([300, 200], signals=[1], side_streets=[1])
        >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
        >>> road = ts.Scenario(name="road", time=ts.Time(analysis_s=60), network=net, demand=ts.Demand(flows=(flow,)))
        >>> run = ts.open_run(road, engine="queue", policies=[ts.policies.Controlled()])
        >>> run.request("j1", 1)
        >>> run.advance(30.0)
        >>> run.observe()["j1"].stage
        1
        """
        self._run.requests.ask(signal, stage)

    def checkpoint(self) -> Memento:
        """Keep the state of the run as it is now: :meth:`restore` goes back to it, as often as wanted, bit for bit."""
        return self._run.checkpoint()

    def restore(self, checkpoint: Memento) -> None:
        """Go back to a checkpoint of this run."""
        checkpoint.restore()

    def record(self) -> Record:
        """Return what the run gave up to now, as arrays; it is closed with it, and gives the same again."""
        return self._run.finish()

    def finish(self) -> RunResult:
        """Return the results of the run up to now, as ``ts.run`` does; it is closed with it, and gives the same again.

        Raises
        ------
        SimulationError
            If vehicles were lost, or an invariant of the run was broken.
        """
        job, world = self._job, self._prepared.world
        tables = tables_of_record(self._prepared, self._lowered, job, self.record(), self._run.plan)
        found = dict.fromkeys((*world.findings, *self._findings, *self._prepared.findings))
        return RunResult(job.labels.scenario, job.labels.engine, world.scenario.seed, 1, tables, repairs_by_code(found))


def open_session(world: World, engine: str, policies: Sequence[Policy], replication: int, seed: int | None) -> Session:
    """Begin a replication of a world under policies, step by step.

    Raises
    ------
    InputError
        If the engine or a policy is wrong, or the engine runs to the end only.
    """
    check_engine(engine)
    if seed is not None:
        world = replace(world, scenario=world.scenario.model_copy(update={"seed": seed}))
    labels = Labels(world.scenario.name, OPEN, replication, engine)
    return Session(rehearsed(prepare(world), engine), Job(labels, tuple(policies)))


class Together:
    """Open runs of one engine that go on together: the same bits as one after the other, in less time.

    Parameters
    ----------
    sessions
        The runs.
    threads
        How many share the work.
    """

    def __init__(self, sessions: Sequence[Session], threads: int = 1) -> None:
        self._several = Several([one._run for one in sessions], threads)

    def replace(self, row: int, session: Session) -> None:
        """Put a run in the place of one, or take notice that it is somewhere else in time."""
        self._several.replace(row, session._run)

    def shut(self) -> None:
        """Let go of the threads."""
        self._several.shut()

    def requests(self, row: int) -> Requests:
        """Return where stages of a run are asked for."""
        return self._several.runs[row].requests

    def advance(self, step_s: float, which: NDArray[np.bool_]) -> None:
        """Let some go on by a step."""
        self._several.advance(step_s, which)

    @property
    def steps(self) -> NDArray[np.int64]:
        """Control ticks since the start, by run."""
        return self._several.control_ticks()

    @property
    def completed(self) -> NDArray[np.int64]:
        """Trips that have arrived, by run."""
        return self._several.value[:, 0]

    @property
    def seen(self) -> NDArray[np.int64]:
        """By run: vehicles by movement, by link, state and begin of each phase, one after the other."""
        return self._several.value[:, 1:]

    @property
    def time_s(self) -> NDArray[np.float64]:
        """Clock time, by run."""
        return self._several.time_s()

    @property
    def ended(self) -> NDArray[np.bool_]:
        """Whether each is at its end, or everybody has arrived."""
        return self._several.ended()
