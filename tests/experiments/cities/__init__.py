"""Real cities: the same network, signals and demand here and in SUMO, side by side."""
