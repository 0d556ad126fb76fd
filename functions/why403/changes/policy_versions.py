"""The versions of a customer managed policy: what it said before, without asking CloudTrail.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from why403.changes.deployments import moment_of
from why403.changes.trail import canonical
from why403.iam.arn import parse_arn
from why403.policies.iam_reads import GET_POLICY_VERSION, LIST_ATTACHED_ROLE_POLICIES, LIST_POLICIES
from why403.reads import Answer, DeclaredRead, Read, Reply

ATTACHED = LIST_ATTACHED_ROLE_POLICIES.used_for(
    "See whether a policy attached to the denied role was changed just before.",
)
VERSIONS = DeclaredRead(
    "iam", "ListPolicyVersions", "See when the default version of an attached policy was made."
)
VERSION = GET_POLICY_VERSION.used_for(
    "Read what an attached policy said before it was changed.", cache_seconds=86_400
)
MOST_POLICIES = 10
"""IAM's default quota of managed policies on a role; a call each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """The default version of a policy, made at `moment`, and the version before it (empty: none is kept)."""

    policy: str
    moment: datetime
    version: str
    former: str


def policy_reads(role: str) -> tuple[Read, Read]:
    """The reads of a role's managed policies, and of all attached policies with the time of their newest version.

    The caller's policies are read by the same two calls, and so they cost nothing here.
    """
    return ATTACHED.of(RoleName=role, pages=3), LIST_POLICIES.of(OnlyAttached=True, MaxItems=1000, pages=3)


def customer_managed(attached: Reply, listed: Reply, *, since: datetime) -> tuple[str, ...]:
    """The attached policies that the account itself can change, without those that are known to be older."""
    policies = attached.items("AttachedPolicies") if isinstance(attached, Answer) else ()
    arns = [str(policy.get("PolicyArn", "")) for policy in policies]
    updated = {
        str(policy.get("Arn", "")): moment
        for policy in (listed.items("Policies") if isinstance(listed, Answer) else ())
        if (moment := moment_of(policy.get("UpdateDate"))) is not None
    }
    return tuple(
        arn
        for arn in arns
        if (parsed := parse_arn(arn)) and parsed.account != "aws" and updated.get(arn, since) >= since
    )[:MOST_POLICIES]


def switch_of(policy: str, reply: Reply) -> Switch | None:
    """When the policy's default version was made, from ListPolicyVersions' reply."""
    versions = reply.items("Versions") if isinstance(reply, Answer) else ()
    default = next((version for version in versions if version.get("IsDefaultVersion")), None)
    made = _made(default) if default is not None else None
    if default is None or made is None:
        return None
    older = [version for version in versions if (at := _made(version)) is not None and at < made]
    former = max(older, key=lambda version: version["CreateDate"], default={})
    return Switch(
        policy=policy,
        moment=made,
        version=str(default.get("VersionId", "")),
        former=str(former.get("VersionId", "")),
    )


def read_versions(switch: Switch) -> tuple[Read, ...]:
    """The reads of the version before, where there is one, and of the default."""
    wanted = [version for version in (switch.former, switch.version) if version]
    return tuple(VERSION.of(PolicyArn=switch.policy, VersionId=version) for version in wanted)


def document_in(reply: Reply) -> str:
    """The document of GetPolicyVersion's reply as canonical JSON, or empty."""
    return canonical(reply.at("PolicyVersion", "Document")) if isinstance(reply, Answer) else ""


def _made(version: Mapping[str, Any]) -> datetime | None:
    moment = version.get("CreateDate")
    return moment_of(moment) if isinstance(moment, datetime) else None
