"""KMS: the key policy, a grant, or the key policy's delegation to identity policies.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
"""

from dataclasses import replace

from why403.iam.layer import Effect, Layer
from why403.iam.principal import PrincipalKind, parse_principal
from why403.message import Message
from why403.remedies.callers import caller_arn, is_foreign
from why403.remedies.case import Case, Judged, document_before, holder_of
from why403.remedies.layers import identity, resource
from why403.remedies.naming import sid
from why403.remedies.proposal import Option, Proposal, by_hand
from why403.remedies.remedy import RemedyKind
from why403.remedies.statements import taken_sids, with_added
from why403.remedies.wanted import Wanted, finding_of
from why403.services.reading import Grant

GRANTABLE = frozenset(
    {
        "Decrypt",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
    }
    | {"Sign", "Verify", "GetPublicKey", "CreateGrant", "RetireGrant", "DescribeKey", "GenerateDataKeyPair"}
    | {"GenerateDataKeyPairWithoutPlaintext", "GenerateMac", "VerifyMac", "DeriveSharedSecret"}
)
"""https://docs.aws.amazon.com/kms/latest/developerguide/grants.html#terms-grant-operations"""
NO_GRANTEES = frozenset({PrincipalKind.ANONYMOUS, PrincipalKind.SERVICE})
"""https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html takes accounts, users, roles and sessions."""
CONTEXT = "kms:EncryptionContext:"


def propose(case: Case, wanted: tuple[Wanted, ...]) -> tuple[Proposal, ...]:
    """The key policy's statement for this caller, through the service that it came through."""
    target = wanted[0].judged.target
    if target is not None and target.managed_by_aws:
        return (_managed_by_aws(target.arn),)
    proposals = resource.propose(case, wanted)
    judged = wanted[0].judged
    if not is_foreign(judged.request.principal, judged.request.resource_account):
        return proposals
    if Layer.RESOURCE not in judged.policies.unread:
        return proposals
    unsure = Message("remedies.key.if-managed-by-aws", {"key": judged.request.resource})
    return tuple(replace(each, why=(unsure, *each.why)) for each in proposals)


def grant_option(case: Case, wanted: tuple[Wanted, ...]) -> Option | None:
    """A KMS grant instead of a statement: it leaves the key policy alone, and can be revoked on its own."""
    judged = wanted[0].judged
    operations = tuple(each.scope.action.partition(":")[2] for each in wanted)
    grantee = caller_arn(case, judged.request.principal)
    if not set(operations) <= GRANTABLE or parse_principal(grantee).kind in NO_GRANTEES:
        return None
    constraint = {
        key.partition(CONTEXT)[2]: value
        for key, value in judged.request.context.items()
        if key.startswith(CONTEXT) and isinstance(value, str)
    }
    grant = Grant(
        id="drafted",
        grantee=grantee,
        operations=operations,
        encryption_context_subset=tuple(sorted(constraint.items())),
    )
    key = holder_of(judged)
    proposal = Proposal(
        layer=Layer.GRANT,
        target=key,
        kind=RemedyKind.GRANT,
        form="kms-grant",
        title=Message("remedies.key.grant", {"key": key, "principal": grantee}),
        policy_name="",
        added=(),
        grant=grant,
        grant_constraint=constraint,
        principal=grantee,
    )
    return Option(proposals=(proposal,), intended=tuple(pair for each in wanted for pair in each.pairs))


def delegation_option(case: Case, wanted: tuple[Wanted, ...]) -> Option | None:
    """The key policy lets the account's IAM policies decide, and the caller's says yes: wider, for the account."""
    judged = wanted[0].judged
    before = document_before(judged)
    account = parse_principal(judged.request.principal).account
    if before is None or not account or Layer.RESOURCE in judged.policies.unread:
        return None
    key = holder_of(judged)
    root = f"arn:{parse_principal(judged.request.principal).partition}:iam::{account}:root"
    actions = [each.scope.action for each in wanted]
    statement = {
        "Sid": sid(f"kms:Delegate{account}", taken_sids(before)),
        "Effect": "Allow",
        "Principal": {"AWS": root},
        "Action": actions[0] if len(actions) == 1 else actions,
        "Resource": "*",
    }
    delegation = Proposal(
        layer=Layer.RESOURCE,
        target=key,
        kind=RemedyKind.GRANT,
        form="kms:key",
        title=Message("remedies.key.delegate", {"key": key, "account": account}),
        policy_name="key policy",
        added=(statement,),
        before=before,
        after=with_added(before, (statement,)),
        why=(Message("remedies.key.delegate-means", {"account": account}),),
        owner=judged.target.owner if judged.target is not None else None,
    )
    return Option(
        proposals=(delegation, *(() if _says_yes(judged) else identity.propose(case, wanted))),
        intended=tuple(pair for each in wanted for pair in each.pairs),
        asked=False,
        wider=True,
    )


def _says_yes(judged: Judged) -> bool:
    finding = finding_of(judged.decision, Layer.IDENTITY)
    return finding is not None and finding.effect is Effect.ALLOW


def _managed_by_aws(key: str) -> Proposal:
    return by_hand(
        layer=Layer.RESOURCE,
        target=key,
        title=Message("remedies.key.managed-by-aws", {"key": key}),
        steps=(Message("remedies.key.use-customer-managed", {"key": key}),),
    )
