"""CloudWatch Logs payload → LogEvents; redaction."""
