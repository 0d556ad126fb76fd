"""All policies that have a say over one request."""

from dataclasses import dataclass

from why403.iam.layer import Layer, Policy
from why403.iam.principal import PrincipalKind, parse_principal
from why403.policies.reading import CallerReading, EndpointReading
from why403.services.reading import BucketSettings, Grant, TargetReading

ASSUMING = "sts:assumerole"
TRUST_ACTIONS = frozenset({"sts:tagsession", "sts:setsourceidentity", "sts:setcontext"})
WITHOUT_POLICIES = frozenset({PrincipalKind.SERVICE, PrincipalKind.ANONYMOUS})
NO_ENDPOINT = EndpointReading()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySet:
    """None for a layer means that it does not apply; an empty tuple that it applies and holds nothing.

    `resource` is the target's policy: a key policy for KMS, the trust policy for sts:AssumeRole*. None there: it
    has none. A layer in `unread` exists, or may exist, and could not be read (whole or in part): it is unknown,
    though an explicit deny among what could be read still stands.
    """

    identity: tuple[Policy, ...] | None = None
    boundary: tuple[Policy, ...] | None = None
    session: tuple[Policy, ...] | None = None
    scp: tuple[tuple[Policy, ...], ...] | None = None
    """One tuple a level, root first."""
    rcp: tuple[tuple[Policy, ...], ...] | None = None
    resource: Policy | None = None
    vpc_endpoint: tuple[Policy, ...] | None = None
    grants: tuple[Grant, ...] = ()
    bucket: BucketSettings | None = None
    unread: frozenset[Layer] = frozenset()
    nothing_denies: bool = False
    """AWS itself said that no policy denies explicitly: a Deny in doubt does not apply."""

    def of(self, layer: Layer) -> tuple[Policy, ...]:
        """What was read of a layer, all levels of it; the target's policy is held as RESOURCE and as TRUST."""
        match layer:
            case Layer.IDENTITY:
                held = self.identity
            case Layer.BOUNDARY:
                held = self.boundary
            case Layer.SESSION:
                held = self.session
            case Layer.VPC_ENDPOINT:
                held = self.vpc_endpoint
            case Layer.SCP | Layer.RCP:
                levels = self.scp if layer is Layer.SCP else self.rcp
                held = tuple(each for level in levels or () for each in level)
            case Layer.RESOURCE | Layer.TRUST:
                held = None if self.resource is None else (self.resource,)
            case Layer.GRANT:
                held = None
        return held or ()


def assemble(
    caller: CallerReading,
    target: TargetReading | None,
    endpoint: EndpointReading = NO_ENDPOINT,
    *,
    action: str,
) -> PolicySet:
    """The policies that have a say when `caller` does `action` on `target` (None: it takes no resource).

    A role's trust policy has a say over assuming it, and over nothing else that is done with the role. Where the
    SCPs could not be read but IAM's simulator says that the organization allows this call, they are known not to
    deny it.
    """
    kind = parse_principal(caller.arn).kind if caller.arn else PrincipalKind.UNKNOWN
    trusts = _asks_the_trust_policy(action)
    of_target = _of_target(target, trusts=trusts)
    unread = caller.unread | of_target | endpoint.unread
    cleared = Layer.SCP in unread and _organization_allows(caller)
    without = kind in WITHOUT_POLICIES
    judged = target if target is not None and (target.service != "iam" or trusts) else None
    return PolicySet(
        identity=None if without else caller.identity,
        boundary=None if without else caller.boundary,
        scp=None if cleared else caller.scp,
        rcp=target.rcp if target is not None else None,
        resource=judged.policy if judged is not None else None,
        vpc_endpoint=(endpoint.policy,) if endpoint.policy is not None else None,
        grants=target.grants if target is not None else (),
        bucket=target.bucket if target is not None else None,
        unread=unread - {Layer.SCP} if cleared else unread,
    )


def _asks_the_trust_policy(action: str) -> bool:
    lower = action.lower()
    return lower.startswith(ASSUMING) or lower in TRUST_ACTIONS


def _of_target(target: TargetReading | None, *, trusts: bool) -> frozenset[Layer]:
    if target is None:
        return frozenset()
    return target.unread if trusts else target.unread - {Layer.TRUST}


def _organization_allows(caller: CallerReading) -> bool:
    return caller.simulation is not None and caller.simulation.organizations_allow is True
