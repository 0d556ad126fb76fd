"""Whether a role can be reached from another over roles between them: only what is certain is said to be impossible.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html#iam-term-role-chaining
"""

from collections.abc import Iterable, Iterator

from why403.decisions.decision import Outcome
from why403.decisions.evaluate import decide
from why403.decisions.request import Request
from why403.iam.document import ALLOW, DENY, Statement, parse_document
from why403.iam.layer import Layer
from why403.iam.policy import Policy
from why403.iam.principal import parse_principal
from why403.policies.policy_set import PolicySet
from why403.policies.reading import CallerReading
from why403.remedies.trusted import WAYS_IN, Trusts, speaks_of, trusted_by
from why403.workloads.role_names import same_role

ASSUME = "sts:AssumeRole"


def outcome_of(taker: CallerReading, role: str, trust: Policy | None) -> Outcome:
    """What the policies say to `taker` taking `role` itself. A trust policy that is None was not read."""
    request = Request(
        principal=taker.arn,
        action=ASSUME,
        resource=role,
        resource_account=parse_principal(role).account,
        context_complete=False,
    )
    policies = PolicySet(
        identity=taker.identity,
        boundary=taker.boundary,
        scp=taker.scp,
        resource=trust,
        unread=taker.unread | (frozenset() if trust else frozenset({Layer.TRUST})),
    )
    return decide(request, policies).outcome


def may_reach(taker: CallerReading, role: str, trusts: Trusts, seen: frozenset[str] = frozenset()) -> bool:
    """Whether `taker` may come to be `role`, itself or over others. `trusts` by ARN; what it lacks, nobody knows.

    An account that is trusted as a whole lets in whatever role the taker's own policies let it take there.
    """
    if _takes_none(taker):
        return False
    trust = trusts.get(role)
    if trust is None or outcome_of(taker, role, trust) in {Outcome.ALLOWED, Outcome.UNKNOWN}:
        return True
    trusted, seen = trusted_by(trust), seen | {role, taker.arn}
    if trusted.unclear or trusted.by_token or (trusted.wide and _may_take_another(taker, seen)):
        return True
    between = [one for one in trusted.roles if one not in seen]
    return any(same_role(one, taker.arn) or may_reach(taker, one, trusts, seen) for one in between)


def may_reach_unseen(taker: CallerReading, role: str, trusts: Trusts) -> bool:
    """Whether a role that nobody read may stand between: its trust policy names `taker`, its own policies let it on.

    That takes a role on the way that lets in a whole account, and nothing of the taker's own policies but no Deny.
    """
    if _takes_none(taker):
        return False
    found, left = {role}, [role]
    while left:
        trust = trusts.get(left.pop())
        trusted = trusted_by(trust) if trust else None
        if trusted is None or trusted.wide:
            return True
        fresh = [one for one in trusted.roles if one not in found]
        found.update(fresh)
        left.extend(fresh)
    return False


def _may_take_another(taker: CallerReading, known: frozenset[str]) -> bool:
    """Whether an Allow of its own speaks of any role but those that are judged already."""
    if Layer.IDENTITY in taker.unread:
        return True
    for policy in taker.identity:
        document = parse_document(policy.document)
        if document.defects:
            return True
        for one in document.statements:
            allows = one.effect == ALLOW and speaks_of(one, WAYS_IN)
            if allows and (one.resources is None or not known.issuperset(one.resources)):
                return True
    return False


def _takes_none(taker: CallerReading) -> bool:
    """Whether a Deny without conditions forbids it every role: no trust policy goes past that."""
    held = (
        *taker.identity,
        *(taker.boundary or ()),
        *(policy for level in taker.scp or () for policy in level),
    )
    return any(
        one.effect == DENY
        and not one.defects
        and not one.conditions
        and one.resources is not None
        and "*" in one.resources
        and speaks_of(one, WAYS_IN[:1])
        for one in _statements(held)
    )


def _statements(policies: Iterable[Policy]) -> Iterator[Statement]:
    for policy in policies:
        document = parse_document(policy.document)
        if not document.defects:
            yield from document.statements
