"""A vehicle in the dense array: six 32-bit words, packed so that the flat loop fills vector registers.

===== ===================================================================================  =====================
word  bits (high to low)                                                                   changes
===== ===================================================================================  =====================
X     position 16 (signed cells, front to stop line: negative) | brake light 4 | speed 12  every tick
Y     desired speed 16 (1/256 cell per tick) | length 8 (cells) | flags 8                  on a new lane or link
Z     acceleration 8 | headway 7 | fade 4 | braking 5 | turn 8                             on a new link
KEY   random key of the vehicle                                                            never
ID    row of the trip                                                                      never
W     ticks spent waiting 16 | stops 8 | moving flag 8                                     every tick
===== ===================================================================================  =====================

The codes of Z count in units that :mod:`trafficsim.engines.ca.classes` chooses (``CarFollowingRule`` and ``Net.scale``
hold them).
Flags: bits 0-1 lane wish + 1 (-1 towards the nearside, 0 stay, +1 away from it), bits 2-3 decision at yellow (0 none,
1 stop, 2 go), bit 4 the route cannot be followed from this lane, bit 5 the vehicle has a stop on this link, bit 6 it is
still on a connector that must be watched.
"""

from __future__ import annotations

from numba import float32, int32

from trafficsim.kernels.jit import scalar

CAP_UNIT = 256
"""Desired speeds are stored in 1/256 cell per tick."""
MOST_CAP = 65535
"""Largest desired speed in these units."""
SPEED = 0x0FFF
"""Bits of the speed in packed state X."""
LIGHT_BIT = 12
LIGHT = 1 << LIGHT_BIT
"""Brake light in the speed half of packed state X; only the brake-light rule sets it."""
MOST_ACC, MOST_HEADWAY, MOST_FADE, MOST_BRAKE = 255, 127, 15, 31
"""Largest codes of the parameters in packed state Z."""
EXIT = 255
"""Turn code of the last link of a route: leave the network at its end."""
DECISION_BIT = 2
DECISION = 3 << DECISION_BIT
WRONG_BIT = 4
FLAG_WRONG, FLAG_STOP, FLAG_CONNECTOR = 1 << WRONG_BIT, 32, 64
"""Flags of packed state Y."""
ACC_SHIFT, HEADWAY_SHIFT, FADE_SHIFT, BRAKE_SHIFT = 24, 17, 13, 8
"""Places of the codes in packed state Z."""
WAITED_SHIFT, STOPS_SHIFT, MOST_STOPS = 16, 8, 255
"""Places of ticks waited and stops in packed state W, and the number from which on stops are no longer counted."""
NO_PLACE = -32768
"""Position that stands for none: the lowest that packed state X can hold."""
FAR = 16000
"""Gap (cells) that stands for "nobody ahead"."""
FAST = 200
"""Speed (cells per tick) that stands for "nobody ahead"."""
NO_BOUND = 32767
"""Speed that no decision bounds."""


@scalar
def pos(x):
    """Position of the front bumper in cells; the stop line is 0."""
    return int32(int32(x) >> int32(16))


@scalar
def vel(x):
    """Speed in cells per tick."""
    return int32(int32(x) & int32(0x0FFF))


@scalar
def light(x):
    """Brake light: 0 or :data:`LIGHT`."""
    return int32(int32(x) & int32(LIGHT))


@scalar
def pack_x(position, speed):
    """Packed state X of a position and a speed."""
    return int32((int32(position) << int32(16)) | int32(speed))


@scalar
def cap(y):
    """Desired speed in 1/256 cell per tick."""
    return int32((int32(y) >> int32(16)) & int32(0xFFFF))


@scalar
def length(y):
    """Length in cells, standing gap included."""
    return int32((int32(y) >> int32(8)) & int32(0xFF))


@scalar
def wish(y):
    """Lane wish: -1, 0 or +1."""
    return int32((int32(y) & int32(3)) - int32(1))


@scalar
def decision(y):
    """Return the decision taken at yellow."""
    return int32((int32(y) >> int32(2)) & int32(3))


@scalar
def pack_y(desired, cells, flags):
    """Packed state Y."""
    return int32((int32(desired) << int32(16)) | (int32(cells) << int32(8)) | int32(flags))


@scalar
def with_flags(y, flags):
    """Packed state Y with other flags."""
    return int32((int32(y) & int32(-256)) | int32(flags))


@scalar
def with_cap(y, desired):
    """Packed state Y with another desired speed."""
    return int32((int32(y) & int32(0xFFFF)) | (int32(desired) << int32(16)))


@scalar
def turn_of(z):
    """Turn at the end of the link; EXIT leaves the network."""
    return int32(int32(z) & int32(0xFF))


@scalar
def with_turn(z, turn):
    """Packed state Z with another turn."""
    return int32((int32(z) & int32(-256)) | int32(turn))


@scalar
def rear(x, y):
    """Position of the rear end: the cells from there to the front are taken."""
    return int32(pos(x) - length(y))


@scalar
def acc_code(z):
    """Return the code of the acceleration from standstill."""
    return int32((int32(z) >> int32(ACC_SHIFT)) & int32(MOST_ACC))


@scalar
def headway_code(z):
    """Return the code of the headway."""
    return int32((int32(z) >> int32(HEADWAY_SHIFT)) & int32(MOST_HEADWAY))


@scalar
def with_headway(z, of, factor):
    """Packed state Z with ``factor`` times the headway of another one, as far as the code can hold it."""
    code = min(int32(float32(headway_code(of)) * float32(factor) + float32(0.5)), int32(MOST_HEADWAY))
    return int32((int32(z) & int32(~(MOST_HEADWAY << HEADWAY_SHIFT))) | (max(code, int32(1)) << int32(HEADWAY_SHIFT)))


@scalar
def fade_code(z):
    """Return the code of the loss of acceleration with speed."""
    return int32((int32(z) >> int32(FADE_SHIFT)) & int32(MOST_FADE))


@scalar
def brake_code(z):
    """Return the code of the braking that a driver counts on."""
    return int32((int32(z) >> int32(BRAKE_SHIFT)) & int32(MOST_BRAKE))
