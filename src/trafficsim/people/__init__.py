"""People: who they are for ever, how they learn and choose, and what risk they bring; models on arrays only."""
