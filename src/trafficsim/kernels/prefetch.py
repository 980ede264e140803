"""Fetching memory ahead of its use: a hint to the processor, without any effect on results."""

from __future__ import annotations

from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic


def _into_every_cache(context, builder, signature, values):
    """Write ``llvm.prefetch``: for reading, with the highest locality."""
    from llvmlite import ir

    array = context.make_array(signature.args[0])(context, builder, values[0])
    stride = cgutils.unpack_tuple(builder, array.strides)[0]
    address = builder.ptrtoint(array.data, ir.IntType(64))
    pointer = builder.inttoptr(builder.add(address, builder.mul(stride, values[1])), ir.IntType(8).as_pointer())
    number = ir.IntType(32)
    kind = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer(), number, number, number])
    function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
    builder.call(function, [pointer, number(0), number(3), number(1)])
    return context.get_dummy_value()


@intrinsic
def _prefetch(typing_context, array, index):
    return types.void(array, types.int64), _into_every_cache


def _nothing(array, index):
    """Without the compiler there is nothing to fetch."""


prefetch = _nothing if config.DISABLE_JIT else _prefetch
"""Have a row of an array fetched that is needed soon; without the compiler it does nothing."""
