"""The part of a plan builder that lets signals react."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trafficsim.base.codes import CONTROL_METHODS
from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import Plan
from trafficsim.plan.control import with_controls
from trafficsim.plan.control_arrays import no_controls
from trafficsim.plan.deciders import Decider
from trafficsim.plan.demand_builder import DemandBuilder
from trafficsim.plan.ledger import LedgerRow
from trafficsim.plan.retimings import Retiming
from trafficsim.plan.trip_operations import TripOperations
from trafficsim.spec.control import SignalControl
from trafficsim.spec.network import Network

CONTROL = "signal.control"
"""What the ledger calls the way in which a signal reacts: a position in ``CONTROL_METHODS``, -1 at fixed times."""
FIXED_TIME, FIXED = "fixed_time", -1.0
OF_PROGRAMS = ("signal.phase_s", "signal.offset_s")
"""Fields of fixed programs: who sets one wants to see it on the street."""


class ControlBuilder(DemandBuilder):
    """The part of a plan builder that lets signals react.

    A signal whose program a policy sets (times, states or offset) runs that program from then on: a controller that the
    network brings no longer acts, unless another policy lets the signal react again.

    Parameters
    ----------
    trips
        The trips of the plan.
    """

    _operations: list[Any]
    _replaced: dict[str, tuple[str, Any]]

    def __init__(self, trips: TripOperations) -> None:
        super().__init__(trips)
        self._controls: dict[str, tuple[str, str, SignalControl]] = {}
        self._deciders: list[Decider] = []
        self._retimings: list[Retiming] = []

    @property
    def network(self) -> Network:
        """The network before any policy."""
        raise NotImplementedError

    @property
    def controls(self) -> Mapping[str, SignalControl]:
        """Signals that react, by name: those of the network, with what policies of earlier phases made of them."""
        earlier = {name: one for name, (phase, _, one) in self._controls.items() if phase != self.phase}
        return self._of_network() | earlier

    def _of_network(self) -> dict[str, SignalControl]:
        """The controllers of the network, but for signals whose programs policies have set."""
        fixed = self._fixed_by()
        return {one.id: one for one in self.network.controls if one.id not in fixed}

    def _fixed_by(self) -> dict[str, str]:
        """Signals with a controller of the network whose programs policies have set, and by which policy."""
        found = {name: policy for name, (policy, _) in self._replaced.items()}
        for one in self._operations:
            if one.field.name in OF_PROGRAMS:
                found |= {cell.rpartition("/")[0] if one.field.name == OF_PROGRAMS[0] else cell: one.policy
                          for cell in one.cells}
        known = {one.id for one in self.network.controls}
        return {name: policy for name, policy in found.items() if name in known}

    def control(self, control: SignalControl) -> None:
        """Let a signal react.

        Raises
        ------
        PolicyError
            If there is no such signal, or another policy of this phase has it react too.
        """
        known = [one.id for one in self.network.signals]
        if control.id not in known:
            raise PolicyError(f"policy {self._policy}: signal {control.id!r}", "no such signal",
                              f"one of {', '.join(known[:8])}" if known else "a network with signals",
                              "correct the name")
        phase, policy, _ = self._controls.get(control.id, ("", "", control))
        if phase == self.phase:
            raise PolicyError(f"policies {policy} and {self._policy}: {CONTROL} of signal {control.id!r}",
                              "both set it", "one policy that sets it",
                              "let them act on different signals, or drop one of them")
        self._controls[control.id] = (self.phase, self._policy, control)

    def decide(self, decider: Decider) -> None:
        """Let a controller in Python ask for the stages of signals."""
        self._deciders.append(decider)

    def adjust(self, retiming: Retiming) -> None:
        """Let the plan of signals that run by the clock follow traffic."""
        self._retimings.append(retiming)

    def controlled(self, plan: Plan) -> Plan:
        """Return the plan with all signals that react.

        Raises
        ------
        NetworkError
            If a controller does not fit the network.
        """
        groups = int(plan.signals.group_start[-1]) if len(plan.signals.program_id) else 0
        known = not plan.controls.any or len(plan.controls.groups.controller) == groups
        if not self._controls and not self._fixed_by() and known:  # a policy may have put up a signal
            return plan
        own = {name: one for name, (_, _, one) in self._controls.items()}
        together = self._of_network() | own
        cleared = replace(plan, controls=no_controls(), deciders=tuple(self._deciders),
                          retimings=tuple(self._retimings))
        return with_controls(cleared, list(together.values()))

    @property
    def control_rows(self) -> tuple[LedgerRow, ...]:
        """What the ledger says of signals that react."""
        before = {one.id: one for one in self.network.controls}
        rows = [LedgerRow(policy, CONTROL, "1", "control", (name,), (FIXED,),
                          (float(CONTROL_METHODS.index(before[name].method)),), (FIXED,), (_said(before[name]),),
                          (FIXED_TIME,)) for name, policy in sorted(self._fixed_by().items())
                if name not in self._controls]
        for name, (_, policy, one) in sorted(self._controls.items()):
            was, code = before.get(name), float(CONTROL_METHODS.index(one.method))
            old = FIXED if was is None else float(CONTROL_METHODS.index(was.method))
            rows.append(LedgerRow(policy, CONTROL, "1", "control", (name,), (code,), (old,), (code,),
                                  (FIXED_TIME if was is None else _said(was),), (_said(one),)))
        return tuple(rows)


def _said(control: SignalControl) -> str:
    more = [name for name in ("priority", "preemption") if getattr(control, name) is not None]
    return ", ".join((control.method, *more))
