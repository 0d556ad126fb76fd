"""Door 1: the only code that talks to AWS."""
