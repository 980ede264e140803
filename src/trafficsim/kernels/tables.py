"""Tables of kernels: rows of one thing stand together in one record array.

That keeps what is used together in one cache line, and a kernel's signature (and compile time) short. Rows never
straddle a cache line that they could fill or share evenly. Ragged data keep their start in the row and have one row
more than things.

Numbers of lanes, connections and the like that can not be negative are unsigned: a signed index is tested for
counting from the end. Nothing is subtracted from them before they are cast, and ranges over them are cast too: a
range of unsigned bounds counts in 64 unsigned bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
CACHE_LINE = 64


def rows(count: int, fields: dict[str, str]) -> np.recarray:
    """Return ``count`` zeroed records (at least one) with these fields, laid out so that they fit cache lines."""
    packed = np.dtype(list(fields.items()), align=True)
    whole = -(-packed.itemsize // CACHE_LINE) * CACHE_LINE
    size = next((part for part in (8, 16, 32) if packed.itemsize <= part), whole)
    offsets = [packed.fields[name][1] for name in packed.names]
    dtype = np.dtype({"names": packed.names, "formats": list(fields.values()), "offsets": offsets, "itemsize": size},
                     align=True)
    count = max(count, 1)
    raw = np.zeros(count * size + CACHE_LINE, np.uint8)
    first = -raw.ctypes.data % CACHE_LINE
    return raw[first : first + count * size].view(dtype).view(np.recarray)
