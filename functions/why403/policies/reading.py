"""What was read of a caller and of the endpoint between it and the target, blind spots included."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from why403.iam.layer import Effect, Layer, Policy
from why403.message import Message
from why403.policies.organization import OrganizationReading
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
class Remembered:
    """What a recheck takes from the incident's own record, and does not read again: no fix of caller or target changes it."""

    settled: frozenset[Layer] = frozenset()
    """Layers between that let the call through, or had no say."""
    unread: frozenset[Layer] = frozenset()
    """The organization's layers that could not be read: IAM's simulator may still tell of them."""
    organization_id: str = ""
    key_passed: bool = False
    """The key that encrypts the target was not in the way."""
    is_own: bool = False
    """Caller and target are of one account."""

    def organization(self, layer: Layer) -> OrganizationReading | None:
        """What is known of SCPs or RCPs; None where they are to be read."""
        if layer not in self.settled | self.unread:
            return None
        return OrganizationReading(id=self.organization_id, unread=self.unread & {layer})


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointReading:
    """The VPC endpoint that the workload's subnets route this service's calls through: an inference."""

    id: str = ""
    vpc: str = ""
    policy: Policy | None = None
    unread: frozenset[Layer] = frozenset()
    unreadable: tuple[BlindSpot, ...] = ()
