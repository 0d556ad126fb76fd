"""Whom a trust policy lets in: the way into a role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from why403.iam.action import action_patterns
from why403.iam.document import ALLOW, DENY, Statement, parse_document
from why403.iam.place import Place
from why403.iam.policy import Policy
from why403.iam.principal import PrincipalKind, parse_principal
from why403.iam.principal_element import NamedPrincipals, parse_principals
from why403.reads import Answer, Plan, Reply
from why403.services.documents import parsed
from why403.services.sts import GET_ROLE

WAYS_IN = ("sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml")
MACHINES = (
    "oidc.eks.", "token.actions.githubusercontent.com", "gitlab.com", "oidc.circleci.com", "app.terraform.io",
    "api.bitbucket.org", "agent.buildkite.com", "vstoken.dev.azure.com",
)  # fmt: skip
"""Issuers whose tokens only their own pods and pipelines hold."""
MOST_BETWEEN = 5
"""Roles that a trust policy names and whose own trust is read; of further ones nothing is known."""
Trusts = Mapping[str, Policy]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """Whom a trust policy's Allow statements let in, whatever their conditions and its Deny statements say.

    `wide`: whole accounts, or everyone. `unclear`: somebody who cannot be told.
    """

    roles: tuple[str, ...] = ()
    services: frozenset[str] = frozenset()
    federated: frozenset[str] = frozenset()
    wide: bool = False
    unclear: bool = False

    @property
    def by_token(self) -> bool:
        """Whether a token of an application's own user lets somebody in: no policy of a caller has a say there."""
        return any(
            ":saml-provider/" not in one and not any(issuer in one for issuer in MACHINES)
            for one in self.federated
        )


def trusted_by(trust: Policy) -> Trusted:
    """Read the principals of a trust policy."""
    document = parse_document(trust.document)
    letting_in = [one for one in document.statements if one.effect == ALLOW and speaks_of(one, WAYS_IN)]
    named = [parse_principals(one.principal) for one in letting_in]
    known = [one for one in named if one is not None]
    broken = document.defects or any(one.defects and one.effect != DENY for one in document.statements)
    return Trusted(
        roles=tuple(dict.fromkeys(role for one in known for role in _roles_of(one))),
        services=frozenset().union(*(one.services for one in known)),
        federated=frozenset().union(*(one.federated for one in known)),
        wide=any(one.everyone or one.accounts or _names_root(one) for one in known),
        unclear=bool(broken)
        or len(known) < len(named)
        or any(one.unreadable or one.canonical or _names_session(one) for one in known),
    )


def read_trusts(role: str, place: Place) -> Plan[Trusts]:
    """The trust policy of a role and of the roles of our account that it names, by ARN. Two rounds."""
    principal = parse_principal(role)
    account = "" if principal.account == place.account else principal.account
    (reply,) = yield (GET_ROLE.of(account=account, RoleName=principal.name),)
    trust = _trust_in(reply)
    if trust is None:
        return {}
    ours = [arn for arn in trusted_by(trust).roles if parse_principal(arn).account == place.account]
    asked = ours[:MOST_BETWEEN]
    reads = tuple(GET_ROLE.of(account="", RoleName=parse_principal(arn).name) for arn in asked)
    replies = (yield reads) if reads else ()
    found = {arn: _trust_in(each) for arn, each in zip(asked, replies, strict=True)}
    return {arn: policy for arn, policy in found.items() if policy is not None}


def speaks_of(statement: Statement, actions: tuple[str, ...]) -> bool:
    """Whether its Action or NotAction means one of `actions`, given in lower case."""
    patterns = statement.actions if statement.actions is not None else statement.not_actions or ()
    match = action_patterns(patterns).match
    return any(match(action) is (statement.actions is not None) for action in actions)


def _roles_of(named: NamedPrincipals) -> Iterator[str]:
    return (text for text in named.texts if parse_principal(text).kind is PrincipalKind.ROLE)


def _names_root(named: NamedPrincipals) -> bool:
    return any(parse_principal(arn).kind is PrincipalKind.ROOT for arn in named.arns)


def _names_session(named: NamedPrincipals) -> bool:
    return any(parse_principal(arn).kind is PrincipalKind.ASSUMED_ROLE for arn in named.arns)


def _trust_in(reply: Reply) -> Policy | None:
    return (
        parsed("trust policy", reply.at("Role", "AssumeRolePolicyDocument"))
        if isinstance(reply, Answer)
        else None
    )
