"""The reader of a deployed function: one for a process, so that warm calls find what was read a moment ago."""

import json
from functools import lru_cache

from why403.aws.reader import Reader
from why403.iam.place import Place
from why403.reads import ORGANIZATION


@lru_cache(maxsize=1)
def open_reader(place: Place, target_read_roles: str, organization_read_role: str) -> Reader:
    """Reads in `place`, in other accounts with `target_read_roles` (JSON: account id → role ARN).

    `organization_read_role` reads SCPs and RCPs in the management account; empty where there is none.
    """
    roles: dict[str, str] = json.loads(target_read_roles)
    if organization_read_role:
        roles[ORGANIZATION] = organization_read_role
    return Reader(place, roles=roles)
