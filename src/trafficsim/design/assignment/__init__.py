"""Static assignment: shortest paths, user equilibrium and system optimum on volume-delay functions."""
