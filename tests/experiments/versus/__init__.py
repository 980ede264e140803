"""The same roads, signals and trips for trafficsim and for other simulators, one after the other on one core."""
