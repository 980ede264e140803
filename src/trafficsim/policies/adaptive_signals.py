"""Adaptive fixed-time control: splits, offsets and the cycle follow traffic in small steps, in the manner of SCOOT."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.base.errors import PolicyError
from trafficsim.design.timing.controls import ADVANCE_M, Limits, control_of
from trafficsim.plan.retimings import Retiming
from trafficsim.policies.signal_control import ON, STAGES, chosen, react
from trafficsim.spec.control import SignalControl, SignalDetector
from trafficsim.spec.network import Network
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.signals import SignalProgram

SETBACK_M = 100.0


class AdaptiveSignals(Policy):
    """Adjust splits, offsets and the cycle of signals to what detectors count, a few seconds at a time.

    Mechanism: the signals run their plan by the clock. Detectors in every lane, up to 100 m before the line, count
    vehicles in slices of 4 s of the cycle. Once a cycle every stage change moves by 4 s, of which 1 s stays, so
    that the most loaded streams of the two stages beside it are loaded alike; every offset moves by up to 4 s, so that
    less time is spent in queues on the approaches of the signal and on those that it feeds; every 5 minutes the cycle
    of signals that have one in common becomes a step shorter or longer, so that no stream is over 90 % of saturation.

    Source: Hunt, Robertson, Bretherton and Royle 1981 (TRL, LR1014), who report about 12 % less delay than up-to-date
    fixed-time plans (not verified); Robertson and Bretherton 1991 (doi:10.1109/25.69966). Grade C: field trials of
    SCOOT, of which this is no copy.

    Limits: arrivals are counted by lane near the line, not by link at its upstream end, on the last link before the
    signal; stops have no weight; there is no double cycling, and no bus priority. A queue over a detector counts as
    more demand than can be seen. A change of demand within minutes is followed over a quarter of an hour and more.

    Parameters
    ----------
    on
        Signals. Those with one cycle in common are a region.
    splits, offsets, cycle
        What is adjusted.
    min_cycle_s, max_cycle_s
        Limits of the cycle; one that is outside them in the program moves towards them only.
    saturation_veh_h
        Discharge of a lane in green.
    min_green_s
        Shortest green of every stage, no longer than it is today.

    Examples
    --------
    >>> AdaptiveSignals(cycle=False).max_cycle_s
    120.0
    """

    kind: ClassVar[str] = "adaptive_signals"
    phase: ClassVar[PolicyPhase] = "coordination"
    mechanism: ClassVar[str] = (
        "Splits and offsets move by up to 4 s a cycle, the common cycle by a step every 5 minutes, towards equal "
        "degrees of saturation, short queues, and at most 90 % of saturation. " + STAGES)
    source: ClassVar[str] = (
        "Hunt, Robertson, Bretherton and Royle 1981, TRL LR1014; Robertson and Bretherton 1991, doi:10.1109/25.69966")
    grade: ClassVar[str] = "C (field trials of SCOOT, of which this is no copy)"
    limits: ClassVar[str] = (
        "Arrivals are counted by lane near the line; stops have no weight; no double cycling and no bus priority.")
    numbers: ClassVar[Mapping[str, str]] = {
        "on": ON, "splits": "given by the user", "offsets": "given by the user", "cycle": "given by the user",
        "min_cycle_s": "modelling assumption: 40 s", "max_cycle_s": "input: RiLSA 2015, 120 s",
        "saturation_veh_h": "input: HBS 2015, about 1,800 to 2,000 cars an hour and lane",
        "min_green_s": "input: RiLSA 2015, 5 s",
    }
    example: ClassVar[str] = '{ kind = "adaptive_signals" }'

    on: tuple[str, ...] | None = Field(default=None, min_length=1)
    splits: bool = True
    offsets: bool = True
    cycle: bool = True
    min_cycle_s: float = Field(default=40.0, ge=20, le=300)
    max_cycle_s: float = Field(default=120.0, ge=20, le=300)
    saturation_veh_h: float = Field(default=1850.0, ge=600, le=3000)
    min_green_s: float = Field(default=5.0, ge=1, le=60)

    def lower(self, builder: Builder) -> None:
        """Let the plans of the signals follow traffic.

        Raises
        ------
        PolicyError
            If nothing is adjusted, limits are out of order or shorter than a signal needs, or a signal has rings.
        """
        if not (self.splits or self.offsets or self.cycle):
            raise PolicyError(f"policy {self.kind}", "splits, offsets and cycle that all stay", "one that is adjusted",
                              "set one of them to true, or drop the policy")
        if self.min_cycle_s > self.max_cycle_s:
            raise PolicyError(f"policy {self.kind}: min_cycle_s", f"{self.min_cycle_s:g}, over max_cycle_s = "
                              f"{self.max_cycle_s:g}", "limits in their order", "exchange them")
        found = [self._control(builder, one) for one in chosen(builder, self.kind, self.on)]
        react(builder, self.kind, self.on, found)
        names = tuple(one.id for one in found if one is not None)
        builder.adjust(Retiming(names, self.splits, self.offsets, self.cycle, (self.min_cycle_s, self.max_cycle_s),
                                self.saturation_veh_h))

    def _control(self, builder: Builder, program: SignalProgram) -> SignalControl | None:
        known = builder.controls.get(program.id)
        if known is not None:
            raise PolicyError(f"policy {self.kind}: signal {program.id!r}", f"a signal that reacts already "
                              f"({known.method})", "one that runs a plan by the clock",
                              "leave it out with on, or drop the policy that lets it react")
        made = control_of(builder.network, program, "requested", Limits(self.min_green_s),
                          detectors=tuple(_counters(builder.network, program.id)))
        if made is not None and self.cycle:
            need_s = sum(one.min_green_s + one.clearance_s for one in made.phases)
            if need_s > self.max_cycle_s:
                raise PolicyError(f"policy {self.kind}: max_cycle_s", f"{self.max_cycle_s:g} s, in which minimum "
                                  f"greens and intergreens of signal {program.id!r} do not fit",
                                  f"{need_s:g} s or more", "raise it, or leave the signal out with on")
        return made


def _counters(network: Network, signal: str) -> Iterator[SignalDetector]:
    """Yield a detector for each lane before a signal, 100 m before the line or where the link begins."""
    lanes = {(one.from_link, one.from_lane): None for one in network.connections
             if one.signal == signal and one.signal_index is not None}
    for link, lane in lanes:
        length_m = float(network.links[link]["length_m"])
        from_line_m = round(max(min(SETBACK_M, length_m - ADVANCE_M), 0.0), 1)
        yield SignalDetector(id=f"{link}_{lane} count", link=link, lane=lane, distance_m=from_line_m,
                             length_m=min(ADVANCE_M, length_m))
