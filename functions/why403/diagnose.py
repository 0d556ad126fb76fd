"""The story of diagnose, told in full by the commits to come."""
