"""The `why403` command: one file a command. Not in the Lambda asset."""
