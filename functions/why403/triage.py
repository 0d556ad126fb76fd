"""The story of triage, told in full by the commits to come."""
