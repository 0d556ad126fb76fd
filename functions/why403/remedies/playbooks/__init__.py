"""What to do about a 403 that no missing permission explains: one JSON file a kind."""
