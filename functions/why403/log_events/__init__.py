"""CloudWatch Logs payload → LogEvents; the filter pattern; redaction."""
