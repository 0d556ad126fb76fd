"""Denied before, allowed after, and nothing else changed: asked of the evaluator, call by call."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from why403.decisions.decision import Decision, LayerFinding, Match, Outcome, Request
from why403.decisions.evaluate import compile_set
from why403.decisions.layer_policies import PolicyCompiler
from why403.decisions.reconcile import needs_no_resource_policy
from why403.iam.layer import Effect, Layer, Policy
from why403.message import Message
from why403.policies.policy_set import PolicySet
from why403.remedies.case import Judged, holder_in, holder_of
from why403.remedies.neighbours import Neighbour, neighbours_of, policies_for
from why403.remedies.proposal import Option, Proposal
from why403.remedies.remedy import RemedyKind
from why403.remedies.wanted import Wanted
from why403.services.documents import joined

UNREAD = "remedies.proof.unread"
OUT_OF_TIME = "remedies.proof.out-of-time"
LITERAL = re.compile(r"\$\{([*?$])\}|([*?])|([^*?$]+|\$)")
"""A variable that stands for a wildcard's own character, a wildcard, or text up to the next of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`widened` are the actions that neighbours gained, though nothing was denied to them here."""

    proven: bool
    missing: tuple[Message, ...] = ()
    widened: tuple[str, ...] = ()
    astray: tuple[Message, ...] = ()
    """Neighbours that the option changes without meaning to: it must not be offered."""


class Prover:
    """Asks the evaluator about each option of one draft: policies are compiled, and neighbours asked before, once.

    `out_of_time` says whether the CPU time for drafting is used up: what is not proven by then counts as not proven.
    """

    __slots__ = ("_before", "_compiler", "_out_of_time", "_wanted")

    def __init__(self, wanted: tuple[Wanted, ...], out_of_time: Callable[[], bool]) -> None:
        self._wanted = wanted
        self._out_of_time = out_of_time
        self._compiler = PolicyCompiler()
        self._before: dict[int, list[tuple[Neighbour, bool]]] = {}
        """The neighbours of each wanted call by its place, and whether they are allowed as the policies stand."""

    def prove(self, option: Option) -> Proof:
        """What re-evaluation of the calls and of their neighbours shows of an option."""
        missing = list(_unproposed(option))
        widened: list[str] = []
        astray: list[Message] = []
        for number, each in enumerate(self._wanted):
            after = applied(each.judged, option.proposals)
            missing += self._not_yet(each, after)
            for neighbour, now_allowed in self._changed(number, after):
                meant = neighbour.same_caller and now_allowed and _intended(option, neighbour)
                if not meant:
                    astray.append(_told(neighbour, now_allowed=now_allowed))
                elif not any(_covers(pair, neighbour) for one in self._wanted for pair in one.pairs):
                    widened.append(neighbour.request.action)
        if self._out_of_time():
            missing.append(Message(OUT_OF_TIME))
        return Proof(
            proven=not missing and not astray,
            missing=tuple(missing),
            widened=tuple(dict.fromkeys(widened)),
            astray=tuple(astray),
        )

    def _not_yet(self, wanted: Wanted, after: PolicySet) -> Iterator[Message]:
        request = wanted.judged.request
        values = {"action": request.action, "resource": request.resource}
        if self._is_allowed(request, wanted.judged.policies):
            yield Message("remedies.proof.allowed-before", values)
        decision = compile_set(after, self._compiler).decide(request)
        match decision.outcome:
            case Outcome.ALLOWED:
                return
            case Outcome.UNKNOWN:
                yield Message(
                    "remedies.proof.unknown", {**values, "what": _open_questions(decision, request)}
                )
            case Outcome.IMPLICIT_DENY | Outcome.EXPLICIT_DENY:
                layers = ", ".join(layer.value for layer in decision.denied_by)
                yield Message("remedies.proof.still-denied", {**values, "layers": layers})

    def _changed(self, number: int, after: PolicySet) -> Iterator[tuple[Neighbour, bool]]:
        """Neighbours whose answer is another one after the change, and whether it is allowed now."""
        judged = self._wanted[number].judged
        for neighbour, was_allowed in self._neighbours(number):
            if self._out_of_time():
                return
            then = (
                after
                if _same_holder(judged.request, neighbour.request)
                else _but_resource(after, judged.policies)
            )
            is_allowed = self._is_allowed(neighbour.request, policies_for(neighbour, then))
            if was_allowed != is_allowed:
                yield neighbour, is_allowed

    def _neighbours(self, number: int) -> list[tuple[Neighbour, bool]]:
        judged = self._wanted[number].judged
        if number not in self._before:
            self._before[number] = [
                (each, self._is_allowed(each.request, policies_for(each, judged.policies)))
                for each in neighbours_of(judged.request, judged.policies)
                if not self._out_of_time()
            ]
        return self._before[number]

    def _is_allowed(self, request: Request, policies: PolicySet) -> bool:
        return compile_set(policies, self._compiler).decide(request).outcome is Outcome.ALLOWED


_Levels = tuple[tuple[Policy, ...], ...]


