"""Door 2: the only HTTP that leaves us."""
