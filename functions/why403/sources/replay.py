"""Calls that incidents know, replayed against policies as a change would leave them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from why403.decisions.decision import Decision, Outcome, Request
from why403.decisions.evaluate import compile_set
from why403.decisions.layer_policies import PolicyCompiler
from why403.iam.arn import parse_arn
from why403.iam.layer import Effect, Policy
from why403.iam.reference import access_level, actions_of_service, resource_patterns
from why403.policies.policy_set import PolicySet
from why403.services.declaration import NoDraft
from why403.services.register import SERVICES
from why403.sources.planned import (
    ALLOWS_SOMEBODY,
    ANYTHING,
    UNKNOWN,
    Planned,
    PlannedPrincipal,
    bound,
)

ONLY_BY_RESOURCE = ("sts:AssumeRole", "kms:")
"""Calls that the target's own policy must let in, in the same account too."""
HAS_POLICY = frozenset(
    each.service for service in SERVICES for each in service.resources if each.draft is not NoDraft.NO_POLICY
) - {"iam"}
"""Services, as ARNs name them, whose resources may have a policy of their own; a role's trust stands in what makes the role."""
ELSEWHERE = Policy("the resource's own policy, elsewhere", ALLOWS_SOMEBODY)
"""It may allow; whether it denies is not this change's doing."""
NAME = re.compile(r"[^/:]*")
"""A resource's name, up to what stands in it."""
TYPE_AND_NAME = re.compile(r"(?:[a-z-]+[/:])?[^/:]*")
"""`table/orders` of `table/orders/index/by-day`."""
MOST_NEIGHBOURS = 40
"""Actions that are tried beside a call: S3 has some thirty that write to an object."""


LOST = "the change takes away the only allow in this source; the resource's own policy, which stands elsewhere, may allow it"
ELSEWHERE_DECIDES = "the resource's own policy stands in no source and may allow it; the policies here do not"


class Expected(StrEnum):
    """What a call should be answered."""

    ALLOW = "allow"
    DENY = "deny"


class CallVerdict(StrEnum):
    """What a change does to a call."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCall:
    """One call and what it should be answered; `words` say why, for people.

    `resource_read`: the resource's own policy was read when the call was denied, and had no say.
    """

    id: str
    request: Request
    expected: Expected
    words: str = ""
    resource_read: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of one call: the reason in a sentence, and where in the source it lies (empty: nowhere).

    `widened`: the calls beside it that are denied today and would be allowed.
    """

    call: KnownCall
    verdict: CallVerdict
    reason: str
    address: str = ""
    statement: str = ""
    widened: tuple[str, ...] = ()


