"""The parts of a step, compiled: plain functions on arrays, numba and numpy only."""

from trafficsim.base.numba_cache import use_keyed_cache

use_keyed_cache()