def _unproposed(option: Option) -> Iterator[Message]:
    for proposal in option.proposals:
        if proposal.kind is RemedyKind.PLAYBOOK:
            yield Message("remedies.proof.by-hand", {"layer": proposal.layer.value})
        elif proposal.after is None and proposal.grant is None:
            yield Message(UNREAD, {"layer": proposal.layer.value, "target": proposal.target})


def _open_questions(decision: Decision, request: Request) -> str:
    """What the call still hangs on: not on a resource's policy that may allow what the caller's own does already."""
    own = {Effect.ALLOW} & {each.effect for each in decision.layers if each.layer is Layer.IDENTITY}
    spared = Layer.RESOURCE if own and needs_no_resource_policy(request) else None
    asked = [each for each in decision.layers if each.effect is Effect.UNKNOWN]
    open_ = [each for each in asked if each.layer is not spared or _may_deny(each)]
    closed = {key for each in asked if each not in open_ for key in each.values.get("keys", "").split(", ")}
    keys = (key for key in decision.settles if key not in closed)
    return ", ".join((*(each.layer.value for each in open_), *keys))


def _may_deny(finding: LayerFinding) -> bool:
    """Nobody read it, or one of its statements denies."""
    return not finding.evidence or any(
        each.effect == "Deny" and each.match is not Match.NO for each in finding.evidence
    )


def _same_holder(one: Request, other: Request) -> bool:
    return holder_in(one.resource) == holder_in(other.resource)


def _but_resource(after: PolicySet, before: PolicySet) -> PolicySet:
    """What a change means for another resource: a key's or a role's own policy says nothing about its neighbours."""
    return replace(after, resource=before.resource, grants=before.grants)


def _intended(option: Option, neighbour: Neighbour) -> bool:
    return any(_covers(pair, neighbour) for pair in option.intended)


def _covers(pair: tuple[str, str], neighbour: Neighbour) -> bool:
    action, pattern = pair
    return bool(_compiled(action.lower()).fullmatch(neighbour.request.action.lower())) and bool(
        _compiled(pattern).fullmatch(neighbour.request.resource)
    )


@lru_cache(1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """IAM's wildcards, and `${*}` for the character itself."""
    return re.compile("".join(_piece(found) for found in LITERAL.finditer(pattern)), re.DOTALL)


def _piece(found: re.Match[str]) -> str:
    escaped, wildcard, text = found.groups()
    if wildcard:
        return ".*" if wildcard == "*" else "."
    return re.escape(escaped or text)


def _told(neighbour: Neighbour, *, now_allowed: bool) -> Message:
    request = neighbour.request
    values = {"action": request.action, "resource": request.resource, "principal": request.principal}
    return Message("remedies.proof.opens" if now_allowed else "remedies.proof.closes", values)


def applied(judged: Judged, proposals: Iterable[Proposal]) -> PolicySet:
    """The call's policies with every proposal in place that concerns it."""
    policies = judged.policies
    for proposal in proposals:
        policies = _with(policies, proposal, judged)
    return policies


def _with(policies: PolicySet, proposal: Proposal, judged: Judged) -> PolicySet:  # noqa: PLR0911  # one a layer
    if proposal.after is None and proposal.grant is None:
        return policies
    policy = Policy(proposal.policy_name, proposal.after or {}, proposal.policy_arn)
    match proposal.layer:
        case Layer.IDENTITY:
            return replace(policies, identity=_placed(policies.identity, policy))
        case Layer.BOUNDARY:
            return replace(policies, boundary=_placed(policies.boundary, policy))
        case Layer.SESSION:
            return replace(policies, session=_placed(policies.session, policy))
        case Layer.VPC_ENDPOINT:
            return replace(policies, vpc_endpoint=_placed(policies.vpc_endpoint, policy))
        case Layer.SCP:
            return replace(policies, scp=_at_level(policies.scp, policy, proposal.level))
        case Layer.RCP:
            return replace(policies, rcp=_at_level(policies.rcp, policy, proposal.level))
        case Layer.RESOURCE | Layer.TRUST:
            return _of_resource(policies, policy, proposal, judged)
        case Layer.GRANT:
            mine = proposal.grant is not None and holder_of(judged) == proposal.target
            return (
                replace(policies, grants=(*policies.grants, proposal.grant))
                if mine and proposal.grant
                else policies
            )


def _of_resource(policies: PolicySet, policy: Policy, proposal: Proposal, judged: Judged) -> PolicySet:
    if holder_of(judged) != proposal.target:
        return policies
    return replace(policies, resource=_beside(policies, policy) if proposal.beside else policy)


def _beside(policies: PolicySet, policy: Policy) -> Policy | None:
    """Both as one; a policy that nobody can read stays what decides."""
    held = policies.resource
    return (
        held if held is not None and isinstance(held.document, str) else joined(policy.name, (held, policy))
    )


def _placed(held: tuple[Policy, ...] | None, policy: Policy) -> tuple[Policy, ...]:
    if held is not None and any(_same(each, policy) for each in held):
        return tuple(policy if _same(each, policy) else each for each in held)
    return (*(held or ()), policy)


def _same(one: Policy, other: Policy) -> bool:
    return (one.name, one.arn) == (other.name, other.arn)


def _at_level(levels: _Levels | None, policy: Policy, number: int) -> _Levels:
    return tuple(_placed(level, policy) if at == number else level for at, level in enumerate(levels or ()))
