"""The story of notify, told in full by the commits to come."""
