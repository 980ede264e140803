"""Parameters of people with their sources, as data."""
