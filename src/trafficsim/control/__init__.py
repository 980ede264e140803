"""Control: what signals show, decided by controllers that any engine can ask."""
