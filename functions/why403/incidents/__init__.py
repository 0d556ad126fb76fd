"""Denials → incidents: one alert for a cause, however many lines it writes."""
