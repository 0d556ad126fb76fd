"""What each deployed function works with, made of its environment: one file a function, nothing of Lambda's own in it."""
