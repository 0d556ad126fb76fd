"""The story of recheck, told in full by the commits to come."""
