"""What drivers and signals decide, from a few numbers each: shared by all engines, without any array of one of them."""
