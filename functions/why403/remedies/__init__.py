"""Decision → Remedy: the smallest change that makes it yes, proven."""
