"""What drivers and signals decide, from a few numbers each: shared by all engines, without any array of one of them.

Lengths are in one unit of length and times in one unit of time, whichever the engine counts in: cells and ticks in the
cellular automaton, so that speeds are cells per tick and accelerations cells per tick squared.
"""
