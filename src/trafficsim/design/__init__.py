"""What a traffic engineer designs: junctions inferred from geometry, signal timing, networks made of a few numbers."""
