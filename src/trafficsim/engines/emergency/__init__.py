"""Emergency vehicles, for all engines: when they are sent, how they drive, what was needed for each response.

Units are no vehicles of the engine: they use room between those on the road. They are moved between slices of the loop,
so that a run without them is the same to the bit.
"""
