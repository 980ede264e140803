"""Kernels of the queue engine: vehicles on spatial queues, in whole milliseconds."""
