"""Kernels of the hybrid engine: vehicles that go from one engine to the other, after every tick of both."""
