"""The part of a plan builder that lets signals react."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from trafficsim.base.codes import CONTROL_METHODS
from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import Plan
from trafficsim.plan.control import with_controls
from trafficsim.plan.control_arrays import no_controls
from trafficsim.plan.deciders import Decider
from trafficsim.plan.demand_builder import DemandBuilder
from trafficsim.plan.ledger import LedgerRow
from trafficsim.plan.trip_operations import TripOperations
from trafficsim.spec.control import SignalControl
from trafficsim.spec.network import Network

CONTROL = "signal.control"
"""What the ledger calls the way in which a signal reacts: a position in ``CONTROL_METHODS``, -1 at fixed times."""
FIXED_TIME, FIXED = "fixed_time", -1.0


class ControlBuilder(DemandBuilder):
    """The part of a plan builder that lets signals react.

    Parameters
    ----------
    trips
        The trips of the plan.
    """

    def __init__(self, trips: TripOperations) -> None:
        super().__init__(trips)
        self._controls: dict[str, tuple[str, str, SignalControl]] = {}
        self._deciders: list[Decider] = []

    @property
    def network(self) -> Network:
        """The network before any policy."""
        raise NotImplementedError

    @property
    def controls(self) -> Mapping[str, SignalControl]:
        """Signals that react, by name: those of the network, with what policies of earlier phases made of them."""
        earlier = {name: one for name, (phase, _, one) in self._controls.items() if phase != self.phase}
        return {one.id: one for one in self.network.controls} | earlier

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

    def controlled(self, plan: Plan) -> Plan:
        """Return the plan with all signals that react.

        Raises
        ------
        NetworkError
            If a controller does not fit the network.
        """
        groups = int(plan.signals.group_start[-1]) if len(plan.signals.program_id) else 0
        known = not plan.controls.any or len(plan.controls.groups.controller) == groups
        if not self._controls and known:  # a policy may have put up a signal
            return plan
        own = {name: one for name, (_, _, one) in self._controls.items()}
        together = {one.id: one for one in self.network.controls} | own
        cleared = replace(plan, controls=no_controls(), deciders=tuple(self._deciders))
        return with_controls(cleared, list(together.values()))

    @property
    def control_rows(self) -> tuple[LedgerRow, ...]:
        """What the ledger says of signals that react."""
        before = {one.id: one for one in self.network.controls}
        rows = []
        for name, (_, policy, one) in sorted(self._controls.items()):
            was, code = before.get(name), float(CONTROL_METHODS.index(one.method))
            old = FIXED if was is None else float(CONTROL_METHODS.index(was.method))
            rows.append(LedgerRow(policy, CONTROL, "1", "control", (name,), (code,), (old,), (code,),
                                  (FIXED_TIME if was is None else _said(was),), (_said(one),)))
        return tuple(rows)


def _said(control: SignalControl) -> str:
    more = [name for name in ("priority", "preemption") if getattr(control, name) is not None]
    return ", ".join((control.method, *more))
