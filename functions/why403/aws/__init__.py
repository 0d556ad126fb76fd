"""Door 1: the only code that imports boto3."""
