"""The organization that an account is in, and its SCPs and RCPs from the root down to the account.

Three rounds: the organization and the account's path in it; the policies attached at every level; their
documents. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inheritance_auth.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from why403.iam.layer import Layer, Policy
from why403.reads import (
    ORGANIZATION,
    Answer,
    BlindSpot,
    DeclaredRead,
    Failure,
    Plan,
    Read,
    Reply,
    Unreadable,
)
from why403.services.documents import parsed

NOT_IN_ONE = frozenset({"AWSOrganizationsNotInUseException"})
ALL_FEATURES = "ALL"
TYPES = {Layer.SCP: "SERVICE_CONTROL_POLICY", Layer.RCP: "RESOURCE_CONTROL_POLICY"}
PAGES = 3
"""Of 20 each, where a target has ten SCPs at most by quota."""
MINUTES = 300
"""Five, in seconds: organizations change seldom, and their calls are throttled early."""
HOUR = 3_600
"""In seconds: an account that moves to another unit is seen there an hour late at most, and a recheck asks once for all its incidents."""

DESCRIBE_ORGANIZATION = DeclaredRead(
    "organizations",
    "DescribeOrganization",
    "Whether the account is in an organization, and whether it is the management account, which no SCP binds.",
    cache_seconds=HOUR,
)
DESCRIBE_ACCOUNT = DeclaredRead(
    "organizations",
    "DescribeAccount",
    "The account's path in the organization: the levels whose SCPs and RCPs bind it.",
    cache_seconds=HOUR,
    absent=("AccountNotFoundException",),
)
LIST_POLICIES = DeclaredRead(
    "organizations",
    "ListPoliciesForTarget",
    "The SCPs and RCPs attached to the root, the organizational units and the account.",
    cache_seconds=MINUTES,
    absent=("TargetNotFoundException", "PolicyTypeNotEnabledException"),
)
DESCRIBE_POLICY = DeclaredRead(
    "organizations",
    "DescribePolicy",
    "The document of an SCP or RCP: which statement denies, and on what condition.",
    cache_seconds=MINUTES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationReading:
    """None for `scp` and `rcp`: they do not apply, unless their layer is in `unread`."""

    id: str = ""
    scp: tuple[tuple[Policy, ...], ...] | None = None
    rcp: tuple[tuple[Policy, ...], ...] | None = None
    unread: frozenset[Layer] = frozenset()
    unreadable: tuple[BlindSpot, ...] = ()


@dataclass(slots=True)
class _Levels:
    """The policies attached at each level, root first, as they come to be known."""

    account: str
    targets: tuple[str, ...] = ()
    attached: dict[Layer, list[tuple[str, ...]]] = field(default_factory=dict)
    unread: set[Layer] = field(default_factory=set)
    spots: list[BlindSpot] = field(default_factory=list)

    def missed(self, reply: Unreadable, *layers: Layer) -> None:
        """A read that failed leaves these layers unread."""
        self.spots.append(reply.spot(self.account))
        self.unread.update(layers)


def read_organization(account: str, layers: frozenset[Layer]) -> Plan[OrganizationReading]:
    """The SCPs (and RCPs, where `layers` holds them) that bind `account`. Three rounds at most."""
    organization, placed = yield (
        DESCRIBE_ORGANIZATION.of(),
        DESCRIBE_ACCOUNT.of(account=ORGANIZATION, AccountId=account),
    )
    if isinstance(organization, Unreadable):
        if organization.failure is Failure.ABSENT and organization.error in NOT_IN_ONE:
            return OrganizationReading()
        return OrganizationReading(unread=layers, unreadable=(organization.spot(account),))
    identity = organization.text("Organization", "Id")
    management = organization.text("Organization", "MasterAccountId")
    features = organization.text("Organization", "FeatureSet")
    if management == account or (features and features != ALL_FEATURES):
        return OrganizationReading(id=identity)
    levels = _Levels(account, _targets(placed, account))
    if isinstance(placed, Unreadable) or not levels.targets:
        if isinstance(placed, Unreadable):
            levels.missed(placed, *layers)
        return OrganizationReading(id=identity, unread=layers, unreadable=tuple(levels.spots))
    documents = yield from _documents(levels, layers)
    return OrganizationReading(
        id=identity,
        scp=_chain(levels, Layer.SCP, documents),
        rcp=_chain(levels, Layer.RCP, documents),
        unread=frozenset(levels.unread),
        unreadable=tuple(levels.spots),
    )


def _targets(placed: Reply, account: str) -> tuple[str, ...]:
    """Root, organizational units and account, in this order; empty where the path is not told."""
    if isinstance(placed, Unreadable):
        return ()
    for path in placed.texts("Account", "Paths"):
        parts = [part for part in path.split("/") if part.startswith(("r-", "ou-"))]
        if parts:
            return (*parts, account)
    return ()


def _documents(levels: _Levels, layers: frozenset[Layer]) -> Plan[dict[str, Policy]]:
    asked = [(layer, target) for layer in sorted(layers) for target in levels.targets]
    listed = yield tuple(_list(layer, target) for layer, target in asked)
    for (layer, _), reply in zip(asked, listed, strict=True):
        levels.attached.setdefault(layer, []).append(_attached(levels, layer, reply))
    wanted = {number: layer for layer, held in levels.attached.items() for ids in held for number in ids}
    if not wanted:
        return {}
    described = yield tuple(DESCRIBE_POLICY.of(account=ORGANIZATION, PolicyId=number) for number in wanted)
    documents: dict[str, Policy] = {}
    for (number, layer), reply in zip(wanted.items(), described, strict=True):
        if isinstance(reply, Unreadable):
            levels.missed(reply, layer)
            continue
        summary = ("Policy", "PolicySummary")
        policy = parsed(
            reply.text(*summary, "Name") or number, reply.at("Policy", "Content"), reply.text(*summary, "Arn")
        )
        if policy is None:
            levels.unread.add(layer)
        else:
            documents[number] = policy
    return documents


def _list(layer: Layer, target: str) -> Read:
    return LIST_POLICIES.of(account=ORGANIZATION, pages=PAGES, TargetId=target, Filter=TYPES[layer])


def _attached(levels: _Levels, layer: Layer, reply: Reply) -> tuple[str, ...]:
    if isinstance(reply, Answer):
        if reply.truncated:
            levels.unread.add(layer)
        return tuple(str(item["Id"]) for item in reply.items("Policies") if item.get("Id"))
    if reply.failure is not Failure.ABSENT:
        levels.missed(reply, layer)
    return ()


def _chain(
    levels: _Levels, layer: Layer, documents: dict[str, Policy]
) -> tuple[tuple[Policy, ...], ...] | None:
    """One tuple a level. No policy of the type at any level: the type is not enabled, and nothing is denied."""
    held = levels.attached.get(layer, [])
    if not any(held):
        return None
    return tuple(tuple(_known(ids, documents)) for ids in held)


def _known(ids: Iterable[str], documents: dict[str, Policy]) -> Iterable[Policy]:
    return (documents[number] for number in ids if number in documents)
