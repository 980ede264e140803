"""The interactive map of a network: one HTML file with all that is in it, what was found, and where it is from."""
