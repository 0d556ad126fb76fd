"""The reader of a deployed function: one for a process, so that warm calls find what was read a moment ago."""

from collections.abc import Mapping
from functools import lru_cache

from why403.aws.rates import TableLanes
from why403.aws.reader import Reader
from why403.aws.session import Clients, client, reading_clients
from why403.iam.place import Place
from why403.reads import ORGANIZATION

AT_ONCE = 6
"""Processes that read at the same time: five of diagnose and one of recheck, as `concurrency` has them by default."""


def open_reader(
    place: Place,
    target_read_roles: Mapping[str, str],
    organization_read_role: str,
    *,
    table_name: str = "",
) -> Reader:
    """Reads in `place`, in other accounts with `target_read_roles` (account id → role ARN).

    `organization_read_role` reads SCPs and RCPs in the management account; empty where there is none. What an
    account allows all its callers together is asked for in turns that stand in the table; without a table's name, and
    where the table is away, this process keeps to its share.
    """
    organization = {ORGANIZATION: organization_read_role} if organization_read_role else {}
    return _opened(place, tuple({**target_read_roles, **organization}.items()), reading_clients(), table_name)


@lru_cache(maxsize=2)
def _opened(place: Place, roles: tuple[tuple[str, str], ...], clients: Clients, table_name: str) -> Reader:
    lanes = TableLanes(client("dynamodb"), table_name) if table_name else None
    return Reader(place, roles=dict(roles), clients=clients, share=1 / AT_ONCE, lanes=lanes)
