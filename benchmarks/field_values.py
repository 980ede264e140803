"""The engine against theory and field values, as a table: ``python -m benchmarks.field_values``, from the root.

The same quantities are tested, with tolerances and their reasons, in ``tests/verification``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.approaches import approach, discharge, saturated
from tests.support.open_road import OpenRoads, current_and_density
from tests.support.rings import nasch_flow
from tests.support.worlds import UNIFORM
from tests.verification.test_motorway import ring_flow_veh_h
from tests.verification.test_nasch import exact_flow
from tests.verification.test_saturation import CYCLE_S, CYCLES, GREEN_S
from tests.verification.test_tasep import TICKS, WARMUP, theory
from tests.verification.test_vdr import from_a_jam, homogeneous
from trafficsim.spec.drivers import Drivers

Row = tuple[str, str, str]


def exact_rules() -> Iterator[Row]:
    """Nagel-Schreckenberg on rings."""
    cases = [(p, density) for p in (0.25, 0.5) for density in (0.1, 0.3, 0.5, 0.8)]
    worst = max(abs(nasch_flow(1, p, rho, cells=2000, ticks=20_000) - exact_flow(p, rho)) for p, rho in cases)
    yield ("Nagel-Schreckenberg, v_max 1: flow at eight densities and p", "exact (Schreckenberg et al. 1995)",
           f"within {worst:.4f}")
    off = 0.0
    for v_max in (1, 5):
        for share in (0.1, 0.15, 0.2, 0.3, 0.5, 0.8):
            rho = round(share * 1200) / 1200
            off = max(off, abs(nasch_flow(v_max, 0.0, share, 1200, ticks=8000) - min(v_max * rho, 1.0 - rho)))
    yield ("Nagel-Schreckenberg without dawdling: flow", "min(v_max ρ, 1 − ρ)",
           "exact" if off < 1e-12 else f"within {off:.1e}")
    most = max(nasch_flow(5, 0.5, rho, cells=10_000, ticks=20_000) for rho in (0.075, 0.085, 0.1))
    yield "Nagel-Schreckenberg, v_max 5, p 0.5: greatest flow", "0.318 (Nagel & Schreckenberg 1992)", f"{most:.4f}"


def open_ends() -> Iterator[Row]:
    """NaSch at v_max 1 with open ends."""
    cases = ((0.1, 0.5, 0.5), (0.2, 0.6, 0.75), (0.5, 0.1, 0.5), (0.6, 0.2, 0.75), (0.8, 0.8, 0.5), (0.9, 0.9, 0.75))
    off = [abs(found - exact) for case in cases
           for found, exact in zip(current_and_density(OpenRoads(*case), WARMUP, TICKS), theory(*case), strict=True)]
    yield ("roads with open ends, v_max 1: flow and density in six cases of three phases",
           "exact (Evans, Rajewsky & Speer 1999)", f"within {max(off[::2]):.4f} and {max(off[1::2]):.4f}")


def slow_to_start() -> Iterator[Row]:
    """VDR on rings."""
    yield ("VDR, density 0.08 / 0.10, without a jam: flow", "0.3988 / 0.4984 (Barlovic et al. 1998)",
           " / ".join(f"{homogeneous(density):.4f}" for density in (0.08, 0.10)))
    yield ("VDR, density 0.08 / 0.10, from a jam: flow", "about 0.2300 / 0.2250",
           " / ".join(f"{from_a_jam(density, 10_000, 80_000):.4f}" for density in (0.08, 0.10)))


def signals() -> Iterator[Row]:
    """Discharge of queues."""
    found = [discharge(saturated(approach(GREEN_S, CYCLE_S), GREEN_S, CYCLE_S, CYCLES, drivers))
             for drivers in (UNIFORM, Drivers())]
    flows, losses = [f"{one.flow_veh_h:,.0f}" for one in found], [f"{one.lost_s:.2f}" for one in found]
    yield "saturation flow, homogeneous / urban drivers, veh/h", "1,780–1,950", " / ".join(flows)
    yield "start-up lost time, alike / urban, s", "1.5–2.5", " / ".join(losses)
    turning = approach(GREEN_S, CYCLE_S, connector_m=15.0, connector_kmh=30.0)
    turn = discharge(saturated(turning, GREEN_S, CYCLE_S, CYCLES, UNIFORM), last=22)
    yield "saturation flow of a turn at 30 km/h, veh/h", "1,500–1,850", f"{turn.flow_veh_h:,.0f}"


def motorway() -> Iterator[Row]:
    """One lane at 120 km/h."""
    most = max(ring_flow_veh_h(120.0, density) for density in (17.0, 19.0, 21.0, 24.0))
    yield "capacity of a motorway lane at 120 km/h, veh/h", "2,000–2,300", f"{most:,.0f}"
    wave_kmh = (ring_flow_veh_h(120.0, 80.0) - ring_flow_veh_h(120.0, 60.0)) / 20.0
    yield "speed of the congested wave, km/h", "−13 to −22", f"{wave_kmh:.1f}".replace("-", "−")


def main() -> None:
    print("| quantity | expected | found |\n|---|---|--:|")
    for part in (exact_rules, open_ends, slow_to_start, signals, motorway):
        for row in part():
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
