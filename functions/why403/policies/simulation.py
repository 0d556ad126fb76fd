"""IAM's own simulator as a second opinion: identity policies, boundary and SCPs for one action on one resource.

For a role it takes no resource policy. An SCP whose condition keys are not given makes it deny falsely: its "the
organization does not allow" alone proves nothing.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Mapping
from typing import Any

from why403.iam.layer import Effect
from why403.iam.place import Place
from why403.policies.reading import Simulation
from why403.reads import Answer, DeclaredRead, Read

SIMULATE = DeclaredRead(
    "iam",
    "SimulatePrincipalPolicy",
    "IAM's second opinion, and the one way to see an SCP's effect from a member account.",
    absent=("NoSuchEntity",),
)
EFFECTS = {
    "allowed": Effect.ALLOW,
    "implicitDeny": Effect.IMPLICIT_DENY,
    "explicitDeny": Effect.EXPLICIT_DENY,
}


def simulate(arn: str, action: str, resource: str, place: Place, account: str = "") -> Read:
    """The read. What any call of this caller carries is given, so that an SCP may find it."""
    given = {
        "aws:RequestedRegion": place.region,
        "aws:PrincipalArn": arn,
        "aws:PrincipalType": "User" if ":user/" in arn else "AssumedRole",
    }
    entries = [
        {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
        for key, value in given.items()
    ]
    entries.append(
        {
            "ContextKeyName": "aws:SecureTransport",
            "ContextKeyType": "boolean",
            "ContextKeyValues": ["true"],
        }
    )
    return SIMULATE.of(
        account=account,
        PolicySourceArn=arn,
        ActionNames=[action],
        ResourceArns=[resource or "*"],
        ContextEntries=entries,
    )


def simulated(answer: Answer, action: str) -> Simulation | None:
    """What the simulator said of `action`; None where it said nothing that we know."""
    for result in answer.items("EvaluationResults"):
        effect = EFFECTS.get(str(result.get("EvalDecision", "")))
        if effect is None or str(result.get("EvalActionName", "")).lower() != action.lower():
            continue
        return Simulation(
            effect=effect,
            organizations_allow=_flag(result, "OrganizationsDecisionDetail", "AllowedByOrganizations"),
        )
    return None


def _flag(result: Mapping[str, Any], detail: str, name: str) -> bool | None:
    found = result.get(detail)
    value = found.get(name) if isinstance(found, Mapping) else None
    return value if isinstance(value, bool) else None
