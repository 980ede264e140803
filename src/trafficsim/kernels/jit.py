"""How kernels are compiled: cached on disk, without reference counting (they allocate nothing), without the GIL.

Counting references of the arrays that go from kernel to kernel took four fifths of a step. ``_nrt`` is an option of
Numba that its documentation does not list; a test checks that it is accepted.
"""

from __future__ import annotations

from numba import njit

kernel = njit(cache=True, nogil=True, _nrt=False, error_model="numpy")
"""A kernel of its own."""
per_vehicle = njit(cache=True, nogil=True, _nrt=False, error_model="numpy", forceinline=True)
"""A kernel that is called for single vehicles: inlined into its caller, because passing the arrays costs more."""
spliced = njit(inline="always")
"""A part of a decision with one or two callers: spliced into their source, which compiles faster than a call."""
