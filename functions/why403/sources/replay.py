"""Calls that incidents know, replayed against policies as a change would leave them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from why403.decisions.decision import Decision, Outcome
from why403.decisions.evaluate import compile_set
from why403.decisions.policy_compiler import PolicyCompiler
from why403.decisions.request import Request
from why403.iam.arn import parse_arn
from why403.iam.layer import Effect
from why403.iam.policy import Policy
from why403.policies.policy_set import PolicySet
from why403.sources.planned import ANYTHING, Planned, PlannedPrincipal, bound

ONLY_BY_RESOURCE = ("sts:AssumeRole", "kms:")
"""Calls that the target's own policy must let in, in the same account too."""


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
    """One call and what it should be answered; `words` say why, for people."""

    id: str
    request: Request
    expected: Expected
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of one call: the reason in a sentence, and where in the source it lies (empty: nowhere)."""

    call: KnownCall
    verdict: CallVerdict
    reason: str
    address: str = ""
    statement: str = ""


class Replay:
    """Calls against what stands now (None: not known) and what would."""

    def __init__(self, before: Planned | None, after: Planned) -> None:
        self._before, self._after = before, after
        self._compiler = PolicyCompiler()

    def replay(self, calls: Sequence[KnownCall]) -> tuple[Replayed, ...]:
        """Each call's outcome, in order."""
        return tuple(map(self._replayed, calls))

    def decided(self, request: Request) -> tuple[Decision | None, str]:
        """What the change would decide about a call, and the address that rests on; None and why, where that is not known."""
        return self._outcome(self._after, request)

    def _replayed(self, call: KnownCall) -> Replayed:
        after, source = self._outcome(self._after, call.request)
        if after is None:
            return Replayed(call=call, verdict=CallVerdict.UNKNOWN, reason=source)
        before = self._outcome(self._before, call.request)[0] if self._before else None
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

    def _outcome(self, planned: Planned, request: Request) -> tuple[Decision | None, str]:
        """The decision and the address it rests on; None and why, where the source alone does not tell."""
        principal = planned.principal_of(request.principal)
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
        own = resource.policy if resource else None
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
            return None, f"it depends on what is known only after it is deployed: {address}"
        # A denial that what is unknown would add is none that the source tells.
        return least if least.outcome is Outcome.ALLOWED else widest, address

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


def _needs_resource(request: Request) -> bool:
    arn = parse_arn(request.principal)
    account = request.resource_account
    return request.action.startswith(ONLY_BY_RESOURCE) or bool(arn and account and arn.account != account)


def counted(found: Sequence[Replayed]) -> Mapping[CallVerdict, int]:
    """How many calls came to each verdict."""
    return {verdict: sum(each.verdict is verdict for each in found) for verdict in CallVerdict}
