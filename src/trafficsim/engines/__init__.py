"""Engines: how vehicles move on links and are admitted at junctions."""

from trafficsim.base.numba_cache import use_keyed_cache

use_keyed_cache()
