"""Which global condition keys a call carries, told from who calls and which way: knowledge of its own.

A key is known to be there (with a value that the log line does not tell), known never to be there, or neither.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

from why403.iam.principal import PrincipalKind

ROLE_KINDS = frozenset({PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE})


class Presence(StrEnum):
    """Whether this kind of call carries a key."""

    ALWAYS = "always"
    NEVER = "never"
    DEPENDS = "depends"


class Way(StrEnum):
    """Which way the call goes, as far as it is known."""

    ENDPOINT = "endpoint"
    """Through a VPC endpoint."""
    INTERNET = "internet"
    """To the public endpoint."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceTable:
    """The table, keys in lower case."""

    never: dict[str, frozenset[str]]
    never_by_prefix: dict[str, frozenset[str]]
    always: frozenset[str]
    always_with_a_role: frozenset[str]
    only_through_an_endpoint: frozenset[str]
    always_through_an_endpoint: frozenset[str]
    never_through_an_endpoint: frozenset[str]
    never_in_a_direct_call: frozenset[str]
    """Absent while aws:ViaAWSService is false: only a service that passes a call on adds them."""


@cache
def presence_table() -> PresenceTable:
    """The table as it stands beside this file."""
    raw = json.loads(files("why403.decisions").joinpath("key_presence.json").read_text("utf-8"))
    return PresenceTable(
        never={key: frozenset(kinds) for key, kinds in raw["never"].items()},
        never_by_prefix={prefix: frozenset(kinds) for prefix, kinds in raw["never_by_prefix"].items()},
        always=frozenset(raw["always"]),
        always_with_a_role=frozenset(raw["always_with_a_role"]),
        only_through_an_endpoint=frozenset(raw["only_through_an_endpoint"]),
        always_through_an_endpoint=frozenset(raw["always_through_an_endpoint"]),
        never_through_an_endpoint=frozenset(raw["never_through_an_endpoint"]),
        never_in_a_direct_call=frozenset(raw["never_in_a_direct_call"]),
    )


@lru_cache(4096)
def key_presence(key: str, caller: PrincipalKind, way: Way, *, direct: bool = False) -> Presence:
    """Whether a call by `caller`, going `way`, carries `key` (in lower case). `direct`: no service passed it on."""
    table = presence_table()
    if caller in table.never.get(key, ()) or (direct and key in table.never_in_a_direct_call):
        return Presence.NEVER
    if any(key.startswith(prefix) and caller in kinds for prefix, kinds in table.never_by_prefix.items()):
        return Presence.NEVER
    if (way is Way.ENDPOINT and key in table.never_through_an_endpoint) or (
        way is Way.INTERNET and key in table.only_through_an_endpoint
    ):
        return Presence.NEVER
    if key in table.always or (caller in ROLE_KINDS and key in table.always_with_a_role):
        return Presence.ALWAYS
    through = way is Way.ENDPOINT and key in table.always_through_an_endpoint
    return Presence.ALWAYS if through else Presence.DEPENDS
