"""Readers and writers: files of ours and of others to networks, demand and signals, and back."""
