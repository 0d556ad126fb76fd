"""Log group → the workload that writes to it, its roles, and where its credentials come from."""
