"""The plan builder: what policies may do, recorded, ordered per cell, and written to a ledger."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.behaviour import behaviour_arrays, check_rule, kept_gaps_s, zone_name
from trafficsim.plan.closures import roads_of
from trafficsim.plan.deploying import Deployed, RunDay, enforcement_arrays, in_force, require_known
from trafficsim.plan.fields import Field, field_of, phase_cell
from trafficsim.plan.ledger import LedgerRow, policy_labels
from trafficsim.plan.measurement_sections import MeasurementSection, enforcement_section, joined, section_arrays
from trafficsim.plan.meters import with_meters
from trafficsim.plan.operations import Operation, applied, check_range, spread
from trafficsim.plan.roadside_builder import RoadsideBuilder
from trafficsim.plan.signals import lower_signals
from trafficsim.plan.timeline import SCHEDULED, Scheduled, check_times, timeline_arrays
from trafficsim.plan.trip_operations import TripOperations
from trafficsim.plan.trip_selection import Known
from trafficsim.spec.behaviour import ResponseRule, SpeedCheck
from trafficsim.spec.calendar import Weekday
from trafficsim.spec.enforcement import Deployment
from trafficsim.spec.network import Network
from trafficsim.spec.policy import POLICY_PHASES, Policy, require_phase
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.world import World

PHASE, OFFSET = "signal.phase_s", "signal.offset_s"
RESPONSE, CITATION = "behaviour.response", "section.citation_ms"
"""What the ledger calls responses of drivers (cells: zones, values: strengths) and enforcement (cells: places)."""

Volumes = Mapping[tuple[str, str], float]


class PlanBuilder(RoadsideBuilder):
    """Collects the operations of policies on a plan, then applies them cell by cell.

    Per cell the order is set, scale, cap, floor, whatever the order of the policies. Factors are multiplied with each
    other in ascending order first, so that the result does not depend on who came first to the last bit.

    Parameters
    ----------
    plan
        The plan without any policy; it is never changed.
    network
        The network without any policy, for selectors.
    design
        Gives the volumes (pcu/h) of movements on the design day, when a policy asks for them.
    memory
        What policies worked out in earlier replications from the same network and design day.
    day
        Day of the study on which the run begins, and its weekday.
    world
        Its demand and seed, for selections of trips.
    """

    def __init__(self, plan: Plan, network: Network, design: Callable[[], Volumes] | None = None,
                 memory: dict[Hashable, Any] | None = None, day: tuple[int, Weekday] = (1, "mon"),
                 world: World | None = None) -> None:
        self._plan, self._network, self._design = plan, network, design
        self._memory: dict[Hashable, Any] = {} if memory is None else memory
        self._operations: list[Operation] = []
        self._extra: list[LedgerRow] = []
        self._rules: list[ResponseRule] = []
        self._sections: list[MeasurementSection] = []
        self._scheduled: list[Scheduled] = []
        self._earlier = 0  # operations of earlier phases: what `value` sees
        self._replaced: dict[str, tuple[str, SignalProgram]] = {}  # policy and program, by signal
        self._programs = network.signals  # after all earlier phases, but for durations and offsets
        self._base = plan  # the plan with those programs
        self._cells: dict[tuple[str, bool], dict[str, int]] = {}
        self._day, self.day, self.population = day, day[0], plan.people.population
        self._deployed: list[Deployed] = []
        self._enforced: dict[str, Any] = {}
        roads = roads_of(plan)
        known = Known(plan, network) if world is None else Known(plan, network, world.demand, world.scenario.seed)
        super().__init__(TripOperations(known, roads), roads, self.run_s, plan.incidents, world)

    @property
    def network(self) -> Network:
        """The network before any policy."""
        return self._network

    @property
    def programs(self) -> tuple[SignalProgram, ...]:
        """Signal programs, with the states, durations and offsets that the policies of all earlier phases gave them."""
        return tuple(self._timed(program) for program in self._programs)

    def _timed(self, program: SignalProgram) -> SignalProgram:
        cells = tuple(phase_cell(program.id, number) for number in range(len(program.phases)))
        durations = self.value(PHASE, cells).tolist()
        phases = tuple(phase.model_copy(update={"duration_s": duration})
                       for phase, duration in zip(program.phases, durations, strict=True))
        return program.model_copy(update={"phases": phases, "offset_s": float(self.value(OFFSET, (program.id,))[0])})

    def cells(self, field: str) -> tuple[str, ...]:
        """Return the names of all cells of a field, before any policy; none where there is nothing of the kind."""
        return field_of(field, self._policy).cells(self._plan)

    @property
    def run_s(self) -> tuple[float, float]:
        """Clock times at which a run begins and ends at the latest."""
        return self._plan.start_s, self._plan.end_s

    def baseline(self, field: str, cells: tuple[str, ...]) -> F8:
        """Return the values of a field (SI units) at the cells before any policy."""
        chosen = field_of(field, self._policy)
        return chosen.read(self._plan)[self._rows(chosen, cells, self._plan)]

    def value(self, field: str, cells: tuple[str, ...]) -> F8:
        """Return the values of a field (SI units) at the cells after the policies of all earlier phases.

        Policies of the same phase do not see each other: their order never matters.
        """
        chosen = field_of(field, self._policy)
        earlier = [operation for operation in self._operations[: self._earlier] if operation.field.name == field]
        return applied(chosen.read(self._base), earlier)[self._rows(chosen, cells, self._base)]

    def design_volumes(self) -> Volumes:
        """Volume (pcu/h) of every movement (link in, link out) on the design day, which is never judged.

        Raises
        ------
        PolicyError
            If the plan comes without a design day.
        """
        if self._design is None:
            raise PolicyError(f"policy {self._policy}", "no design day of demand", "a plan lowered from a world",
                              "lower the policy with trafficsim.plan.lower")
        return self._design()

    def remembered(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what ``make`` gives, made once for all replications and alternatives of a scenario.

        For what follows from the network, the design day and the key alone: the key holds everything else that
        ``make`` reads, the policy's parameters above all.
        """
        if key not in self._memory:
            self._memory[key] = make()
        return self._memory[key]

    def set(self, field: str, cells: tuple[str, ...], value: Any) -> None:
        """Set the cells to a value, or to one value each."""
        self._record("set", field, cells, value)

    def scale(self, field: str, cells: tuple[str, ...], factor: Any) -> None:
        """Multiply the cells by a factor, or by one factor each."""
        self._record("scale", field, cells, factor)

    def cap(self, field: str, cells: tuple[str, ...], most: Any) -> None:
        """Limit the cells from above."""
        self._record("cap", field, cells, most)

    def floor(self, field: str, cells: tuple[str, ...], least: Any) -> None:
        """Limit the cells from below."""
        self._record("floor", field, cells, least)

    def schedule(self, field: str, cells: tuple[str, ...], values: Any, begin_s: float, end_s: float) -> None:
        """Give links another limit or free speed between two clock times, whatever else acts on them then.

        Raises
        ------
        PolicyError
            If the field cannot change within a run, a cell is unknown, or the times are none of the run.
        """
        where = f"policy {self._policy}: schedule {field}"
        if field not in SCHEDULED:
            raise PolicyError(where, "a field that does not change within a run", f"one of {', '.join(SCHEDULED)}",
                              "set it for the whole run")
        check_times((begin_s, end_s), self.run_s, where)
        chosen = field_of(field, self._policy)
        one = Operation(self._policy, chosen, "schedule", *self._operand("schedule", chosen, cells, values))
        check_range(chosen, spread(one, len(self._plan.link_id)), [one])
        self._scheduled.append(Scheduled(one.policy, field, chosen.unit, one.cells, one.rows, one.operand, begin_s,
                                         end_s))

    def retime(self, program: str, phase_s: Sequence[float], offset_s: float | None = None) -> None:
        """Set the durations of all phases of a signal program, and its offset when one is given."""
        self.set(PHASE, tuple(phase_cell(program, number) for number in range(len(phase_s))), phase_s)
        if offset_s is not None:
            self.set(OFFSET, (program,), offset_s)

    def replace_program(self, program: str, phases: Sequence[Phase], offset_s: float | None = None) -> None:
        """Give a signal other phases, with states and durations of their own, and an offset when one is given.

        Raises
        ------
        PolicyError
            If there is no such signal, states have another number of letters than before, or another policy has set the
            phases.
        """
        present = {one.id: one for one in self._network.signals}.get(program)
        if present is None:
            raise PolicyError(f"policy {self._policy}: signal {program!r}", "no such signal", "a signal of the network",
                              "correct the name")
        width, wanted = {len(phase.state) for phase in phases}, len(present.phases[0].state)
        if width != {wanted}:
            raise PolicyError(f"policy {self._policy}: signal {program!r}: phases",
                              f"states of {', '.join(map(str, sorted(width)))} letters",
                              f"{wanted} letters, one for each signal index", "correct the states")
        if program in self._replaced:
            self._refuse(self._replaced[program][0], f"{PHASE} of signal {program!r}")
        self._replaced[program] = (self._policy, present.model_copy(update={"phases": tuple(phases)}))
        if offset_s is not None:
            self.set(OFFSET, (program,), offset_s)

    def respond(self, rule: ResponseRule) -> None:
        """Let drivers respond in the zones of a rule.

        Raises
        ------
        PolicyError
            If a link is unknown, or a zone lies beyond its link.
        """
        lengths = dict(zip(self._plan.link_id, self._plan.links.length_m.tolist(), strict=True))
        check_rule(rule, lengths, self._policy)
        begin_s, end_s = rule.begin_s, rule.end_s
        if begin_s is not None or end_s is not None:
            check_times((-np.inf if begin_s is None else begin_s, np.inf if end_s is None else end_s), self.run_s,
                        f"policy {self._policy}: {rule.name!r}")
        self._rules.append(rule)
        strength = tuple(zone.strength for zone in rule.zones)
        self._extra.append(LedgerRow(self._policy, RESPONSE, "1", "respond", tuple(map(zone_name, rule.zones)),
                                     strength, (0.0,) * len(strength), strength, begin_s=rule.begin_s,
                                     end_s=rule.end_s))

    def enforce(self, check: SpeedCheck) -> None:
        """Measure speeds between two points and cite those above a speed.

        Raises
        ------
        PolicyError
            If a point is not on the network, or the name is taken.
        """
        section = enforcement_section(check, self._roads, self._policy)
        if section.name in (*self._plan.sections.name, *(other.name for other in self._sections)):
            raise PolicyError(f"policy {self._policy}: {check.name!r}", "a second place of this name",
                              "each place enforced once", "drop one of them")
        self._sections.append(section)
        cited = (section.citation_ms,)
        self._extra.append(LedgerRow(self._policy, CITATION, "m/s", "enforce", (check.name,), cited, (0.0,), cited))

    def deploy(self, deployment: Deployment) -> None:
        """Enforce in space and time: while it is in force during the run, drivers respond and speeds are checked.

        Raises
        ------
        PolicyError
            If a link is unknown, or the name is taken.
        """
        require_known(deployment, self._deployed, self._plan.link_id, self._policy)
        self._deployed.append(Deployed(self._policy, deployment))

    @property
    def deployments(self) -> tuple[Deployment, ...]:
        """All deployments, by name, whether in force during the run or not."""
        return tuple(sorted((one.deployment for one in self._deployed), key=lambda one: one.name))

    def _put_in_force(self) -> None:
        run = RunDay(*self._day, self._plan.start_s, self._plan.end_s)
        brought = in_force(self._deployed, run, self._plan.seed_key)
        self._enforced = {"enforcement": enforcement_arrays(brought, self._roads.link_index),
                          "kept_gap_s": kept_gaps_s(replace(self._plan, trips=self._trips.trips), brought)}
        for one in brought:
            self._policy = one.policy
            self._extra += one.ledger
            for rule in one.rules:
                self.respond(rule)
            for check in one.checks:
                self.enforce(check)
        self._policy = "(no policy)"

    def run(self, policies: Sequence[Policy]) -> None:
        """Let the policies act, phase by phase, in the order given within a phase."""
        labelled = list(zip(policy_labels(policies), policies, strict=True))
        for policy in policies:
            require_phase(type(policy))
        for phase in POLICY_PHASES:
            self.phase, self._earlier = phase, len(self._operations)
            for label, policy in labelled:
                if policy.phase == phase:
                    self._policy = label
                    policy.lower(self)
            self._take_programs()
        self._put_in_force()
        self.phase = POLICY_PHASES[0]

    def _take_programs(self) -> None:
        """Let later phases see the programs that were replaced; two policies that set the phases of one are refused."""
        new = {name: program for name, (_, program) in self._replaced.items()}
        if all(new.get(program.id, program) is program for program in self._programs):
            return
        for operation in self._operations:
            for signal in (cell.rpartition("/")[0] for cell in operation.cells if operation.field.name == PHASE):
                if signal in new and new[signal] not in self._programs:
                    self._policy = operation.policy
                    self._refuse(self._replaced[signal][0], f"{PHASE} of signal {signal!r}")
        self._programs = tuple(new.get(program.id, program) for program in self._programs)
        offsets = self._plan.signals.offset_s
        self._base = replace(self._plan, signals=lower_signals(self._programs)._replace(offset_s=offsets))
        self._cells.clear()
        self._operations = [replace(one, rows=self._rows(one.field, one.cells, self._base))
                            for one in self._operations]

    def _refuse(self, other: str, what: str) -> NoReturn:
        raise PolicyError(f"policies {other} and {self._policy}: {what}", "both set it", "one policy that sets it",
                          "let them act on different signals, or drop one of them")

    def finish(self) -> tuple[Plan, tuple[LedgerRow, ...]]:
        """Apply all operations and return the new plan with its ledger.

        Raises
        ------
        PolicyError
            If two policies set one cell, or a value leaves the range of its field.
        """
        plan = self._base if self._trips.trips is self._base.trips else replace(self._base, trips=self._trips.trips)
        values: dict[str, F8] = {}
        for field in {operation.field.name: operation.field for operation in self._operations}.values():
            operations = [operation for operation in self._operations if operation.field.name == field.name]
            values[field.name] = applied(field.read(self._base), operations)
            check_range(field, values[field.name], operations)
            plan = field.write(plan, values[field.name])
        plan = self.choose(replace(plan, closures=self.closures()))
        # by name, so that the order of policies shows nowhere
        sections, rules = sorted(self._sections), sorted(self._rules, key=lambda rule: rule.name)
        plan = with_meters(replace(
            plan, sections=joined(plan.sections, section_arrays(sections)), behaviour=behaviour_arrays(plan, rules),
            timeline=timeline_arrays(self._scheduled), roadside=self.roadside(rules), **self._enforced,
        ))
        rows = (*self._trips.ledger_rows(), *(self._program_row(*one, plan) for one in self._replaced.values()),
                *(self._ledger_row(operation, values) for operation in self._operations),
                *self._extra, *self.closing_rows, *self.reaction_rows,
                *(one.ledger_row(field_of(one.field, one.policy).read(self._plan)) for one in self._scheduled))
        return plan, rows

    def _record(self, kind: str, name: str, cells: tuple[str, ...], operand: Any) -> None:
        field = field_of(name, self._policy)
        self._operations.append(Operation(self._policy, field, kind, *self._operand(kind, field, cells, operand)))

    def _operand(self, kind: str, field: Field, cells: tuple[str, ...], operand: Any,
                 ) -> tuple[tuple[str, ...], NDArray[np.int64], F8]:
        """Cells, their rows, and a number for each of them."""
        cells = tuple(cells)
        rows = self._rows(field, cells, self._base)
        try:
            values = np.broadcast_to(np.asarray(operand, np.float64), rows.shape).copy()
        except (TypeError, ValueError):
            raise PolicyError(f"policy {self._policy}: {kind} {field.name}", repr(operand),
                              f"one number, or {len(cells)} numbers", "give one number per value") from None
        if not np.isfinite(values).all():
            raise PolicyError(f"policy {self._policy}: {kind} {field.name}", repr(operand), "finite numbers",
                              "correct it")
        return cells, rows, values

    def _rows(self, field: Field, cells: tuple[str, ...], plan: Plan) -> NDArray[np.int64]:
        key = (field.name, plan is self._plan)
        known = self._cells.setdefault(key, {cell: row for row, cell in enumerate(field.cells(plan))})
        unknown = [cell for cell in cells if cell not in known]
        if unknown or len(set(cells)) < len(cells):
            found = f"unknown value {unknown[0]!r}" if unknown else "a value named twice"
            raise PolicyError(f"policy {self._policy}: {field.name}", found, field.expected(known),
                              "correct the selection")
        return np.array([known[cell] for cell in cells], np.int64)

    def _ledger_row(self, operation: Operation, values: dict[str, F8]) -> LedgerRow:
        field = operation.field
        old = dict(zip(field.cells(self._plan), field.read(self._plan).tolist(), strict=True))
        after = values[field.name][operation.rows]
        return LedgerRow(operation.policy, field.name, field.unit, operation.kind, operation.cells,
                         tuple(operation.operand.tolist()), tuple(old.get(cell, np.nan) for cell in operation.cells),
                         tuple(after.tolist()))

    def _program_row(self, policy: str, program: SignalProgram, plan: Plan) -> LedgerRow:
        """Every phase that a replaced program had or has, with its letters."""
        field = field_of(PHASE, policy)
        old, new = (dict(zip(field.cells(one), field.read(one).tolist(), strict=True)) for one in (self._plan, plan))
        present = next(one for one in self._network.signals if one.id == program.id)
        count = max(len(present.phases), len(program.phases))
        cells = tuple(phase_cell(program.id, number) for number in range(count))
        states = [tuple(phase.state for phase in one.phases) + (None,) * (count - len(one.phases))
                  for one in (present, program)]
        asked = tuple(phase.duration_s for phase in program.phases) + (np.nan,) * (count - len(program.phases))
        return LedgerRow(policy, PHASE, field.unit, "replace", cells, asked,
                         tuple(old.get(cell, np.nan) for cell in cells), tuple(new.get(cell, np.nan) for cell in cells),
                         states[0], states[1])


def _expected(field: Field, known: Mapping[str, int]) -> str:
    if field.of_people and not known:
        return "a scenario with a [population]"
    return f"different ones of {', '.join(known)}" if field.of_people else "different values of the plan"
