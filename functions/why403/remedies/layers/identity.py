"""Identity: a new inline policy on the role or user that called.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
"""

import re

from why403.iam.layer import Layer, Policy
from why403.iam.principal import PrincipalKind, parse_principal
from why403.message import Message
from why403.remedies.callers import caller_arn
from why403.remedies.case import Case, Judged
from why403.remedies.granting import Into, granting
from why403.remedies.naming import policy_name
from why403.remedies.proposal import Proposal, by_hand
from why403.remedies.quotas import MOST_ATTACHED, over
from why403.remedies.remedy import RemedyKind
from why403.remedies.statements import document_of
from why403.remedies.wanted import Wanted

LEGAL_NAME = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
"""What IAM takes for a role's or user's name, and more in length: whatever else a line gives reaches no command."""
OWNED_BY_AWS = ("/aws-service-role/", "/aws-reserved/")
HOLDERS = {PrincipalKind.ROLE: "role", PrincipalKind.USER: "user"}


def propose(case: Case, wanted: tuple[Wanted, ...]) -> tuple[Proposal, ...]:
    """One policy with a statement for each resource; a playbook where this caller can hold no policy."""
    judged = wanted[0].judged
    target = caller_arn(case, judged.request.principal)
    holder = holder_of(target)
    if holder is None:
        return (_nobody_to_give_it_to(target, judged.request.principal),)
    policies = judged.policies.identity or ()
    document = document_of(granting(wanted, Into(layer=Layer.IDENTITY, policies=policies, taken=frozenset())))
    unread = Layer.IDENTITY in judged.policies.unread
    taken = [policy.name for policy in policies]
    service = wanted[0].scope.action.partition(":")[0]
    name = policy_name(service, taken, unseen=f"{target}{document}" if unread else "")
    form, why = _form(holder, document, policies)
    return (
        Proposal(
            layer=Layer.IDENTITY,
            target=target,
            kind=RemedyKind.GRANT,
            form=form,
            title=Message("remedies.identity.grant", {"name": target.rpartition("/")[2], "policy": name}),
            policy_name=name,
            added=tuple(document["Statement"]),
            after=document,
            principal=target,
            why=why,
            owner=case.caller.owner if case.caller is not None else None,
        ),
    )


def holder_of(target: str) -> str | None:
    """`role` or `user`, None where it is neither or only AWS may change it."""
    parsed = parse_principal(target)
    if not LEGAL_NAME.fullmatch(parsed.name) or any(path in target for path in OWNED_BY_AWS):
        return None
    return HOLDERS.get(parsed.kind)


def _form(
    holder: str, document: dict[str, object], policies: tuple[Policy, ...]
) -> tuple[str, tuple[Message, ...]]:
    inline = [policy.document for policy in policies if not policy.arn]
    full = over(f"{holder}-inline", document, inline)
    if full is None:
        return f"{holder}-inline", ()
    attached = sum(1 for policy in policies if policy.arn)
    why = [full, Message("remedies.quota.managed-instead")]
    if attached >= MOST_ATTACHED:
        why.append(Message("remedies.quota.attached", {"count": str(attached), "limit": str(MOST_ATTACHED)}))
    return f"{holder}-managed", tuple(why)


def _nobody_to_give_it_to(target: str, principal: str) -> Proposal:
    kind = parse_principal(principal).kind
    if "/aws-reserved/sso.amazonaws.com/" in target or parse_principal(target).name.startswith(
        "AWSReservedSSO_"
    ):
        step = Message("remedies.identity.permission-set", {"role": target.rpartition("/")[2]})
    elif "/aws-service-role/" in target:
        step = Message("remedies.identity.service-linked", {"role": target.rpartition("/")[2]})
    elif kind is PrincipalKind.FEDERATED_USER:
        step = Message("remedies.identity.federated-user", {"principal": principal})
    else:
        step = Message("remedies.identity.no-holder", {"principal": principal})
    return by_hand(
        layer=Layer.IDENTITY,
        target=target,
        title=Message("remedies.identity.elsewhere"),
        steps=(step,),
    )


def is_of_aws(judged: Judged) -> bool:
    """Whether the target is a key or a role whose policy only AWS changes."""
    managed = judged.target is not None and judged.target.managed_by_aws
    return managed or any(path in judged.request.resource for path in OWNED_BY_AWS)
