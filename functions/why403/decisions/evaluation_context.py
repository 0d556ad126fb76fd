"""The call as the statements see it: its parts cut once, its condition keys answered in three states.

A key is known to be there (with a value that the log line does not tell), known never to be there, or neither.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

from why403.decisions.caller import Caller, caller_of
from why403.decisions.decision import KeyState, Request
from why403.iam.arn import ACCOUNT, REGION, SEGMENTS
from why403.iam.condition_keys import key_kind
from why403.iam.principal import PrincipalKind
from why403.iam.principal_element import ACCOUNT_ID
from why403.iam.reference import takes_resource
from why403.iam.template import NoValue

Given = tuple[KeyState, tuple[str, ...]]
PRINCIPAL_ARN = "aws:principalarn"
VIA_SERVICE = "aws:viaawsservice"
_DIRECT = frozenset({"false", "False"})
_ENDPOINT_KEYS = ("aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip")
_ROLE_KINDS = frozenset({PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE})


class _Presence(StrEnum):
    """Whether this kind of call carries a key."""

    ALWAYS = "always"
    NEVER = "never"
    DEPENDS = "depends"


class _Way(StrEnum):
    """Which way the call goes, as far as it is known."""

    ENDPOINT = "endpoint"
    """Through a VPC endpoint."""
    INTERNET = "internet"
    """To the public endpoint."""
    UNKNOWN = "unknown"


class EvaluationContext:
    """One request as it is evaluated. Keys are looked up in lower case: condition key names ignore case."""

    __slots__ = (
        "_context",
        "_keys",
        "_way",
        "action",
        "bounded",
        "by_letters",
        "caller",
        "request",
        "resource",
        "segments",
    )

    def __init__(self, request: Request, *, through_endpoint: bool = False, bounded: bool = False) -> None:
        self.request = request
        self.action = request.action.lower()
        self.resource = request.resource if takes_resource(self.action) is not False else "*"
        """`*` also where the action has no resource types, whatever ARN the request names."""
        self.segments = request.resource.split(":", SEGMENTS - 1)
        self.bounded = bounded
        """The caller has a permissions boundary."""
        self._context = {key.lower(): value for key, value in request.context.items()}
        own_arn = self._context.get(PRINCIPAL_ARN, "")
        self.caller: Caller = caller_of(request.principal, own_arn if isinstance(own_arn, str) else "")
        self.by_letters = False
        """A policy's text was compared with the request's by their letters: a call that matches alike may be told otherwise."""
        self._keys: dict[str, Given] = {}
        self._way = self._going(through_endpoint=through_endpoint)

    def _going(self, *, through_endpoint: bool) -> _Way:
        if through_endpoint or any(key in self._context for key in _ENDPOINT_KEYS):
            return _Way.ENDPOINT
        return _Way.INTERNET if "aws:sourceip" in self._context else _Way.UNKNOWN

    @property
    def passing(self) -> tuple[_Way, bool]:
        """Which way it goes, and whether no service passed it on: what decides which keys such a call carries."""
        return self._way, self._context.get(VIA_SERVICE) in _DIRECT

    def seen(self, name: str) -> str | tuple[str, ...] | Given:
        """A condition key as it is given, else what is known of it."""
        given = self._context.get(name)
        return given if given is not None else self.key(name)

    def key(self, name: str) -> Given:
        """What is known of a condition key, and its values where it is given."""
        found = self._keys.get(name)
        if found is None:
            found = self._keys[name] = self._answer(name)
        return found

    def value(self, name: str) -> str | NoValue:
        """A policy variable's value: a key that may hold several has none, even where it holds one."""
        if self.is_multivalued(name):
            return NoValue.ABSENT
        state, values = self.key(name)
        if state is KeyState.UNKNOWN:
            return NoValue.UNKNOWN
        return values[0] if len(values) == 1 else NoValue.ABSENT

    def is_multivalued(self, name: str) -> bool:
        """Whether the key may hold several values: by the reference, else because a list is given."""
        kind = key_kind(name)
        return kind[1] if kind is not None else not isinstance(self._context.get(name, ""), str)

    def _answer(self, name: str) -> Given:
        given = self._context.get(name)
        if given is None:
            given = self.caller.derived.get(name) or self._derived(name)
        if given is not None:
            values = (given,) if isinstance(given, str) else tuple(given)
            return (KeyState.GIVEN, values) if values else (KeyState.ABSENT, ())
        presence = self._presence(name)
        if presence is _Presence.NEVER:
            return KeyState.NEVER, ()
        return (KeyState.ABSENT if self.request.context_complete else KeyState.UNKNOWN), ()

    def _presence(self, name: str) -> _Presence:
        way, direct = self.passing
        return _key_presence(name, self.caller.kind, way, direct=direct)

    def _derived(self, name: str) -> str | None:
        """What the resource settles: its account always, its Region where the context is said to be incomplete."""
        if name in {"aws:resourceaccount", "s3:resourceaccount"}:
            return self.request.resource_account or self._account_of_arn()
        if name == "aws:requestedregion" and len(self.segments) == SEGMENTS:
            return None if self.request.context_complete else self.segments[REGION] or None
        return None

    def _account_of_arn(self) -> str | None:
        owner = self.segments[ACCOUNT] if len(self.segments) == SEGMENTS else ""
        return owner if ACCOUNT_ID.fullmatch(owner) else None

    def always_carried(self, name: str) -> bool:
        """Whether the key is surely there, though its value is unknown."""
        return self._presence(name) is _Presence.ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class _PresenceTable:
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
def _presence_table() -> _PresenceTable:
    """The table as it stands beside this file."""
    raw = json.loads(files("why403.decisions").joinpath("key_presence.json").read_text("utf-8"))
    return _PresenceTable(
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
def _key_presence(key: str, caller: PrincipalKind, way: _Way, *, direct: bool = False) -> _Presence:
    """Whether a call by `caller`, going `way`, carries `key` (in lower case). `direct`: no service passed it on."""
    table = _presence_table()
    if caller in table.never.get(key, ()) or (direct and key in table.never_in_a_direct_call):
        return _Presence.NEVER
    if any(key.startswith(prefix) and caller in kinds for prefix, kinds in table.never_by_prefix.items()):
        return _Presence.NEVER
    if (way is _Way.ENDPOINT and key in table.never_through_an_endpoint) or (
        way is _Way.INTERNET and key in table.only_through_an_endpoint
    ):
        return _Presence.NEVER
    if key in table.always or (caller in _ROLE_KINDS and key in table.always_with_a_role):
        return _Presence.ALWAYS
    through = way is _Way.ENDPOINT and key in table.always_through_an_endpoint
    return _Presence.ALWAYS if through else _Presence.DEPENDS
