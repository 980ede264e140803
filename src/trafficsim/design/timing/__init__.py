"""What a signal program does, and what it should do: stages, demand of lanes, pedestrians, Webster's split, waves."""
