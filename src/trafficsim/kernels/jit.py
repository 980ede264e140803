"""How kernels are compiled: cached on disk, without reference counting (they allocate nothing), without the GIL.

Counting references of the arrays that go from kernel to kernel took four fifths of a step. ``_nrt`` is an option of
Numba that its documentation does not list; a test checks that it is accepted. Only kernels that Python calls get a
way in from Python: unpacking some seventy arrays is code of its own, and compiling it for every kernel took a fifth of
the time.

A call with a constant would be compiled for just this number: events were compiled for each of their codes, and all
that happens at a node of queues once for a time that was only its first guess. Kernels are compiled for types alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from numba import njit, types


def compiled(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Return a function as a kernel, which is compiled for types of arguments and never for their values."""
    if function is None:
        return partial(compiled, **options)
    made = njit(function, cache=True, nogil=True, _nrt=False, error_model="numpy", **options)
    if hasattr(made, "get_call_template"):  # without JIT it is the function itself
        of_types = made.get_call_template
        made.get_call_template = lambda arguments, names: of_types(
            [types.unliteral(one) for one in arguments], {name: types.unliteral(one) for name, one in names.items()})
    return made


inner = partial(compiled, no_cpython_wrapper=True, no_cfunc_wrapper=True)

kernel = compiled()
"""A kernel that Python may call."""
part = inner()
"""A kernel that only kernels call: called from Python it crashes (see :func:`from_python`)."""
per_vehicle = inner(forceinline=True)
"""A part that is called for single vehicles: inlined into its caller, because passing the arrays costs more."""
scalar = compiled(forceinline=True)
"""Arithmetic of a few numbers: typed once, and inlined by the compiler of machine code wherever it is used."""
spliced = njit(inline="always")
"""A part of a decision with one or two callers: spliced into their source, which compiles faster than a call."""


def from_python(inside: Callable[..., Any]) -> Callable[..., Any]:
    """Return a kernel that does nothing but call a part, for those who want to call it from Python."""
    return njit(lambda *arguments: inside(*arguments))
