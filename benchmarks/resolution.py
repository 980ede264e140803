"""The default rule in finer cells and shorter ticks, as a table: ``python -m benchmarks.resolution``, from the root.

The same quantities are tested, with tolerances and their reasons, in ``tests/verification/test_resolution.py``.
"""

from __future__ import annotations

from tests.verification.test_resolution import DENSITIES, FINER, discharge_of, ring_flow_veh_h, spacing_m
from trafficsim.engines.ca.settings import CellularAutomaton


def main() -> None:
    print("| cell, tick | saturation flow veh/h | lost time s | spacing in the queue m | motorway capacity veh/h "
          "| free speed km/h |\n|---|--:|--:|--:|--:|--:|")
    for ca in (CellularAutomaton(), *FINER):
        flow, lost = discharge_of(ca)
        most = max(ring_flow_veh_h(ca, density) for density in DENSITIES)
        free = ring_flow_veh_h(ca, 3.0) / 3.0
        print(f"| {ca.cell_m} m, {ca.tick_s} s | {flow:,.0f} | {lost:.2f} | {spacing_m(ca):.2f} | {most:,.0f} "
              f"| {free:.2f} |", flush=True)


if __name__ == "__main__":
    main()
