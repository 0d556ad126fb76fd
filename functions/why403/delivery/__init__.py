"""Where a notice goes: a channel is one file here and one line in register.py."""
