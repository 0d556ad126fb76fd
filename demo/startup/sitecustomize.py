"""Read by Python at the start of each process of the embedded world, by PYTHONPATH."""  # noqa: INP001  # it finds it by name

from demo.account_hosts import resolve_account_hosts

resolve_account_hosts()
