"""Signal controllers on real networks: who is compared, how the agent learns, and the table."""
