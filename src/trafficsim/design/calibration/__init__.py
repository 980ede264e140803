"""Parameters from observations: speeds from bins, fundamental diagrams from points, drivers from counts by running."""