class Replay:
    """Calls against what stands now (None: not known) and what would."""

    def __init__(self, before: Planned | None, after: Planned) -> None:
        self._before, self._after = before, after
        self._compiler = PolicyCompiler()

    def replay(self, calls: Sequence[KnownCall]) -> tuple[Replayed, ...]:
        """Each call's outcome, in order."""
        known = {_named(call.request) for call in calls}
        return tuple(
            replace(self._replayed(call), widened=tuple(self._widened(call, known))) for call in calls
        )

    def _widened(self, call: KnownCall, known: set[tuple[str, str, str]]) -> Iterator[str]:
        """What the change allows beside a call: the same on a resource that nobody named, and actions of the same kind."""
        before, request = self._before, call.request
        if before is None or _weighed(before, request) == _weighed(self._after, request):
            return
        for each in neighbours(request):
            was, now = (self._outcome(planned, each, call)[0] for planned in (before, self._after))
            is_denied = was is not None and was.outcome is not Outcome.ALLOWED
            if is_denied and now is not None and now.outcome is Outcome.ALLOWED and _named(each) not in known:
                yield f"{each.action} on {each.resource}"

    def decided(self, request: Request) -> tuple[Decision | None, str]:
        """What the change would decide about a call, and the address that rests on; None and why, where that is not known."""
        return self._outcome(self._after, request)

    def _replayed(self, call: KnownCall) -> Replayed:
        after, source = self._outcome(self._after, call.request, call)
        before = self._outcome(self._before, call.request, call)[0] if self._before else None
        if after is None:
            is_lost = (
                call.expected is Expected.ALLOW and before is not None and before.outcome is Outcome.ALLOWED
            )
            if is_lost and self._may_be_elsewhere(self._after, call.request, call):
                return Replayed(
                    call=call, verdict=CallVerdict.FAILED, reason=LOST, address=self._address(call)
                )
            return Replayed(call=call, verdict=CallVerdict.UNKNOWN, reason=source)
        allowed = after.outcome is Outcome.ALLOWED
        wanted = call.expected is Expected.ALLOW
        statement, policy = _decisive(after)
        if allowed == wanted:
            return Replayed(
                call=call, verdict=CallVerdict.PASSED, reason=f"{after.outcome.value}, as it should be"
            )
        was = f"; it is {before.outcome.value} today" if before else ""
        what = (
            "the change denies what was mended" if wanted else "the change allows what is denied on purpose"
        )
        by = f" by statement {statement} of {policy}" if statement else ""
        return Replayed(
            call=call,
            verdict=CallVerdict.FAILED,
            reason=f"{what}: {after.outcome.value}{by}{was}",
            address=source,
            statement=statement,
        )

    def _address(self, call: KnownCall) -> str:
        held = (
            planned.principal_of(call.request.principal) for planned in (self._after, self._before) if planned
        )
        return next((each.address for each in held if each), self._after.file)

    @staticmethod
    def _may_be_elsewhere(planned: Planned, request: Request, call: KnownCall | None) -> bool:
        """Whether the resource may have a policy of its own that stands in no source, and that nobody has read."""
        arn = parse_arn(request.resource)
        has_one = arn is not None and arn.service in HAS_POLICY
        return has_one and call is not None and not call.resource_read and not planned.makes(request.resource)

    def _outcome(
        self, planned: Planned, request: Request, call: KnownCall | None = None
    ) -> tuple[Decision | None, str]:
        """The decision and the address it rests on; None and why, where the source alone does not tell."""
        principal = planned.principal_of(request.principal) or self._renamed(planned, request)
        resource = planned.resource_of(request.resource)
        if principal is None and resource is None and not self._was_here(request):
            return None, "neither the principal nor the resource's policy stands in this source"
        if resource is None and _needs_resource(request):
            return None, "the resource's own policy decides, and does not stand in this source"
        if resource is None and planned.may_have_one_for(request.resource):
            return (
                None,
                "a policy of this source may be this resource's: its name is known only once it is deployed",
            )
        is_elsewhere = resource is None and self._may_be_elsewhere(planned, request, call)
        own = resource.policy if resource else ELSEWHERE if is_elsewhere else None
        if principal is None:
            principal = (
                PlannedPrincipal(planned.file)
                if self._was_here(request)
                else PlannedPrincipal(planned.file, [Policy("policies elsewhere", ANYTHING)])
            )
        widest, least = (self._decided(principal, own, request, widest=widest) for widest in (True, False))
        address = (
            principal.address
            if planned.principal_of(request.principal) is not None or not resource
            else resource.address
        )
        if Outcome.UNKNOWN in {widest.outcome, least.outcome}:
            return None, "a condition asks for a value that is not known of this call"
        if (widest.outcome is Outcome.ALLOWED) != (least.outcome is Outcome.ALLOWED):
            by = (
                ELSEWHERE_DECIDES if is_elsewhere else "it depends on what is known only after it is deployed"
            )
            return None, f"{by}: {address}"
        # A denial that what is unknown would add is none that the source tells.
        return least if least.outcome is Outcome.ALLOWED else widest, address

    def _renamed(self, planned: Planned, request: Request) -> PlannedPrincipal | None:
        """What stands in the principal's place, where that gets a name that only a deployment knows."""
        was = self._before.principal_of(request.principal) if self._before else None
        unnamed = (each for key, each in planned.principals.items() if UNKNOWN in key)
        return next((each for each in unnamed if was and each.address == was.address), None)

    def _was_here(self, request: Request) -> bool:
        """Whether the principal stands in the source today and would be gone."""
        return self._before is not None and self._before.principal_of(request.principal) is not None

    def _decided(
        self, principal: PlannedPrincipal, own: Policy | None, request: Request, *, widest: bool
    ) -> Decision:
        def bounded(policies: Sequence[Policy]) -> tuple[Policy, ...]:
            return tuple(bound(each, widest=widest) for each in policies)

        policies = PolicySet(
            identity=bounded(principal.identity),
            boundary=None if principal.boundary is None else bounded(principal.boundary),
            resource=bound(own, widest=widest) if own else None,
        )
        return compile_set(policies, self._compiler).decide(request)


def _decisive(decision: Decision) -> tuple[str, str]:
    """The statement and policy that settle it; of an implicit deny there are none."""
    wanted = Effect.ALLOW if decision.outcome is Outcome.ALLOWED else Effect.EXPLICIT_DENY
    for layer in decision.layers:
        if layer.effect is wanted and layer.statement:
            return layer.statement, layer.policy or ""
    return "", ""


def _weighed(planned: Planned, request: Request) -> tuple[object, object]:
    """What has a say on a call."""
    return planned.principal_of(request.principal), planned.resource_of(request.resource)


def _named(request: Request) -> tuple[str, str, str]:
    return request.principal, request.action.lower(), request.resource


def neighbours(request: Request) -> Iterator[Request]:
    """Calls that nobody made and that a grant for this one may let in: on a resource beside, and by actions of its kind."""
    resource = beside(request)
    if resource is not None:
        yield resource
    level, patterns = access_level(request.action), resource_patterns(request.action)
    prefix = request.action.partition(":")[0].lower()
    alike = (
        each
        for each in actions_of_service(prefix)
        if access_level(each) == level
        and resource_patterns(each) == patterns
        and each.lower() != request.action.lower()
    )
    yield from (replace(request, action=each) for each in islice(alike, MOST_NEIGHBOURS))


def beside(request: Request) -> Request | None:
    """The same call on a resource that nobody named."""
    arn = parse_arn(request.resource)
    if arn is None:
        return None
    pattern = NAME if arn.service == "s3" else TYPE_AND_NAME
    found = pattern.match(arn.resource)
    name = found[0] if found else ""
    return replace(request, resource=str(replace(arn, resource=f"{name}-beside{arn.resource[len(name) :]}")))


def _needs_resource(request: Request) -> bool:
    arn = parse_arn(request.principal)
    account = request.resource_account
    return request.action.startswith(ONLY_BY_RESOURCE) or bool(arn and account and arn.account != account)


def counted(found: Sequence[Replayed]) -> Mapping[CallVerdict, int]:
    """How many calls came to each verdict."""
    return {verdict: sum(each.verdict is verdict for each in found) for verdict in CallVerdict}
