"""Diagnosis: what was found out about one denial, as a value and as JSON."""
