"""What was read of a caller, a target and the endpoint between them, blind spots included."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from why403.iam.layer import Effect, Layer
from why403.iam.policy import Policy
from why403.message import Message
from why403.policies.policy_set import BucketSettings, Grant
from why403.reads import BlindSpot


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The infrastructure as code that a role or resource belongs to. `tool`: cloudformation, cdk, terraform."""

    tool: str
    stack: str = ""
    """The stack's name, or the Terraform workspace or module that the tags name."""
    logical_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What SimulatePrincipalPolicy says: a second opinion. None: it does not tell.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """

    effect: Effect
    organizations_allow: bool | None = None
    boundary_allow: bool | None = None
    missing_context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRecord:
    """AWS's own record of the request, asked for by its authorization id: the truth, where it answers."""

    effects: Mapping[Layer, Effect]
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerReading:
    """A role or user and the policies on its side. `arn` is the IAM ARN, not the session's."""

    arn: str
    exists: bool | None = None
    """None: could not be read."""
    unique_id: str = ""
    """AROA… or AIDA…"""
    identity: tuple[Policy, ...] = ()
    """Inline policies have no `arn`; attached ones have theirs."""
    boundary: tuple[Policy, ...] | None = None
    scp: tuple[tuple[Policy, ...], ...] | None = None
    """None: not in an organization, the management account, or unread (then in `unread`)."""
    trust: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    organization_id: str = ""
    created: str = ""
    """ISO 8601."""
    owner: Owner | None = None
    simulation: Simulation | None = None
    unread: frozenset[Layer] = frozenset()
    unreadable: tuple[BlindSpot, ...] = ()
    findings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetReading:
    """A resource and the policies on its side. For sts:AssumeRole `policy` is the role's trust policy."""

    arn: str
    service: str
    account: str = ""
    """The owner's account, empty where neither the ARN nor the reads tell."""
    exists: bool | None = None
    policy: Policy | None = None
    """None: it has none, unless RESOURCE (or TRUST) is in `unread`."""
    rcp: tuple[tuple[Policy, ...], ...] | None = None
    grants: tuple[Grant, ...] = ()
    bucket: BucketSettings | None = None
    key: "TargetReading | None" = None
    """The KMS key that encrypts it, where it has one that could be followed."""
    key_arn: str = ""
    """The key's ARN, id or alias as the resource names it; empty: none, or not known."""
    managed_by_aws: bool = False
    """A KMS key whose policy nobody can edit."""
    tags: Mapping[str, str] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()
    """ARNs of resources of the same name in another Region, or of a like name in another stage."""
    owner: Owner | None = None
    unread: frozenset[Layer] = frozenset()
    unreadable: tuple[BlindSpot, ...] = ()
    findings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointReading:
    """The VPC endpoint that the workload's subnets route this service's calls through: an inference."""

    id: str = ""
    vpc: str = ""
    policy: Policy | None = None
    unread: frozenset[Layer] = frozenset()
    unreadable: tuple[BlindSpot, ...] = ()
