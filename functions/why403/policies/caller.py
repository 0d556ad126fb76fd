"""The caller's side: who it is, the policies it holds, its boundary, its SCPs, and IAM's second opinion.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

A role or user in IAM: itself, the policies that it holds, its boundary.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from why403.iam.layer import Layer, Policy
from why403.iam.place import Place
from why403.iam.principal import Principal, PrincipalKind, parse_principal
from why403.message import Message
from why403.policies import iam_reads as iam
from why403.policies.identity_policies import GROUP, ROLE, USER, Holder, Managed, Shelf
from why403.policies.organization import OrganizationReading, read_organization
from why403.policies.owner import OwnerReading, read_owner
from why403.policies.reading import CallerReading, Remembered, Simulation
from why403.policies.simulation import simulate, simulated
from why403.reads import Answer, Plan, Read, Reply, settled, together
from why403.services.documents import parsed
from why403.services.reply_collector import ReplyCollector
from why403.services.sts import GET_ROLE, is_known
from why403.services.tags import owner_of, tags_of

MOST_GROUPS = 10
"""IAM's quota: a user is in ten groups at most."""
PAGES = 3
"""Of 1,000 attached policies in the account, and of a user's groups; beyond these only dates of changes are unknown."""


@dataclass(slots=True)
class Person:
    """A role or user as it comes to be known. `account` is empty where it is our own."""

    principal: Principal
    account: str
    collector: ReplyCollector
    about: Mapping[str, Any] = field(default_factory=dict)
    boundary: str = ""
    simulation: Simulation | None = None
    exists: bool | None = None

    @property
    def arn(self) -> str:
        """Its ARN as IAM told it, else as the session tells it: without the path."""
        told = self.about.get("Arn")
        return told if isinstance(told, str) else self.principal.iam_arn

    def meet(self, reply: Reply, member: str, managed: Managed, beside: Iterable[Reply]) -> None:
        """Take in GetRole or GetUser, and what the lists of policies `beside` it say of its existence."""
        said = self.collector.take(reply, Layer.BOUNDARY)
        found = said.at(member)
        self.about = found if isinstance(found, Mapping) else {}
        self.boundary = said.text(member, "PermissionsBoundary", "PermissionsBoundaryArn")
        if self.boundary:
            managed.want(self.boundary, "", Layer.BOUNDARY)
        self.exists = is_known((reply, *beside))
        if self.exists is False:
            self.collector.unread.update((Layer.IDENTITY, Layer.BOUNDARY))
            self.collector.findings.append(Message("policies.caller-gone", {"caller": self.principal.name}))

    def simulate(self, action: str, resource: str, place: Place) -> tuple[Read, ...]:
        """The read of the simulation; none where no action is known."""
        return (simulate(self.arn, action, resource, place, self.account),) if action else ()

    def weigh(self, replies: tuple[Reply, ...], action: str) -> None:
        """Take in the simulation, where there was one."""
        for reply in replies:
            self.collector.take(reply)
            self.simulation = simulated(reply, action) if isinstance(reply, Answer) else None


def _start(principal: Principal, place: Place, holder: Holder) -> tuple[Person, Shelf, Managed]:
    account = "" if principal.account == place.account else principal.account
    collector = ReplyCollector(principal.iam_arn)
    return (
        Person(principal, account, collector),
        Shelf(holder, principal.name, account, collector),
        Managed(account, collector),
    )


def read_role(principal: Principal, action: str, resource: str, place: Place) -> Plan[CallerReading]:
    """Two rounds, a third where the list of all attached policies leaves a version unknown.

    Without an action nothing is simulated.
    """
    person, shelf, managed = _start(principal, place, ROLE)
    role, listing, inline, attached = yield (
        GET_ROLE.of(account=person.account, RoleName=principal.name),
        iam.LIST_POLICIES.of(account=person.account, pages=PAGES, OnlyAttached=True, MaxItems=1000),
        *shelf.list(),
    )
    person.meet(role, "Role", managed, (inline, attached))
    managed.know_versions(listing.items("Policies") if isinstance(listing, Answer) else ())
    shelf.listed(inline, attached)
    for name, arn in shelf.attached:
        managed.want(arn, name, Layer.IDENTITY)
    fetch, versions, known = shelf.fetch(), managed.ask_versions(), managed.ask_documents()
    left = iter((yield (*fetch, *versions, *known, *person.simulate(action, resource, place))))
    shelf.fetched([next(left) for _ in fetch])
    managed.heard_versions([next(left) for _ in versions])
    documents = managed.heard_documents([next(left) for _ in known])
    person.weigh(tuple(left), action)
    more = [read for read in managed.ask_documents() if read not in known]
    documents |= managed.heard_documents((yield tuple(more)) if more else ())
    managed.leave_unread()
    return _reading(person, shelf.policies, managed, documents)


