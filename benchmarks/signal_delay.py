"""Control delay of a single approach (cycle 90 s, green 40 s).

Engine, event reference model of the same queue, HCM 2016.

Run from the project's root: ``python -m benchmarks.signal_delay [REPLICATIONS]``.
"""

from __future__ import annotations

import sys

from tests.support.signal_delay import control_delay, measured_signal

ACCEPTED = {0.5: 0.05, 0.7: 0.05, 0.85: 0.05, 0.95: 0.08}


def main() -> None:
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    signal = measured_signal()
    print(f"saturation flow {3600 / signal.headway_s:.0f} veh/h, start-up lost time {signal.lost_s:.2f} s, "
          f"{signal.per_cycle:.2f} vehicles per cycle; {replications} replications of 15 min")
    print("   X  engine s model s   gap %  accepted %   HCM s  gap to HCM %")
    for x, accepted in ACCEPTED.items():
        delay = control_delay(signal, x, replications)
        print(f"{x:4.2f}  {delay.engine.mean():8.2f}  {delay.reference.mean():6.2f}  {100 * delay.gap:+6.2f}"
              f"  {100 * accepted:10.0f}  {delay.hcm:6.2f}  {100 * delay.gap_to_hcm:+12.1f}")


if __name__ == "__main__":
    main()
