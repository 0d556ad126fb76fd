"""What we know of each AWS service, one file a service: its policies, keys, names, draft form and habits."""
