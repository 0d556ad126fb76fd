"""What is worth telling beside a decision: what may lie behind the 403, and what is odd in the policies."""

from why403.decisions.decision import Decision, Request
from why403.decisions.evaluate import compile_set
from why403.decisions.lint import lint
from why403.decisions.missing_object import missing_object
from why403.decisions.unchangeable import unchangeable
from why403.denials.denial import Denial
from why403.message import Message
from why403.policies.policy_set import PolicySet
from why403.targets.asked_place import asked_elsewhere


def remarks(
    denial: Denial, request: Request, policies: PolicySet, *, decision: Decision, allowed_now: bool
) -> tuple[Message, ...]:
    """The most telling first. `allowed_now`: the policies let the denied call through."""
    elsewhere = asked_elsewhere(denial, request.principal, request.resource)
    return (
        *([elsewhere] if elsewhere is not None else ()),
        *missing_object(denial, request, policies, allowed_now=allowed_now),
        *unchangeable(decision, request, policies),
        *lint(compile_set(policies).layers, request),
    )
