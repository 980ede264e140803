"""Read networks, matrices and nodes in the TNTP format of the Transportation Networks for Research repository."""
