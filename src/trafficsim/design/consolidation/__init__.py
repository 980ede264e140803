"""Nodes of a map that are one junction, joined: which, by which rule, and what may be driven through them."""
