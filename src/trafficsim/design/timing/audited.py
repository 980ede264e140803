"""The audit of all signals of a network: breaches, and what the critical movements say about each cycle."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from trafficsim.base.findings import Finding
from trafficsim.design.timing.audit import audit_program
from trafficsim.design.timing.breaches import DEFAULT_AUDIT_RULES, AuditRules, Breach
from trafficsim.design.timing.demand import Row
from trafficsim.design.timing.design import Junction, Rules, junction_of
from trafficsim.design.timing.webster import critical_ratios, webster_cycle_s
from trafficsim.spec.network import Network

Volumes = Mapping[tuple[str, str], float]
CRITICAL_MOVEMENTS = "critical movement analysis, HCM 2016 ch. 19"


class SignalCapacity(NamedTuple):
    """What the critical movements of a signal need, and what its program gives.

    Attributes
    ----------
    signal : its program
    cycle_s, lost_s : cycle, and lost time L per cycle (the sum of the intergreens)
    flow_ratio : Y, the sum of the critical flow ratios
    minimum_cycle_s : ``L / (1 - Y)``: the shortest cycle that serves all; infinite from Y = 1 on
    webster_cycle_s : ``(1.5 L + 5) / (1 - Y)``; infinite from Y = 1 on
    saturation : largest degree of saturation of any lane under the program
    critical : the critical lanes
    """

    signal: str
    cycle_s: float
    lost_s: float
    flow_ratio: float
    minimum_cycle_s: float
    webster_cycle_s: float
    saturation: float
    critical: str


@dataclass(frozen=True)
class SignalAudit:
    """What an audit found.

    Attributes
    ----------
    breaches : one for each thing that is not kept
    capacity : by signal, where volumes are known
    signals : number of programs that were looked at
    """

    breaches: tuple[Breach, ...]
    capacity: tuple[SignalCapacity, ...]
    signals: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The breaches as findings, as ``check`` shows them."""
        return tuple(one.finding for one in self.breaches)

    @property
    def table(self) -> pd.DataFrame:
        """One row per breach: the columns of :class:`trafficsim.design.timing.breaches.Breach`."""
        return pd.DataFrame(self.breaches, columns=list(Breach._fields))

    @property
    def capacity_table(self) -> pd.DataFrame:
        """One row per signal: the columns of :class:`SignalCapacity`."""
        return pd.DataFrame(self.capacity, columns=list(SignalCapacity._fields))


def audit(network: Network, volumes: Volumes | None = None, rules: AuditRules = DEFAULT_AUDIT_RULES) -> SignalAudit:
    """Audit all signal programs of a network.

    Parameters
    ----------
    network
        The network.
    volumes
        pcu/h by (link in, link out); without them cycles and degrees of saturation are not judged.
    rules
        What programs are held against.

    Examples
    --------
    >>> from trafficsim.design.synthetic import junction
    >>> found = audit(junction(cycle_s=60), {("in0", "out2"): 300.0, ("in1", "out3"): 450.0})
    >>> found.breaches, found.capacity[0].lost_s, round(found.capacity[0].flow_ratio, 3)
    ((), 10.0, 0.405)
    """
    breaches, capacities = [], []
    for program in network.signals:
        breaches += audit_program(network, program, rules)
        if volumes is not None:
            phase_s = [phase.duration_s for phase in program.phases]
            junction = junction_of(network, program.id, volumes, phase_s, Rules(rules.saturation_veh_h))
            if junction.approaches.stages.phase and any(volume for _, volume in junction.volumes):
                capacities.append(capacity_of(program.id, junction))
                breaches += _over_capacity(junction, capacities[-1])
    return SignalAudit(tuple(breaches), tuple(capacities), len(network.signals))


def capacity_of(signal: str, junction: Junction) -> SignalCapacity:
    """Return what the critical movements of a signal need.

    Movements that get no green are left out: no cycle serves them.
    """
    cycle_s, lost_s = sum(junction.phase_s), junction.lost_s
    rows = [row for row in junction.rows(junction.phase_s) if row.rate.any()]
    critical = critical_ratios(rows, len(junction.approaches.stages.phase), cycle_s)
    total = critical.total
    served = total < 1.0
    return SignalCapacity(
        signal, cycle_s, lost_s, total, lost_s / (1.0 - total) if served else math.inf,
        webster_cycle_s(lost_s, total) if served else math.inf,
        max((degree for _, degree in _degrees(junction, rows)), default=0.0),
        ", ".join(rows[place].name for place in critical.rows))


def _degrees(junction: Junction, rows: Sequence[Row]) -> Iterator[tuple[Row, float]]:
    greens = junction.approaches.stages.greens(junction.phase_s)
    for row in rows:
        most = row.capacity(greens, sum(junction.phase_s))
        yield row, row.volume / most if most > 0.0 else math.inf


def _over_capacity(junction: Junction, found: SignalCapacity) -> Iterator[Breach]:
    """Yield a cycle that is too short for the volumes, and lanes that cannot get through."""
    if found.flow_ratio >= 1.0:
        yield Breach("warning", "flow-ratios-over-1", found.signal, None, found.critical, found.flow_ratio, 1.0, "",
                     CRITICAL_MOVEMENTS, f"critical flow ratios sum to Y = {found.flow_ratio:.2f}: no cycle serves all",
                     "add lanes or a protected stage, or serve fewer")
    elif found.cycle_s < found.minimum_cycle_s:
        yield Breach("warning", "cycle-too-short", found.signal, None, found.critical, found.cycle_s,
                     found.minimum_cycle_s, "s", CRITICAL_MOVEMENTS,
                     f"a cycle of {found.cycle_s:.0f} s where L / (1 - Y) = {found.lost_s:.0f} / (1 - "
                     f"{found.flow_ratio:.2f}) = {found.minimum_cycle_s:.0f} s is the least",
                     f"lengthen the cycle; Webster's is {found.webster_cycle_s:.0f} s")
    for row, degree in _degrees(junction, [row for row in junction.rows(junction.phase_s) if row.rate.any()]):
        if degree > 1.0:
            yield Breach("warning", "saturation-over-1", found.signal, None, row.name, degree, 1.0, "",
                         "HCM 2016 ch. 19", f"a degree of saturation of {degree:.2f}: {row.volume:.0f} pcu/h where "
                         f"{row.volume / degree:.0f} get through", "give it more green, or retime with webster")
