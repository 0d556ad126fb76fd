"""Whom a trust policy lets in: the way into a role, and from role to role.

Only what is certain is said to be impossible.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html#iam-term-role-chaining
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from why403.decisions.decision import Outcome, Request
from why403.decisions.evaluate import decide
from why403.iam.document import ALLOW, DENY, Statement, parse_document
from why403.iam.layer import Layer, Policy
from why403.iam.patterns import action_patterns
from why403.iam.place import Place
from why403.iam.principal import PrincipalKind, parse_principal
from why403.iam.principal_element import NamedPrincipals, parse_principals
from why403.policies.policy_set import PolicySet
from why403.policies.reading import CallerReading
from why403.reads import Answer, Plan, Reply
from why403.services.documents import parsed
from why403.services.sts import GET_ROLE
from why403.workloads.role_names import same_role

ASSUME = "sts:AssumeRole"
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