def read_user(principal: Principal, action: str, resource: str, place: Place) -> Plan[CallerReading]:
    """Three rounds, the groups included: one list of all attached policies tells their versions beforehand."""
    person, shelf, managed = _start(principal, place, USER)
    user, listing, joined, *lists = yield (
        iam.GET_USER.of(account=person.account, UserName=principal.name),
        iam.LIST_POLICIES.of(account=person.account, pages=PAGES, OnlyAttached=True, MaxItems=1000),
        iam.LIST_GROUPS.of(account=person.account, pages=PAGES, UserName=principal.name),
        *shelf.list(),
    )
    person.meet(user, "User", managed, lists)
    managed.know_versions(person.collector.take(listing).items("Policies"))
    groups = [
        Shelf(GROUP, str(item.get("GroupName", "")), person.account, person.collector)
        for item in person.collector.take(joined, Layer.IDENTITY).items("Groups")[:MOST_GROUPS]
    ]
    shelf.listed(*lists)
    for name, arn in shelf.attached:
        managed.want(arn, name, Layer.IDENTITY)
    fetch, versions = shelf.fetch(), managed.ask_versions()
    replies = yield (
        *fetch,
        *versions,
        *(read for group in groups for read in group.list()),
        *person.simulate(action, resource, place),
    )
    shelf.fetched(replies[: len(fetch)])
    managed.heard_versions(replies[len(fetch) : len(fetch) + len(versions)])
    left = replies[len(fetch) + len(versions) :]
    _meet_groups(groups, managed, left[: 2 * len(groups)])
    person.weigh(left[2 * len(groups) :], action)
    inline = tuple(read for group in groups for read in group.fetch())
    replies = yield (*inline, *managed.ask_documents())
    managed.leave_unread()
    documents = iter(replies)
    for group in groups:
        group.fetched([next(documents) for _ in group.inline])
    policies = [*shelf.policies, *(policy for group in groups for policy in group.policies)]
    return _reading(person, policies, managed, managed.heard_documents(documents))


def _meet_groups(groups: list[Shelf], managed: Managed, replies: tuple[Reply, ...]) -> None:
    for number, group in enumerate(groups):
        group.listed(*replies[2 * number : 2 * number + 2])
        for name, arn in group.attached:
            managed.want(arn, name, Layer.IDENTITY)


def _reading(
    person: Person, inline: list[Policy], managed: Managed, documents: Mapping[str, Policy]
) -> CallerReading:
    attached = [
        policy for arn, policy in documents.items() if Layer.IDENTITY in managed.layers.get(arn, set())
    ]
    tags = tags_of(tag for tag in person.about.get("Tags") or () if isinstance(tag, Mapping))
    collector = person.collector
    return CallerReading(
        arn=person.arn,
        exists=person.exists,
        unique_id=str(person.about.get("RoleId") or person.about.get("UserId") or ""),
        identity=(*inline, *attached),
        boundary=_boundary(person, documents),
        trust=parsed("trust policy", person.about.get("AssumeRolePolicyDocument")),
        tags=tags,
        owner=owner_of(tags),
        simulation=person.simulation,
        unread=frozenset(collector.unread),
        unreadable=tuple(collector.spots),
        findings=tuple(collector.findings),
    )


def _boundary(person: Person, documents: Mapping[str, Policy]) -> tuple[Policy, ...] | None:
    if not person.boundary:
        return None
    return (documents[person.boundary],) if person.boundary in documents else ()


NAMED_IN_IAM = frozenset({PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE, PrincipalKind.USER})
BOUND_BY_NO_SCP = frozenset({PrincipalKind.SERVICE, PrincipalKind.ANONYMOUS})
UNREAD = {
    PrincipalKind.FEDERATED_USER: frozenset({Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION}),
    PrincipalKind.UNKNOWN: frozenset({Layer.IDENTITY, Layer.BOUNDARY}),
}
"""A federated user has the policies of whoever asked for the session, which nothing tells."""


def read_caller(
    arn: str, action: str, resource: str, place: Place, *, before: Remembered | None = None
) -> Plan[CallerReading]:
    """What the caller's side says to `action` on `resource` (`*` where it takes none). Three rounds at most.

    Without an action (empty) the policies are read and nothing is simulated. `before`: the stack that owns the caller,
    which only a draft needs, and SCPs that did not deny are not read again, nor simulated.

    `arn` is a role's, a user's or a session's. Other callers (the root user, a service, anonymous, a federated
    user) hold no policy that could be read.
    """
    principal = parse_principal(arn)
    account = principal.account or place.account
    own: CallerReading
    organization: OrganizationReading
    owner: OwnerReading
    known = before.organization(Layer.SCP) if before else None
    if principal.kind in BOUND_BY_NO_SCP:
        known = OrganizationReading()
    named = principal.name if before is None and principal.kind in NAMED_IN_IAM else ""
    is_settled = before is not None and Layer.SCP in before.settled
    own, organization, owner = yield from together(
        _read_own(arn, "" if is_settled else action, resource, place),
        read_organization(account, frozenset({Layer.SCP})) if known is None else settled(known),
        read_owner(named, place, account),
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
