"""Request × PolicySet → Decision, with evidence for every statement."""
