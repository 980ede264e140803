"""What people write: networks, demand, drivers, signals, policies, scenarios and studies, as frozen models."""
