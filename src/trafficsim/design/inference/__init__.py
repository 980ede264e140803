"""From a road graph to a network: lengths, movements, right of way and default signal programs."""
