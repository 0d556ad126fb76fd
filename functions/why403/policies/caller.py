"""The caller's side: who it is, the policies it holds, its boundary, its SCPs, and IAM's second opinion.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from dataclasses import replace

from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.iam.principal import PrincipalKind, parse_principal
from why403.policies.organization import OrganizationReading, read_organization
from why403.policies.owner import OwnerReading, read_owner
from why403.policies.reading import CallerReading
from why403.policies.role_or_user import read_role, read_user
from why403.reads import Plan, settled, together

NAMED_IN_IAM = frozenset({PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE, PrincipalKind.USER})
BOUND_BY_NO_SCP = frozenset({PrincipalKind.SERVICE, PrincipalKind.ANONYMOUS})
UNREAD = {
    PrincipalKind.FEDERATED_USER: frozenset({Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION}),
    PrincipalKind.UNKNOWN: frozenset({Layer.IDENTITY, Layer.BOUNDARY}),
}
"""A federated user has the policies of whoever asked for the session, which nothing tells."""


def read_caller(
    arn: str, action: str, resource: str, place: Place, *, with_owner: bool = True
) -> Plan[CallerReading]:
    """What the caller's side says to `action` on `resource` (`*` where it takes none). Three rounds at most.

    Without an action (empty) the policies are read and nothing is simulated.

    `arn` is a role's, a user's or a session's. Other callers (the root user, a service, anonymous, a federated
    user) hold no policy that could be read.
    """
    principal = parse_principal(arn)
    account = principal.account or place.account
    own: CallerReading
    organization: OrganizationReading
    owner: OwnerReading
    own, organization, owner = yield from together(
        _read_own(arn, action, resource, place),
        settled(OrganizationReading())
        if principal.kind in BOUND_BY_NO_SCP
        else read_organization(account, frozenset({Layer.SCP})),
        read_owner(principal.name if with_owner and principal.kind in NAMED_IN_IAM else "", place, account),
    )
    return replace(
        own,
        scp=organization.scp,
        organization_id=organization.id,
        owner=owner.owner or own.owner,
        unread=own.unread | organization.unread,
        unreadable=(*own.unreadable, *organization.unreadable, *owner.unreadable),
    )


def _read_own(arn: str, action: str, resource: str, place: Place) -> Plan[CallerReading]:
    principal = parse_principal(arn)
    match principal.kind:
        case PrincipalKind.ROLE | PrincipalKind.ASSUMED_ROLE:
            return (yield from read_role(principal, action, resource, place))
        case PrincipalKind.USER:
            return (yield from read_user(principal, action, resource, place))
        case _:
            return CallerReading(arn=arn, unread=UNREAD.get(principal.kind, frozenset()))
