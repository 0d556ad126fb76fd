"""What was read of a caller and of the endpoint between it and the target, blind spots included."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from why403.iam.layer import Effect, Layer, Policy
from why403.message import Message
from why403.reads import BlindSpot
from why403.services.reading import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What SimulatePrincipalPolicy says: a second opinion. None: it does not tell.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """

    effect: Effect
    organizations_allow: bool | None = None


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
    owner: Owner | None = None
    simulation: Simulation | None = None
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
