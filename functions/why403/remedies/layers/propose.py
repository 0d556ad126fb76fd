"""Which file drafts for which layer."""

from typing import assert_never

from why403.iam.layer import Layer
from why403.remedies.case import Case
from why403.remedies.layers import boundary, endpoint, identity, key, organization, resource, session, trust
from why403.remedies.proposal import Proposal
from why403.remedies.wanted import Wanted

ORDER = (
    Layer.SCP,
    Layer.RCP,
    Layer.BOUNDARY,
    Layer.SESSION,
    Layer.IDENTITY,
    Layer.VPC_ENDPOINT,
    Layer.RESOURCE,
    Layer.TRUST,
    Layer.GRANT,
)


def propose(  # noqa: PLR0911  # one a layer
    layer: Layer, case: Case, wanted: tuple[Wanted, ...]
) -> tuple[Proposal, ...]:
    """What must change in `layer` for the calls to pass: at least one proposal, a playbook where nothing can be."""
    match layer:
        case Layer.IDENTITY:
            return identity.propose(case, wanted)
        case Layer.BOUNDARY:
            return boundary.propose(case, wanted)
        case Layer.SESSION:
            return session.propose(case, wanted)
        case Layer.SCP:
            return organization.propose_scp(case, wanted)
        case Layer.RCP:
            return organization.propose_rcp(case, wanted)
        case Layer.VPC_ENDPOINT:
            return endpoint.propose(case, wanted)
        case Layer.TRUST:
            return trust.propose(case, wanted)
        case Layer.RESOURCE | Layer.GRANT:
            keys = tuple(each for each in wanted if each.scope.action.startswith("kms:"))
            others = tuple(each for each in wanted if each not in keys)
            of_keys = key.propose(case, keys) if keys else ()
            return (*(resource.propose(case, others) if others else ()), *of_keys)
    assert_never(layer)
