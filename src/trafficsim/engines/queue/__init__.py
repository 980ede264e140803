"""The queue engine: plans become links with storage, queues at stop lines, and whole milliseconds."""
