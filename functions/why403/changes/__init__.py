"""What was written to the role, its policies and the target just before the denial."""
