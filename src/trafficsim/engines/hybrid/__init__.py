"""The hybrid engine: some junctions in the cellular automaton, the others in the queue engine, in one run."""
