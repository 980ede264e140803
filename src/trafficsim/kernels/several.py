"""Call one kernel for several runs: each argument is taken apart once, into a row of words that stay as they are.

Handing some three hundred arrays from Python to a kernel takes as long as a third of what the kernel does in 5 s of a
junction. Arrays stay where they are during a run, so that their addresses can be handed over once for all calls.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from trafficsim.kernels.tables import Array

WORD = ir.IntType(64)


def words_of(value: Any) -> list[int]:
    """Return an argument as words of 64 bits, in the order in which compiled code takes its parts.

    Arrays count as seven words and more: who holds them (nobody has to: they outlive the call), their size, the size
    of an item, where they are, shape and strides.

    Examples
    --------
    >>> values = np.zeros(3)
    >>> words = words_of((values, 7))
    >>> words[2:4], words[5:]
    ([3, 8], [3, 8, 7])
    """
    if isinstance(value, np.ndarray):
        return [0, 0, value.size, value.itemsize, value.ctypes.data, *value.shape, *value.strides]
    if isinstance(value, tuple):
        return [word for one in value for word in words_of(one)]
    if isinstance(value, np.void):
        return [int(value.__array_interface__["data"][0])]
    if isinstance(value, float | np.float32):
        return [int(np.array(value).view(np.int64 if np.array(value).itemsize == 8 else np.int32))]
    return [int(value)]


@lru_cache
def several(returns: Any, arguments: tuple[Any, ...], looks: tuple[Any, ...] | None) -> Callable[..., None]:
    """Return what runs several runs: a kernel of these types is called for each.

    Parameters
    ----------
    returns
        Type of what the kernel returns: when it has ended, or nothing.
    arguments
        Types of its arguments but the last two, which are begin and end.
    looks
        Types of the arguments, but the last, of a second kernel that looks at the run once in a while; None without.
    """
    run, look = call_of(returns, arguments, 2), call_of(types.none, looks or (), 1)
    seen = looks is not None

    @njit(nogil=True, error_model="numpy")
    def run_several(entry, row, every, now, until, place, value):
        for i in range(len(now)):
            while now[i] < until[i]:
                begin, stop = now[i], min(until[i], (now[i] // every + 1) * every)
                now[i] = run(entry[0], row[i, 0], begin, stop)
                if seen and now[i] > begin and now[i] % every == 0:
                    look(entry[1], row[i, 1], now[i], now[i])
                if now[i] < stop:  # everybody has arrived
                    break
            for j in range(place.shape[1]):
                value[i, j] = load(place[i, j])

    return run_several  # type: ignore[no-any-return]


def call_of(returns: Any, arguments: tuple[Any, ...], times: int) -> Callable[..., int]:
    """Return what calls a compiled kernel by its address with a row of words and, as its last arguments, times."""
    given = (*arguments, *(types.int64,) * times)

    @intrinsic
    def call(context: Any, entry: Any, row: Any, begin: Any, end: Any) -> Any:
        return types.int64(types.int64, types.int64, types.int64, types.int64), lambda target, builder, _, values: (
            _call(target, builder, (returns, given), values, times))

    return call  # type: ignore[no-any-return]


def _call(target: Any, builder: Any, signature: tuple[Any, ...], values: Any, times: int) -> Any:
    entry, row, begin, end = values
    kind = target.call_conv.get_function_type(*signature)
    found = cgutils.alloca_once(builder, target.call_conv.get_return_type(signature[0]).pointee)
    failed = cgutils.alloca_once_value(builder, ir.Constant(kind.args[1].pointee, None))
    words = builder.inttoptr(row, WORD.as_pointer())
    parts = [_part(builder, builder.load(builder.gep(words, [WORD(place)])), wanted)
             for place, wanted in enumerate(kind.args[2 : len(kind.args) - times])]
    builder.call(builder.inttoptr(entry, kind.as_pointer()), [found, failed, *parts, *(begin, end)[-times:]])
    return builder.load(found) if isinstance(signature[0], types.Integer) else end


def _part(builder: Any, word: Any, wanted: Any) -> Any:
    """Make of a word what compiled code takes."""
    if isinstance(wanted, ir.PointerType):
        return builder.inttoptr(word, wanted)
    if isinstance(wanted, ir.IntType):
        return word if wanted.width == WORD.width else builder.trunc(word, wanted)
    if isinstance(wanted, ir.FloatType):
        return builder.bitcast(builder.trunc(word, ir.IntType(32)), wanted)
    return builder.bitcast(word, wanted)


@intrinsic
def load(context: Any, place: Any) -> Any:
    """Read a number of 32 bits where it is; of one of 64 its lower half, which comes first."""
    def read(target: Any, builder: Any, _: Any, values: Any) -> Any:
        number = builder.load(builder.inttoptr(values[0], ir.IntType(32).as_pointer()))
        return builder.sext(number, WORD)

    return types.int64(types.int64), read


def address_of(kernel: Any, arguments: tuple[Any, ...]) -> tuple[int, Any]:
    """Return where a kernel that is compiled for arguments of these types begins, and the type that it returns."""
    kernel.compile(arguments)
    found = kernel.overloads[arguments]
    return found.library.get_pointer_to_function(found.fndesc.llvm_func_name), found.signature.return_type


def places_of(values: Array) -> list[int]:
    """Return where the numbers of an array of 32 bits are."""
    address, stride = values.ctypes.data, values.strides[0]
    return [address + stride * place for place in range(len(values))]
