"""The call as the statements see it: its parts cut once, its condition keys answered in three states."""

from why403.decisions.caller import Caller, caller_of
from why403.decisions.decision import KeyState, Request
from why403.decisions.key_presence import Presence, Way, key_presence
from why403.iam.arn import ACCOUNT, REGION, SEGMENTS
from why403.iam.condition_keys import key_kind
from why403.iam.principal_element import ACCOUNT_ID
from why403.iam.reference import takes_resource
from why403.iam.template import NoValue

Given = tuple[KeyState, tuple[str, ...]]
PRINCIPAL_ARN = "aws:principalarn"
VIA_SERVICE = "aws:viaawsservice"
_DIRECT = frozenset({"false", "False"})
_ENDPOINT_KEYS = ("aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip")


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

    def _going(self, *, through_endpoint: bool) -> Way:
        if through_endpoint or any(key in self._context for key in _ENDPOINT_KEYS):
            return Way.ENDPOINT
        return Way.INTERNET if "aws:sourceip" in self._context else Way.UNKNOWN

    @property
    def passing(self) -> tuple[Way, bool]:
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
        if presence is Presence.NEVER:
            return KeyState.NEVER, ()
        return (KeyState.ABSENT if self.request.context_complete else KeyState.UNKNOWN), ()

    def _presence(self, name: str) -> Presence:
        way, direct = self.passing
        return key_presence(name, self.caller.kind, way, direct=direct)

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
        return self._presence(name) is Presence.ALWAYS
