"""403s that no missing permission explains: what a playbook can be filled with, read where the account lets us."""
