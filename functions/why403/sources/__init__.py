"""What a plan, a template or a cloud assembly would make of the policies, read without AWS. Not in the Lambda asset."""
