"""Results: tables, digest, indicators, comparison and the store. No engine, no compiler, no figures."""
