"""Parameters from observations: distributions of speed from bins, fundamental diagrams from points."""
