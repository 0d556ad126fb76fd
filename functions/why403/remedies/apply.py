"""The policies as they would stand with a proposal applied: what the proof asks again."""

from collections.abc import Iterable
from dataclasses import replace

from why403.iam.layer import Layer
from why403.iam.policy import Policy
from why403.policies.policy_set import PolicySet
from why403.remedies.case import Judged
from why403.remedies.held import holder_of
from why403.remedies.proposal import Proposal
from why403.services.documents import joined

Levels = tuple[tuple[Policy, ...], ...]


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


def _at_level(levels: Levels | None, policy: Policy, number: int) -> Levels:
    return tuple(_placed(level, policy) if at == number else level for at, level in enumerate(levels or ()))
