"""How each SDK and tool words a failed call: one file each, all in register.py."""
