"""LogEvent → Denial: what was denied, to whom, by which layer, as far as the line tells."""
