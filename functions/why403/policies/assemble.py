"""All that was read, as the set of policies that have a say over one call."""

from why403.iam.layer import Layer
from why403.iam.principal import PrincipalKind, parse_principal
from why403.policies.policy_set import PolicySet
from why403.policies.reading import CallerReading, EndpointReading
from why403.services.reading import TargetReading

ASSUMING = "sts:assumerole"
TRUST_ACTIONS = frozenset({"sts:tagsession", "sts:setsourceidentity", "sts:setcontext"})
WITHOUT_POLICIES = frozenset({PrincipalKind.SERVICE, PrincipalKind.ANONYMOUS})
NO_ENDPOINT = EndpointReading()


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
