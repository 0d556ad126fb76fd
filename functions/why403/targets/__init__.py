"""The resource that was meant: ranked candidates, each with its evidence."""
