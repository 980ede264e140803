"""Engine-neutral arrays in SI units: realised trips, lowered policies, and what a run gives back."""
