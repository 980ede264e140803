"""The cellular automaton: what happens to vehicles in lanes of cells, tick by tick, in one dense array."""
