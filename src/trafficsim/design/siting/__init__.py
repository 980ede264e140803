"""Where to put enforcement under a budget: what a set of places is worth, greedy and exact choice, bounds."""
