"""Python reads this at the start of every process of the embedded world (PYTHONPATH in demo/emulator.py)."""  # noqa: INP001  # Python finds it by its name alone

from demo.account_hosts import resolve_account_hosts

resolve_account_hosts()
